import { type ComponentType, lazy } from "react";
import { isThere, kept } from "./kept";

/**
 * A component that is loaded when it is first drawn. One whose file is there already is drawn at once: React would
 * otherwise wait a moment, and keep the stand-in it shows meanwhile for 300 ms (React 19).
 */
export function lazily<M, P>(load: () => Promise<M>, pick: (module: M) => ComponentType<P>) {
  return lazy(() => {
    const there = isThere(load);
    return there ? resolved({ default: pick(there) }) : kept(load).then((module) => ({ default: pick(module) }));
  });
}

/** A promise that answers within `then`: React takes its value without a pause. */
function resolved<T>(value: T): Promise<T> {
  // biome-ignore lint/suspicious/noThenProperty: it stands for a promise.
  const now = { then: (resolve: (value: T) => void) => resolve(value) };
  return now as unknown as Promise<T>;
}
