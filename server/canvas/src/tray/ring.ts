/** Moving the ring through tiles in rows. The ring never leaves the list and never wraps. */
export interface Lattice {
  count: number;
  columns: number;
  /** Rows that fit on the screen. */
  page: number;
}

const STEPS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);

/** Whether a key moves the ring at all. */
export const movesRing = (key: string): boolean => STEPS.has(key);

/** Where the ring is after a key; -1 when there is nothing to ring. */
export function moveRing(index: number, key: string, { count, columns, page }: Lattice): number {
  if (count === 0) return -1;
  const at = Math.min(count - 1, Math.max(0, index));
  const within = (next: number) => Math.min(count - 1, Math.max(0, next));
  switch (key) {
    case "ArrowLeft":
      return within(at - 1);
    case "ArrowRight":
      return within(at + 1);
    case "ArrowUp":
      return at - columns >= 0 ? at - columns : at;
    case "ArrowDown":
      return at + columns < count ? at + columns : lastRow(at, count, columns) ? at : count - 1;
    case "PageUp":
      return within(at - columns * Math.max(1, page));
    case "PageDown":
      return within(at + columns * Math.max(1, page));
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return at;
  }
}

const lastRow = (at: number, count: number, columns: number) =>
  Math.floor(at / columns) === Math.floor((count - 1) / columns);

/**
 * Who has the ring after the list changed: the same one while it is there; else whoever came into its place, or the
 * last one. Never the first only because something was filtered away.
 */
export function keepRing(before: readonly string[], ring: string | null, after: readonly string[]): string | null {
  if (after.length === 0) return null;
  if (ring === null) return after[0] ?? null;
  if (after.includes(ring)) return ring;
  const was = before.indexOf(ring);
  if (was < 0) return after[0] ?? null;
  const there = new Set(after);
  for (let index = was + 1; index < before.length; index++) {
    const next = before[index];
    if (next !== undefined && there.has(next)) return next;
  }
  for (let index = was - 1; index >= 0; index--) {
    const next = before[index];
    if (next !== undefined && there.has(next)) return next;
  }
  return after[0] ?? null;
}
