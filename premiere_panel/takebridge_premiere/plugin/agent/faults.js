"use strict";

/** What went wrong with an op, in an editor's words. Codes are those of docs/protocol. */

/** @type {Record<string, string>} */
const HINTS = {
  agent_fault: "Close the TakeBridge panel and open it again; if it happens again, restart Premiere.",
  host_busy: "Close open dialogs and stop playback in Premiere, then try again.",
  host_rejected: "Try it by hand in Premiere: it may say more about why.",
  invalid_param: "Read the timeline again, then repeat the command.",
  not_found: "Read the timeline again.",
  timeline_changed: "Nothing of yours was overwritten. Repeat the command on the sequence as it is now.",
  timeline_switched: "Open the project and sequence the clip was pushed from, then repeat.",
  unsupported_op: "Update Premiere, or use another way.",
  unsupported_item: "Choose a clip that plays a media file.",
};
const RETRYABLE = new Set(["host_busy", "timeline_changed"]);
const MOST_TEXT = 4096;
/** A name that would push what is said about it out of the message. */
const LONG_NAME = /“([^”]{120})[^”]+”/g;

/**
 * @typedef {"verified" | "committed_unverified" | "not_applied"} Outcome
 * @typedef {{code: string, message: string, hint: string, retryable: boolean, details: Record<string, any>}} WireError
 * @typedef {{retryable?: boolean, details?: Record<string, any>, outcome?: Outcome, result?: any}} FaultOptions
 */

/**
 * An op that was not (or not surely) done: a stable code, the user's words, the next step.
 *
 * `hint` left out (or null) is the usual one of the code. `outcome` is "not_applied" unless something may have been
 * left behind; `result` is then what was read last.
 */
class OpError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string | null} [hint]
   * @param {FaultOptions} [options]
   */
  constructor(code, message, hint = null, options = {}) {
    super(message);
    this.name = "OpError";
    this.code = code;
    this.hint = hint === null ? HINTS[code] || "" : hint;
    this.retryable = options.retryable === undefined ? RETRYABLE.has(code) : options.retryable;
    this.details = options.details || {};
    /** @type {Outcome} */
    this.outcome = options.outcome || "not_applied";
    this.result = options.result === undefined ? null : options.result;
  }

  /** Return the WireError of the host protocol. @returns {WireError} */
  toWire() {
    return {
      code: this.code,
      message: text(this.message.replace(LONG_NAME, "“$1…”")),
      hint: text(this.hint),
      retryable: this.retryable,
      details: this.details,
    };
  }
}

/**
 * Mark an error: something may be left behind.
 * @param {OpError} error
 * @returns {OpError}
 */
function unsure(error) {
  error.outcome = "committed_unverified";
  error.hint = `Look at the sequence in Premiere: the change may be there. ${error.hint}`.trim();
  return error;
}

/**
 * Return the OpError of whatever a host call threw: the error itself, or `host_rejected` with the host's words.
 * @param {unknown} thrown
 * @param {string} what what was tried, as in "read the sequence"
 * @returns {OpError}
 */
function refusal(thrown, what) {
  if (thrown instanceof OpError) {
    return thrown;
  }
  const said = wordsOf(thrown);
  return new OpError("host_rejected", said ? `Premiere refused to ${what}: ${said}` : `Premiere refused to ${what}.`);
}

/**
 * Return what a thrown value says.
 * @param {unknown} thrown
 * @returns {string}
 */
function wordsOf(thrown) {
  return text(thrown instanceof Error ? thrown.message : thrown).trim();
}

/** Half of a character of two halves: names may hold one, cutting may leave one, and no JSON reader takes it. */
const HALVES = /[\uD800-\uDFFF]/gu;

/**
 * Return a string the wire accepts: null becomes "", longer text is cut, half a character becomes U+FFFD.
 * @param {unknown} value
 * @param {number} [limit]
 * @returns {string}
 */
function text(value, limit = MOST_TEXT) {
  return value === null || value === undefined ? "" : whole(String(value).slice(0, limit));
}

/**
 * Return a string with U+FFFD for each half of a character.
 * @param {string} value
 * @returns {string}
 */
function whole(value) {
  return value.replace(HALVES, "\uFFFD");
}

/**
 * Return a string of at most 255 characters.
 * @param {unknown} value
 * @returns {string}
 */
function short(value) {
  return text(value, 255);
}

module.exports = { OpError, unsure, refusal, wordsOf, text, short, whole };
