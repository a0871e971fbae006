import { useCallback, useEffect, useRef, useState } from "react";
import { useSession, useView } from "../app/session";
import type { CanvasChanged } from "../canvas/model";
import type { CanvasSession } from "../canvas/store";
import type { ReferenceUse, ShotFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import { touchesShots } from "./touching";

export interface Kept<T> {
  data: T | undefined;
  problem: Problem | null;
  again(): Promise<void>;
}

/** Changes come in bursts; the list is asked for when a burst has passed, and within a second at the latest. */
const CALM_MS = 150;
const LATEST_MS = 1000;

/** Keep what `ask` gives in step with the canvas. What was there stays until the next answer; one question at a time. */
export function useKept<T>(ask: (session: CanvasSession) => Promise<T>, key: string, ordered: boolean): Kept<T> {
  const session = useSession();
  const connected = useView((view) => view.link === "connected");
  const [answer, setAnswer] = useState<{ key: string; data?: T; problem: Problem | null } | null>(null);
  const latest = useRef(ask);
  latest.current = ask;
  const asking = useRef<Promise<void> | null>(null);
  const shown = useRef(key);
  shown.current = key;

  const again = useCallback(async () => {
    while (asking.current) await asking.current;
    const asked = shown.current;
    asking.current = latest
      .current(session)
      .then(
        (data) => setAnswer({ key: asked, data, problem: null }),
        (thrown) => setAnswer((before) => ({ ...before, key: asked, problem: asProblem(thrown) })),
      )
      .finally(() => {
        asking.current = null;
      });
    await asking.current;
  }, [session]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another `key` is another question; a new connection may have missed changes.
  useEffect(() => void again(), [again, key, connected]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let since = 0;
    const stop = session.on(({ topic, data }) => {
      const changed = data as CanvasChanged;
      if (topic !== "canvas.changed" || changed.canvas !== session.id || !touchesShots(changed, ordered)) return;
      if (timer === undefined) since = Date.now();
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          timer = undefined;
          void again();
        },
        Math.max(0, Math.min(CALM_MS, since + LATEST_MS - Date.now())),
      );
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [session, again, ordered]);

  const mine = answer?.key === key ? answer : null;
  return { data: mine?.data, problem: mine?.problem ?? null, again };
}

/** The shots of a film in their order; null: as the bridge orders them. */
export function useShots(film: string | null): Kept<ShotFacts[]> {
  return useKept(
    (session) => {
      const params = { path: { canvas_id: session.id }, query: film ? { export: film } : {} };
      return got(api.GET("/api/canvases/{canvas_id}/shots", { params })) as Promise<ShotFacts[]>;
    },
    `shots ${film ?? ""}`,
    film !== null,
  );
}

export function useReferences(film: string | null): Kept<ReferenceUse[]> {
  return useKept(
    (session) => {
      const params = { path: { canvas_id: session.id }, query: film ? { export: film } : {} };
      return got(api.GET("/api/canvases/{canvas_id}/references", { params })) as Promise<ReferenceUse[]>;
    },
    `references ${film ?? ""}`,
    false,
  );
}
