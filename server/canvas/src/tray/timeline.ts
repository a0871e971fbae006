import { useEffect } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import { useSession } from "../app/session";
import type { CanvasSession } from "../canvas/store";
import type { ClipLink, Delivery } from "../wire/api.gen";
import { api, got } from "../wire/http";

/** Events after which a timeline may show another take. */
const MOVED = /^(clip|link|roundtrip|host|cut)\./;
const TOGETHER = 6;
const REST_MS = 500;

type Takes = ReadonlySet<string>;

/** What lies in the timeline, asked for once a canvas however many views want to know. */
interface Watch {
  readonly takes: StoreApi<{ takes: Takes }>;
  watchers: number;
  stop: () => void;
}

const watches = new WeakMap<CanvasSession, Watch>();

function watchOf(session: CanvasSession): Watch {
  const known = watches.get(session);
  if (known) return known;
  const watch: Watch = { takes: createStore(() => ({ takes: new Set<string>() })), watchers: 0, stop: () => undefined };
  watches.set(session, watch);
  return watch;
}

/** Takes that lie in an editor's timeline: of each clip link the take delivered last, else the one it came from. */
export function useInTimeline(): Takes {
  const session = useSession();
  const watch = watchOf(session);
  useEffect(() => {
    watch.watchers += 1;
    if (watch.watchers === 1) watch.stop = look(session, watch);
    return () => {
      watch.watchers -= 1;
      if (watch.watchers === 0) watch.stop();
    };
  }, [session, watch]);
  return useStore(watch.takes, (view) => view.takes);
}

/** Ask now, and again after what moves clips. Returns how to stop. */
function look(session: CanvasSession, { takes }: Watch): () => void {
  let current = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () =>
    void inTimeline(session.id).then(
      (found) => {
        const before = takes.getState().takes;
        const same = found.size === before.size && [...found].every((take) => before.has(take));
        if (current && !same) takes.setState({ takes: found });
      },
      () => undefined, // No marks rather than wrong ones; the next change looks again.
    );
  ask();
  const stop = session.on((event) => {
    if (!MOVED.test(event.topic)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, REST_MS);
  });
  return () => {
    current = false;
    clearTimeout(timer);
    stop();
  };
}

async function inTimeline(canvas: string): Promise<Takes> {
  const links = await got(api.GET("/api/clips/links", { params: { query: { canvas_id: canvas } } }));
  const takes = new Set<string>();
  for (let first = 0; first < links.length; first += TOGETHER) {
    const some = links.slice(first, first + TOGETHER);
    for (const take of await Promise.all(some.map(takeOf))) if (take) takes.add(take);
  }
  return takes;
}

async function takeOf(link: ClipLink): Promise<string> {
  const params = { path: { link_id: link.id } };
  const deliveries = await got(api.GET("/api/clips/links/{link_id}/deliveries", { params }));
  return newest(deliveries)?.take_id || link.source_take_id;
}

const newest = (deliveries: readonly Delivery[]): Delivery | undefined =>
  [...deliveries].sort((a, b) => a.created_at.localeCompare(b.created_at) || a.number - b.number).at(-1);
