"use strict";

/**
 * What the panel knows: one frozen value. `set` takes over changes; who listens to a name that changed is called once
 * for everything that was set in one go.
 * @template {Record<string, any>} S
 * @param {S} first
 */
function createState(first) {
  let now = Object.freeze({ ...first });
  /** @type {Set<{names: (keyof S)[] | null, call: (state: Readonly<S>) => void}>} */
  const listeners = new Set();
  /** @type {Set<keyof S>} */
  let changed = new Set();

  function tell() {
    const names = changed;
    changed = new Set();
    for (const one of [...listeners]) {
      if (!one.names || one.names.some((name) => names.has(name))) {
        one.call(now);
      }
    }
  }

  return {
    /** @returns {Readonly<S>} */
    get: () => now,
    /** @param {Partial<S>} changes */
    set(changes) {
      const names = /** @type {(keyof S)[]} */ (Object.keys(changes)).filter((name) => now[name] !== changes[name]);
      if (!names.length) {
        return;
      }
      now = Object.freeze({ ...now, ...changes });
      const first = changed.size === 0;
      names.forEach((name) => changed.add(name));
      if (first) {
        Promise.resolve().then(tell);
      }
    },
    /**
     * Be called after a change of one of `names` (null: of any). Returns what ends it.
     * @param {(keyof S)[] | null} names
     * @param {(state: Readonly<S>) => void} call
     * @returns {() => void}
     */
    on(names, call) {
      const one = { names, call };
      listeners.add(one);
      return () => void listeners.delete(one);
    },
  };
}

module.exports = { createState };
