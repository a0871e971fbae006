"use strict";

const { every } = require("./clock.js");

const TICK_MS = 1_000;
const PING_MS = 15_000;
/** Two pings without any word: the bridge is silent. */
const SILENT_MS = 35_000;
/** So long a silence is a dead connection: dial again. Answers are kept, so nothing is lost by it. */
const DEAD_MS = 120_000;
/** An op that takes longer has Premiere busy: a dialog is open, or it renders. */
const EDITOR_MS = 10_000;
/** A tick that comes so late means that Premiere stood still: the time in between is nobody's silence. */
const STOOD_MS = 5_000;

/**
 * Watches one connection: pings it, and says who is silent. Premiere's modal dialogs stop all JavaScript for minutes,
 * so
 * only time that was lived through counts.
 * @param {{clock: import("./clock.js").Clock, ping(): void, busyFor(): number, frozen(who: string): void, dead():
 *   void}} parts
 */
function createWatch({ clock, ping, busyFor, frozen, dead }) {
  let heard = clock.now();
  let pinged = heard;
  let ticked = heard;
  let stop = () => {};

  function tick() {
    const now = clock.now();
    const stood = now - ticked - TICK_MS;
    ticked = now;
    if (stood > STOOD_MS) {
      heard += stood;
      pinged = 0;
    }
    if (now - pinged >= PING_MS) {
      pinged = now;
      ping();
    }
    if (now - heard >= DEAD_MS) {
      dead();
      return;
    }
    frozen(now - heard >= SILENT_MS ? "bridge" : busyFor() >= EDITOR_MS ? "editor" : "");
  }

  return {
    start() {
      heard = clock.now();
      pinged = heard;
      ticked = heard;
      stop();
      stop = every(clock, TICK_MS, tick);
    },
    stop() {
      stop();
      stop = () => {};
    },
    /** The bridge said something. */
    heard() {
      heard = clock.now();
    },
  };
}

module.exports = { createWatch };
