"use strict";

/** What stood in the way of a round trip, as a card: what is so, what to do, and one button. Pure. */

const { BUSY } = require("./connection_words.js");
const { ownHint, toYou } = require("./trip_words.js");

/**
 * @typedef {Readonly<{head: string, cause: string, urgent: boolean, button?: string, code?: string, base?: boolean}>}
 *   Card `base`: the way out is a new base
 */

const CHANGED = "The timeline or the canvas changed since you looked. Nothing was applied. This is the plan now.";
const LOST =
  "The bridge went away in the middle. It finishes the round trip or undoes it when it is back; nothing is lost.";
const FIND_OUT =
  "What became of it is said here as soon as the bridge answers; “Round trips so far” and “takebridge roundtrip " +
  "--trips” have it too. Do not apply again before that.";
const LOST_TAKES = "The bridge went away while takes were put in. Each is in or not, none is half in: look again.";
const AWAY = "The bridge is away. What you see is from before; look again when it is back.";
const NO_HOST = "Premiere isn't connected to the bridge.";

/** @param {import("../link/faults.js").Refusal} error whether nobody answered */
function isAway({ code }) {
  return code === "not_connected" || code === "answer_lost";
}

/** @param {import("../link/faults.js").Refusal} error whether what became of it is not known */
function isLost(error) {
  return error.code === "answer_lost" || error.code === "timeout" || error.code === "host_timeout";
}

/**
 * @param {import("../link/faults.js").Refusal} error
 * @param {boolean} applying
 * @param {boolean} apart whether takes were put in by themselves
 * @returns {Card}
 */
function faultCard(error, applying, apart) {
  const { code } = error;
  const message = toYou(error.message);
  const hint = ownHint(error.hint);
  if (applying && (code === "answer_lost" || code === "timeout")) {
    const head = apart ? LOST_TAKES : LOST;
    return { head, cause: apart ? "" : FIND_OUT, urgent: true, button: "Look again", code };
  }
  if (isAway(error)) {
    const head = applying ? message : AWAY;
    return { head, cause: applying ? hint : "", urgent: true, button: "Look again", code };
  }
  if (code === "cut_mismatch") {
    return { head: message, cause: hint, urgent: true, code, base: true };
  }
  if (code === "host_offline" && !applying) {
    const cause = [message, hint].filter(Boolean).join(" ");
    return { head: NO_HOST, cause, urgent: true, button: "Check again", code };
  }
  if (code === "host_busy") {
    return { head: BUSY, cause: message, urgent: true, button: "Try again", code };
  }
  return { head: message, cause: hint, urgent: true, button: "Look again", code };
}

module.exports = { AWAY, CHANGED, FIND_OUT, LOST, LOST_TAKES, faultCard, isLost };
