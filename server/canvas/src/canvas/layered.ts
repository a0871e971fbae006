/**
 * A table that is looked up by id, of which one entry after the other changes: what changed last lies in a layer over
 * the rest, so that a change copies that layer and not ten thousand entries. Nothing is ever taken out of it, and it is
 * never listed: `Object.values` would give the layer alone.
 */
export type Lookup<T> = { readonly [id: string]: T | undefined };

/** A layer that holds more becomes one with the rest. */
const MOST = 256;

/** `table` after some of its entries changed or came. */
export function layered<T>(table: Lookup<T>, changed: Readonly<Record<string, T>>): Lookup<T> {
  const below = Object.getPrototypeOf(table) as Lookup<T> | null;
  const layer = below === null || below === Object.prototype ? {} : table;
  const rest = layer === table && below ? below : table;
  const next = Object.assign(Object.create(rest) as Record<string, T>, layer, changed);
  return Object.keys(next).length <= MOST ? next : flat(next);
}

/** A table without layers, of entries by their id. */
export function flat<T>(table: Lookup<T>): Lookup<T> {
  const all = Object.create(null) as Record<string, T>;
  for (const id in table) all[id] = table[id] as T;
  return all;
}
