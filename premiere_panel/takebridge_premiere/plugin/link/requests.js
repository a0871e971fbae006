"use strict";

const { Refusal, answerLost, fromWire, notConnected } = require("./faults.js");

/** The bridge takes so many at once; the rest waits here. */
const MOST = 16;
const READ_SECONDS = 30;
/** A put of many clips, or a push that conforms media, takes its time. */
const WORK_SECONDS = 600;

/**
 * @typedef {{method: string, path: string, body: unknown, harmless: boolean, seconds: number,
 *   resolve(answer: Answer): void, reject(error: Refusal): void, cancel(): void, gone: boolean}} Asked
 * @typedef {{status: number, headers: Record<string, string>, body?: any, media_type?: string, data?: string}} Answer
 */

/**
 * Requests over the socket, each with its id. An error of the bridge rejects with its own words; without an answer in
 * time, or with the connection lost, what becomes of it is said as far as it is known.
 * @param {{send(message: object): void, clock: import("./clock.js").Clock}} parts
 */
function createRequests({ send, clock }) {
  let last = 0;
  let open = false;
  /** @type {Map<number, Asked>} */
  const sent = new Map();
  /** @type {Asked[]} */
  const waiting = [];

  function next() {
    while (open && sent.size < MOST && waiting.length) {
      const asked = /** @type {Asked} */ (waiting.shift());
      if (!asked.gone) {
        begin(asked);
      }
    }
  }

  /** @param {Asked} asked */
  function begin(asked) {
    last += 1;
    const id = last;
    sent.set(id, asked);
    asked.cancel = clock.after(asked.seconds * 1000, () => {
      if (sent.delete(id)) {
        asked.reject(late(asked.harmless));
        next();
      }
    });
    send({ type: "request", id, method: asked.method, path: asked.path, body: asked.body });
  }

  return {
    /**
     * @param {string} method
     * @param {string} path with its query
     * @param {unknown} [body]
     * @param {{harmless?: boolean, seconds?: number}} [how] `harmless`: doing it twice is the same as once
     * @returns {Promise<Answer>}
     */
    ask(method, path, body = null, how = {}) {
      const harmless = how.harmless === undefined ? method === "GET" : how.harmless;
      const seconds = how.seconds || (method === "GET" ? READ_SECONDS : WORK_SECONDS);
      if (!open) {
        return Promise.reject(notConnected());
      }
      return new Promise((resolve, reject) => {
        waiting.push({ method, path, body, harmless, seconds, resolve, reject, cancel: () => {}, gone: false });
        next();
      });
    },
    /** Requests may go from now on. */
    begin() {
      open = true;
    },
    /** The connection is gone: what was sent has lost its answer, what waited was never sent. */
    drop() {
      open = false;
      const lost = [...sent.values()];
      const unsent = waiting.splice(0);
      sent.clear();
      for (const asked of lost) {
        asked.cancel();
        asked.reject(answerLost(asked.harmless));
      }
      unsent.forEach((asked) => asked.reject(notConnected()));
    },
    /** @param {any} message a response */
    settle(message) {
      const asked = sent.get(message.id);
      if (!asked) {
        return;
      }
      sent.delete(message.id);
      asked.cancel();
      if (message.status >= 200 && message.status < 300) {
        asked.resolve(answerOf(message));
      } else {
        asked.reject(fromWire(message.body, message.status));
      }
      next();
    },
    /** How many are under way or wait. */
    pending: () => sent.size + waiting.length,
  };
}

/**
 * @param {any} message
 * @returns {Answer}
 */
function answerOf(message) {
  const { status, body, media_type, data } = message;
  return { status, headers: message.headers || {}, body, media_type, data };
}

/** @param {boolean} harmless */
function late(harmless) {
  if (harmless) {
    return new Refusal("timeout", "The bridge didn't answer in time.", "Try again.", { retryable: true });
  }
  return new Refusal(
    "timeout",
    "The bridge didn't answer in time; whether it did what was asked is not known.",
    "Look whether it was done before you ask again.",
  );
}

/**
 * Return an answer's picture as a `data:` URL, "" where it has none. The bridge sends base64, which is used as it is.
 * @param {{media_type?: string, data?: string}} answer
 * @returns {string}
 */
function dataUrl(answer) {
  const type = answer.media_type || "";
  return answer.data && /^image\/[a-z0-9.+-]+$/.test(type) ? `data:${type};base64,${answer.data}` : "";
}

module.exports = { createRequests, dataUrl };
