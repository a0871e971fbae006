"use strict";

const KEY = "takebridge.panel";

/**
 * What the panel remembers of how it was left: canvas, tab, looks, filter, order, whether the jobs were open.
 * @param {{getItem(key: string): string | null, setItem(key: string, value: string): void}} storage
 */
function createMemory(storage) {
  /** @type {Record<string, any>} */
  let kept = {};
  try {
    const found = JSON.parse(storage.getItem(KEY) || "{}");
    kept = found && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch (_) {
    kept = {};
  }
  const word = (/** @type {string} */ name) => (typeof kept[name] === "string" ? kept[name] : "");
  return {
    get canvas() {
      return word("canvas");
    },
    get tab() {
      return word("tab");
    },
    get looks() {
      return word("looks");
    },
    get filter() {
      return word("filter");
    },
    get order() {
      return word("order");
    },
    get jobsOpen() {
      return kept.jobsOpen === true;
    },
    /** @param {Record<string, any>} changes */
    keep(changes) {
      kept = { ...kept, ...changes };
      try {
        storage.setItem(KEY, JSON.stringify(kept));
      } catch (_) {
        // Full or forbidden: this session still knows.
      }
    },
  };
}

module.exports = { createMemory };
