import type { LinkedClip } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { keptBy } from "./kept";

/** The clips of editors' timelines that are linked to a canvas, each with the files delivered for it. */
export type Linked = readonly LinkedClip[];

/** Events after which a timeline may show another take. */
const MOVED = /^(link|roundtrip|host|cut|put)\./;

export const linkedOf = keptBy<Linked>({
  load: ({ id }) => got(api.GET("/api/clips/linked", { params: { query: { canvas_id: id } } })),
  hear: (linked, { topic }) => (MOVED.test(topic) ? "anew" : linked),
});

const cuts = new WeakMap<Linked, ReadonlySet<string>>();

/** Takes that lie in an editor's timeline: of each linked clip the take delivered last, else the one it came from. */
export function inTimeline(linked: Linked): ReadonlySet<string> {
  const known = cuts.get(linked) ?? new Set(linked.map(takeOf).filter(Boolean));
  cuts.set(linked, known);
  return known;
}

const takeOf = ({ link, deliveries }: LinkedClip): string => {
  const [newest] = deliveries.toSorted((a, b) => b.created_at.localeCompare(a.created_at) || b.number - a.number);
  return newest?.take_id || link.source_take_id;
};
