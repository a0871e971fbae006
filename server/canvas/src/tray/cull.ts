/**
 * Culling by one rule: the key acts on the take with the ring, then the ring moves on. It stops at the last take and
 * never jumps to the first; taking an act back brings the ring back to where it was.
 */
export interface Cull {
  readonly ring: string | null;
  /** Whether the ring moves on after a rating. */
  readonly advance: boolean;
  /** Takes acted on, oldest first. */
  readonly acts: readonly string[];
}

export const MOST_ACTS = 500;

/** After a key acted on `take`, with the takes in the order they were shown then. */
export function acted(cull: Cull, take: string, order: readonly string[]): Cull {
  const acts = [...cull.acts, take].slice(-MOST_ACTS);
  return { ...cull, acts, ring: cull.advance ? after(take, order) : take };
}

/** After an act that was refused: as if it had not been, and the ring back on the take it was meant for. */
export function refused(cull: Cull, take: string): Cull {
  const at = cull.acts.lastIndexOf(take);
  return { ...cull, acts: at < 0 ? cull.acts : cull.acts.toSpliced(at, 1), ring: take };
}

/** After the last act was taken back: the ring is on its take again. */
export function takenBack(cull: Cull): Cull {
  const last = cull.acts.at(-1);
  return last === undefined ? cull : { ...cull, acts: cull.acts.slice(0, -1), ring: last };
}

/** The take after `take`; the same when it is the last one or not there any more. */
export function after(take: string, order: readonly string[]): string {
  const at = order.indexOf(take);
  return at < 0 ? take : (order[at + 1] ?? take);
}

/** `12 of 100`. */
export const progressWords = (done: number, all: number): string => `${done} of ${all}`;
