"use strict";

/** Asking Premiere for much at once: each call crosses to the host, so they overlap, but never too many. */

const MOST_AT_ONCE = 64;

/**
 * Run calls, at most 64 unanswered at a time, and return their answers in order. The first refusal is thrown; what was
 * asked before it is not waited for, and nothing more is asked.
 * @template T
 * @param {Array<() => Promise<T> | T>} calls
 * @returns {Promise<T[]>}
 */
async function gather(calls) {
  /** @type {T[]} */
  const answers = new Array(calls.length);
  let [next, failed] = [0, false];
  const lane = async () => {
    while (next < calls.length && !failed) {
      const at = next;
      next += 1;
      try {
        answers[at] = await calls[at]();
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, calls.length) }, lane));
  return answers;
}

/**
 * Ask each thing the same questions and return a list of answers per thing.
 * @template T
 * @param {T[]} things
 * @param {Array<(thing: T) => Promise<any> | any>} questions
 * @returns {Promise<any[][]>}
 */
async function askEach(things, questions) {
  const answers = await gather(things.flatMap((thing) => questions.map((question) => () => question(thing))));
  return things.map((_thing, at) => answers.slice(at * questions.length, (at + 1) * questions.length));
}

/**
 * Return what a call says, `otherwise` where it fails or the object lacks it.
 * @template T
 * @param {() => Promise<T> | T} call
 * @param {T} otherwise
 * @returns {Promise<T>}
 */
async function orElse(call, otherwise) {
  try {
    const said = await call();
    return said === undefined || said === null ? otherwise : said;
  } catch (_error) {
    return otherwise;
  }
}

module.exports = { gather, askEach, orElse };
