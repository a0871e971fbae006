/** Parts of the app that are loaded, by how they are loaded. */
const there = new Map<() => Promise<unknown>, unknown>();

/** Load, and remember that it is there. */
export async function kept<M>(load: () => Promise<M>): Promise<M> {
  const module = await load();
  there.set(load, module);
  return module;
}

export function isThere<M>(load: () => Promise<M>): M | undefined {
  return there.get(load) as M | undefined;
}
