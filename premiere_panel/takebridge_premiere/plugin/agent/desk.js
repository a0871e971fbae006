"use strict";

/** What this Premiere can be asked for, and running one op after another. */

const { EDITS } = require("./edits.js");
const { exportsAnything } = require("./exporting.js");
const { OpError, short, wordsOf } = require("./faults.js");
const { LOOKS } = require("./looks.js");
const { createStage } = require("./stage.js");
const { hostStatus } = require("./status.js");
const { watch } = require("./watch.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./faults.js").WireError} WireError
 * @typedef {{op_id: string, outcome: import("./faults.js").Outcome, result?: any, error?: WireError}} Answer
 */

const REMEMBERED = 256;
const QUALIFIERS = ["selection.get:selected", "selection.get:marks", "clip.place:new-track", "clip.stamp:metadata"];
/** Verbs that not every version has, with what they need. */
/** @type {Record<string, (can: (feature: string) => boolean) => boolean>} */
const NEEDS = {
  "timeline.export": exportsAnything,
  "range.render": (can) => can("encoder"),
  "render.status": (can) => can("encoder"),
};

/**
 * Return the desk: the one thing that speaks to Premiere for the bridge (see `createStage` for what it takes).
 * @param {{ppro: Ppro, version: string, clock?: import("./shapes.js").GivenClock}} given
 */
function createDesk(given) {
  const stage = createStage(given);
  const verbs = { ...LOOKS, ...EDITS };
  /** @type {Map<string, Promise<Answer>>} the last ops by id, the running one among them */
  const answers = new Map();
  /** @type {Promise<any>} */
  let last = Promise.resolve();
  /** @type {(() => void) | null} */
  let unsense = null;

  /** From the first op on, listen for what makes a peek look anew. */
  const sense = () => {
    unsense =
      unsense ||
      watch(
        stage,
        () => {},
        () => noteMoved(stage),
      );
  };

  return {
    /** Return the verbs this Premiere can do, with qualifiers. @returns {string[]} */
    capabilities() {
      const offered = Object.keys(verbs).filter((verb) => !NEEDS[verb] || NEEDS[verb](stage.can));
      return [...offered, ...QUALIFIERS.filter((name) => offered.includes(name.split(":")[0]))].sort();
    },

    /** Return HostStatus, beside whatever op runs. */
    status: () => hostStatus(stage),

    /**
     * Run an op after those before it; an op that was run already is answered as it was. Never rejects.
     * @param {{id: string, verb: string, args?: any, expect?: any}} op
     * @returns {Promise<Answer>}
     */
    run(op) {
      const id = short(op && op.id);
      const known = id === "" ? undefined : answers.get(id);
      if (known) {
        return known;
      }
      sense();
      const answer = last.then(() => execute(stage, verbs, op, id));
      last = answer;
      remember(answers, id, answer);
      return answer;
    },

    /**
     * Call `listener` when something happened in Premiere (300 ms after the last of it). Returns what ends that.
     * @param {() => void} listener
     * @returns {() => void}
     */
    watch: (listener) => watch(stage, listener),

    /** End what the desk began; it is of no use after. */
    close() {
      if (unsense) {
        unsense();
      }
    },
  };
}

/** @param {Stage} stage */
function noteMoved(stage) {
  stage.memory.moved = true;
}

/**
 * @param {Map<string, Promise<Answer>>} answers
 * @param {string} id
 * @param {Promise<Answer>} answer
 */
function remember(answers, id, answer) {
  if (id !== "") {
    answers.set(id, answer);
    if (answers.size > REMEMBERED) {
      answers.delete(answers.keys().next().value || "");
    }
  }
}

/**
 * Run one op and return its answer.
 * @param {Stage} stage
 * @param {Record<string, import("./looks.js").Handler>} verbs
 * @param {any} op
 * @param {string} id
 * @returns {Promise<Answer>}
 */
async function execute(stage, verbs, op, id) {
  const edits = Object.prototype.hasOwnProperty.call(EDITS, short(op && op.verb));
  try {
    const { outcome = "verified", result } = await dispatch(stage, verbs, op);
    return { op_id: id, outcome, result };
  } catch (thrown) {
    return answerOf(id, faultOf(thrown, edits));
  } finally {
    if (edits) {
      noteMoved(stage);
    }
  }
}

/**
 * @param {Stage} stage
 * @param {Record<string, import("./looks.js").Handler>} verbs
 * @param {any} op
 */
async function dispatch(stage, verbs, op) {
  const verb = short(op && op.verb);
  const act = Object.prototype.hasOwnProperty.call(verbs, verb) ? verbs[verb] : null;
  if (!act || (NEEDS[verb] && !NEEDS[verb](stage.can))) {
    throw new OpError("unsupported_op", `This version of Premiere, or of the panel, cannot do ${verb || "nothing"}.`);
  }
  const args = op.args === undefined || op.args === null ? {} : op.args;
  if (typeof args !== "object" || Array.isArray(args)) {
    throw new OpError("invalid_param", "The op has no usable arguments.");
  }
  return act(stage, args, op.expect === undefined ? null : op.expect);
}

/**
 * Return the OpError of whatever an op threw. Of a fault of our own while something may have been written, the outcome
 * is not known.
 * @param {unknown} thrown
 * @param {boolean} edits
 * @returns {OpError}
 */
function faultOf(thrown, edits) {
  if (thrown instanceof OpError) {
    return thrown;
  }
  const outcome = edits ? "committed_unverified" : "not_applied";
  return new OpError("agent_fault", `The agent failed at this op: ${wordsOf(thrown)}`, null, { outcome });
}

/**
 * @param {string} id
 * @param {OpError} error
 * @returns {Answer}
 */
function answerOf(id, error) {
  const answer = { op_id: id, outcome: error.outcome, error: error.toWire() };
  return error.result === null ? answer : { ...answer, result: error.result };
}

module.exports = { createDesk };
