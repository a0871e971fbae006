"use strict";

/**
 * Time as link and panel use it; tests hand in one of their own.
 * @typedef {{now(): number, after(milliseconds: number, call: () => void): () => void}} Clock
 * `now` in milliseconds of the epoch; `after` returns what takes the call back.
 */

/** @returns {Clock} */
function systemClock() {
  return {
    now: () => Date.now(),
    after(milliseconds, call) {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

/**
 * Call again and again, first after one `milliseconds`. Returns what ends it.
 * @param {Clock} clock
 * @param {number} milliseconds
 * @param {() => void} call
 * @returns {() => void}
 */
function every(clock, milliseconds, call) {
  let ended = false;
  let cancel = () => {};
  const again = () => {
    cancel = clock.after(milliseconds, () => {
      if (!ended) {
        call();
      }
      if (!ended) {
        again();
      }
    });
  };
  again();
  return () => {
    ended = true;
    cancel();
  };
}

module.exports = { every, systemClock };
