"use strict";

/** The stage: all that an op of the agent works with, handed from op to op. */

const { createFeatures } = require("./features.js");
const { createKeys } = require("./keys.js");

/**
 * @typedef {import("./shapes.js").GivenClock} GivenClock
 */

/**
 * Return a stage on which nothing was done yet. `version` is Premiere's ("26.3.0"), `clock` the system's unless given.
 * @param {{ppro: Ppro, version: string, clock?: GivenClock}} given
 * @returns {import("./shapes.js").Stage}
 */
function createStage({ ppro, version, clock = systemClock() }) {
  const waiting = {
    now: () => clock.now(),
    after: (/** @type {number} */ milliseconds, /** @type {() => void} */ call) => clock.after(milliseconds, call),
    setTimeout: (/** @type {() => void} */ call, /** @type {number} */ milliseconds) =>
      void clock.after(milliseconds, call),
  };
  return { ppro, version, clock: waiting, keys: createKeys(), memory: {}, can: createFeatures(ppro, version) };
}

/** @returns {GivenClock} */
function systemClock() {
  return {
    now: () => Date.now(),
    after(milliseconds, call) {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

module.exports = { createStage };
