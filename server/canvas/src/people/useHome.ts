import { useCallback, useEffect, useState } from "react";
import { type Doc, pinned, type Snapshot, type Take } from "../canvas/model";
import { docOf } from "../canvas/reduce";
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
  /** Titles by id. */
  readonly canvases: Readonly<Record<string, string>>;
  readonly first: FirstSteps;
  readonly problems: readonly string[];
}

const SETTLE_MS = 300;
/** Clip links are looked for on so many canvases at most. */
const MOST_LOOKED = 12;

async function load(): Promise<HomeFacts> {
  const [canvases, status] = await Promise.all([got(api.GET("/api/canvases")), got(api.GET("/api/status"))]);
  const ids = Object.keys(canvases as Record<string, string>);
  const links = await Promise.all(
    ids.slice(-MOST_LOOKED).map((canvas_id) => got(api.GET("/api/clips/links", { params: { query: { canvas_id } } }))),
  );
  const hosts = status.hosts.map((host) => String(host["product"] ?? host["host"] ?? "An editor"));
  const exchange = status.exchange?.folder ? [status.exchange.product] : [];
  const first = { editors: [...hosts, ...exchange], pushed: links.some((some) => some.length > 0) };
  return { canvases: canvases as Record<string, string>, first, problems: status.problems };
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
        event: ({ topic }) => /^(canvas\.|host\.(connected|disconnected)|exchange\.)/.test(topic) && soon(),
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

export interface Glance {
  readonly nodes: number;
  readonly takes: number;
  /** What stands for the canvas: its newest pinned film or picture. */
  readonly take: Take | undefined;
}

/** One canvas after the other is looked into, so that the page is never waited for. */
let queue: Promise<unknown> = Promise.resolve();

/** A look into a canvas; null until it is there. Only for those that are asked to (`wanted`). */
export function useGlance(canvas: string, wanted: boolean): Glance | null {
  const [glance, setGlance] = useState<Glance | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    queue = queue.then(async () => {
      if (!current) return;
      try {
        const params = { path: { canvas_id: canvas } };
        const snapshot = (await got(api.GET("/api/canvases/{canvas_id}", { params }))) as unknown as Snapshot;
        if (current) setGlance(glanceOf(docOf(snapshot.canvas as unknown as Doc)));
      } catch {
        // The card keeps its title; opening the canvas says what is wrong.
      }
    });
    return () => {
      current = false;
    };
  }, [canvas, wanted]);
  return glance;
}

export function glanceOf(doc: Doc): Glance {
  const nodes = Object.values(doc.nodes);
  const shown = nodes.flatMap((node) => pinned(doc, node) ?? []).sort((one, other) => score(other) - score(one));
  return { nodes: nodes.length, takes: Object.keys(doc.takes).length, take: shown[0] };
}

/** Films before pictures before all else; of equal ones the later take. */
function score(take: Take): number {
  const facts = Object.values(take.outputs).map((output) => output.facts);
  const picture = facts.some((one) => Number(one["width"] ?? 0) > 0);
  const film = picture && facts.some((one) => Number(one["frame_count"] ?? 0) > 0);
  return (film ? 2 : picture ? 1 : 0) * 10 + Math.min(9, take.seq / 100);
}
