import { useCallback, useEffect, useState } from "react";
import type { CanvasSummary } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { Live } from "../wire/live";
import { asProblem, type Problem } from "../wire/problem";
import { stillSignedIn } from "../wire/served";

export interface FirstSteps {
  /** Editors that are connected, by their products. */
  readonly editors: readonly string[];
  /** Whether a clip of a cut hangs on some canvas. */
  readonly pushed: boolean;
}

export interface HomeFacts {
  /** The one that changed last first. */
  readonly canvases: readonly CanvasSummary[];
  readonly first: FirstSteps;
  readonly problems: readonly string[];
}

const SETTLE_MS = 300;

async function load(): Promise<HomeFacts> {
  const [canvases, status] = await Promise.all([got(api.GET("/api/summaries")), got(api.GET("/api/status"))]);
  const hosts = status.hosts.map((host) => String(host["product"] ?? host["host"] ?? "An editor"));
  const exchange = status.exchange?.folder ? [status.exchange.product] : [];
  const first = { editors: [...hosts, ...exchange], pushed: canvases.some((one) => one.linked) };
  return { canvases: newestFirst(canvases), first, problems: status.problems };
}

export const newestFirst = (canvases: readonly CanvasSummary[]): readonly CanvasSummary[] =>
  [...canvases].sort((one, other) => other.changed_at.localeCompare(one.changed_at));

/** Those whose title has every word somebody looks for. */
export function called(canvases: readonly CanvasSummary[], words: string): readonly CanvasSummary[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return canvases.filter((one) => wanted.every((word) => one.title.toLowerCase().includes(word)));
}

/** What the first page shows, kept in step: canvases come, editors connect, clips are pushed. */
export function useHome() {
  const [facts, setFacts] = useState<HomeFacts | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ask = useCallback(() => {
    load().then(
      (found) => {
        setFacts(found);
        setProblem(null);
      },
      (thrown) => setProblem(asProblem(thrown)),
    );
  }, []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, SETTLE_MS);
    };
    const live = new Live(
      {
        hello: ask,
        // Asked for anything, the bridge says that nobody is signed in here any more: the page hears of it (App.tsx).
        ended: ask,
        event: ({ topic }) =>
          /^(canvas\.|job\.changed|host\.(connected|disconnected)|exchange\.)/.test(topic) && soon(),
      },
      [],
      stillSignedIn,
    );
    ask();
    return () => {
      clearTimeout(timer);
      live.close();
    };
  }, [ask]);
  return { facts, problem, ask };
}
