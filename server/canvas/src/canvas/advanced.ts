import type { CanvasChanged, Doc, HeardOp, Kinds, StateFacts } from "./model";
import { applied } from "./reduce";

/** One canvas as this page has it. Replaced whole, never written into. */
export interface Seen {
  readonly epoch: string;
  readonly rev: number;
  readonly doc: Doc;
  readonly states: Readonly<Record<string, StateFacts>>;
}

/** `seen` after a change; the same when it has it already, null when the change does not continue it. */
export function advanced(seen: Seen, changed: CanvasChanged, kinds: Kinds): Seen | null {
  if (changed.epoch !== seen.epoch) return null;
  if (changed.rev <= seen.rev) return seen;
  if (changed.from_rev !== seen.rev || changed.ops === null) return null;
  const doc = applied(seen.doc, changed.ops as readonly HeardOp[], kinds);
  return { epoch: seen.epoch, rev: changed.rev, doc, states: restated(seen.states, changed.states) };
}

/** Verdicts after a change: the same table when it changed none. */
function restated(before: Seen["states"], changed: CanvasChanged["states"]): Seen["states"] {
  const news = Object.entries(changed);
  if (news.length === 0) return before;
  const states = { ...before };
  for (const [node, state] of news) {
    if (state) states[node] = state;
    else delete states[node];
  }
  return states;
}
