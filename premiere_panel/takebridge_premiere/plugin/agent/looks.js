"use strict";

/** The verbs that read, show or write files, by name: ``(stage, args, expect) => {outcome?, result}``. */

const { exportTimeline } = require("./exporting.js");
const { OpError, refusal } = require("./faults.js");
const { grabFrame } = require("./frames.js");
const { peekOp, setPlayhead } = require("./playhead.js");
const { renderRange, renderStatus } = require("./rendering.js");
const { selection } = require("./selection.js");
const { snapshot } = require("./snapshot.js");
const { openSequence } = require("./scene.js");
const { ping, statusOp, stop } = require("./status.js");

/**
 * @typedef {{outcome?: import("./faults.js").Outcome, result: any}} Done
 * @typedef {(stage: any, args: any, expect: any) => Promise<Done>} Handler
 */

/** @type {Record<string, Handler>} */
const VERBS = {
  "agent.ping": ping,
  "agent.stop": stop,
  "host.status": statusOp,
  "timeline.snapshot": snapshot,
  "selection.get": selection,
  "selection.peek": peekOp,
  "playhead.set": setPlayhead,
  "timeline.export": exportTimeline,
  "frame.grab": grabFrame,
  "range.render": renderRange,
  "render.status": renderStatus,
};

/**
 * Return a handler that tells what Premiere throws when something is gone, instead of failing at it. Faults of our own
 * pass.
 * @param {Handler} act
 * @returns {Handler}
 */
function guarded(act) {
  return async (stage, args, expect) => {
    try {
      return await act(stage, args, expect);
    } catch (thrown) {
      if (thrown instanceof OpError || thrown instanceof TypeError || thrown instanceof ReferenceError) {
        throw thrown;
      }
      await openSequence(stage).catch(() => {
        throw new OpError("timeline_switched", "The sequence or the project was closed in Premiere meanwhile.");
      });
      throw refusal(thrown, "answer this");
    }
  };
}

/** @type {Record<string, Handler>} */
const LOOKS = Object.fromEntries(Object.entries(VERBS).map(([verb, act]) => [verb, guarded(act)]));

module.exports = { LOOKS };
