"use strict";

const { portOf } = require("./address.js");

const KEY = "takebridge.link";

/**
 * What the panel knows of its bridge: `bridge` is the id it was paired with, `token` what it was given then.
 * @typedef {{port: number | null, bridge: string, token: string}} Kept
 */

/** @type {Kept} */
const NOTHING = Object.freeze({ port: null, bridge: "", token: "" });

/**
 * The link's memory in localStorage. What cannot be read there counts as nothing; what cannot be written is kept for
 * as long as the panel lives.
 * @param {{getItem(key: string): string | null, setItem(key: string, value: string): void}} storage
 */
function createStore(storage) {
  let kept = loaded(storage);
  return {
    /** @returns {Kept} */
    read: () => kept,
    /** @param {Partial<Kept>} changes */
    write(changes) {
      kept = Object.freeze({ ...kept, ...changes });
      save(storage, kept);
    },
    /** Forget the bridge; the port stays, for the next pairing. */
    forget() {
      kept = Object.freeze({ ...NOTHING, port: kept.port });
      save(storage, kept);
    },
  };
}

/**
 * @param {{getItem(key: string): string | null}} storage
 * @returns {Kept}
 */
function loaded(storage) {
  try {
    const found = JSON.parse(storage.getItem(KEY) || "{}");
    const whole = typeof found.bridge === "string" && typeof found.token === "string" && found.bridge && found.token;
    return Object.freeze({
      port: portOf(found.port),
      bridge: whole ? found.bridge : "",
      token: whole ? found.token : "",
    });
  } catch (_) {
    return NOTHING;
  }
}

/**
 * @param {{setItem(key: string, value: string): void}} storage
 * @param {Kept} kept
 */
function save(storage, kept) {
  try {
    storage.setItem(KEY, JSON.stringify(kept));
  } catch (_) {
    // Full or forbidden: this session still knows.
  }
}

module.exports = { createStore };
