/** Orders of shots, by their keys. Nothing here knows of the bridge. */

/** The keys with `moved` (in the order they have) put before or after `target`. */
export function movedTo(
  keys: readonly string[],
  moved: ReadonlySet<string>,
  target: string,
  side: "before" | "after",
): string[] {
  const block = keys.filter((key) => moved.has(key));
  const at = keys.indexOf(target);
  const place = at < 0 ? keys.length : at + (side === "after" ? 1 : 0);
  const before = keys.slice(0, place).filter((key) => !moved.has(key));
  const after = keys.slice(place).filter((key) => !moved.has(key));
  return [...before, ...block, ...after];
}

/** The keys with `moved` one place earlier (-1) or later (1) as a block; the same where it is at that end already. */
export function stepped(keys: readonly string[], moved: ReadonlySet<string>, by: -1 | 1): string[] {
  const at = keys.flatMap((key, index) => (moved.has(key) ? [index] : []));
  const [first, last] = [at[0], at.at(-1)];
  if (first === undefined || last === undefined) return [...keys];
  const neighbour = by < 0 ? keys[first - 1] : keys[last + 1];
  const together = last - first === at.length - 1;
  if (neighbour === undefined) {
    const own = keys[by < 0 ? first : last];
    return together || own === undefined ? [...keys] : movedTo(keys, moved, own, by < 0 ? "before" : "after");
  }
  return movedTo(keys, moved, neighbour, by < 0 ? "before" : "after");
}

/** Rows in an order of keys; rows the order does not name come last, keys without a row are passed over. */
export function inOrder<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  order: readonly string[] | null,
): readonly T[] {
  if (!order) return rows;
  const rank = new Map(order.map((key, index) => [key, index]));
  return [...rows].sort((a, b) => (rank.get(keyOf(a)) ?? order.length) - (rank.get(keyOf(b)) ?? order.length));
}

/** Whether both name the same keys, in whatever order. */
export function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  const there = new Set(a);
  return a.length === b.length && b.every((key) => there.has(key));
}
