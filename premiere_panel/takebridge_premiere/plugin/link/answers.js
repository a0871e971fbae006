"use strict";

/** An answer nobody ever acknowledges is let go when so many newer ones wait. */
const MOST_KEPT = 256;

/**
 * @typedef {{id: string, verb: string, args?: object, expect?: object | null}} Op
 * @typedef {{session: string, op_id: string, outcome: string, result: any, error: any}} OpAnswer
 */

/**
 * Runs ops through the desk and keeps each answer until the bridge has acknowledged it. An op that comes again while
 * it runs is not begun twice; one that was answered gets the same answer.
 * @param {{desk: {run(op: Op): Promise<any>}, send(message: object): boolean, changed(): void,
 *   clock: import("./clock.js").Clock}} parts `send` says whether there was a connection
 */
function createAnswers({ desk, send, changed, clock }) {
  /** @type {Map<string, OpAnswer>} */
  const kept = new Map();
  /** @type {Map<string, number>} op id → when it began */
  const running = new Map();

  /** @param {OpAnswer} answer */
  function keep(answer) {
    kept.set(answer.op_id, answer);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) {
        break;
      }
      kept.delete(oldest);
    }
    send({ type: "answer", answer });
  }

  return {
    /**
     * @param {Op} op
     * @param {string} session the one that asked
     */
    async take(op, session) {
      const there = kept.get(op.id);
      if (there) {
        send({ type: "answer", answer: there });
        return;
      }
      if (running.has(op.id)) {
        return;
      }
      running.set(op.id, clock.now());
      changed();
      const answer = await outcomeOf(desk, op, session);
      running.delete(op.id);
      keep(answer);
      changed();
    },
    /** @param {string} opId the bridge has it, whether or not somebody still waited for it */
    acknowledge(opId) {
      kept.delete(opId);
    },
    /** Send what was not acknowledged once more: a connection was lost in between. */
    again() {
      [...kept.values()].forEach((answer) => send({ type: "answer", answer }));
    },
    /** For how many milliseconds the longest op runs by now, 0 when none does. */
    busyFor() {
      const begun = [...running.values()];
      return begun.length ? clock.now() - Math.min(...begun) : 0;
    },
    waiting: () => kept.size,
  };
}

/**
 * @param {{run(op: Op): Promise<any>}} desk
 * @param {Op} op
 * @param {string} session
 * @returns {Promise<OpAnswer>}
 */
async function outcomeOf(desk, op, session) {
  try {
    const found = await desk.run(op);
    return {
      session,
      op_id: op.id,
      outcome: found.outcome,
      result: found.result === undefined ? null : found.result,
      error: found.error === undefined ? null : found.error,
    };
  } catch (error) {
    return faultOf(op, session, error);
  }
}

/**
 * The desk never rejects; should it, what became of the op is not known.
 * @param {Op} op
 * @param {string} session
 * @param {any} error
 * @returns {OpAnswer}
 */
function faultOf(op, session, error) {
  const raw = String((error && error.message) || error).slice(0, 300);
  const wire = {
    code: "host_rejected",
    message: "Premiere's panel failed while it did this.",
    hint: "Look at the sequence before you try again.",
    retryable: false,
    details: { fault: raw },
  };
  return { session, op_id: op.id, outcome: "committed_unverified", result: null, error: wire };
}

module.exports = { createAnswers };
