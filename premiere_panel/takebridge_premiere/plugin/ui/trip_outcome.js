"use strict";

/** How a round trip goes and how it ended, in words: read back, with the safety copy and how to undo. Pure. */

const { toYou } = require("./trip_words.js");
const { counted } = require("./words.js");

/**
 * @typedef {"plain" | "good" | "warning" | "error"} Tone
 * @typedef {Readonly<{words: string, tone: Tone}>} Outcome
 */

/** @type {Record<string, string>} */
const STATES = {
  applying: "Not finished",
  undoing: "Being undone",
  done: "Done",
  rolled_back: "Undone: the timeline is as it was",
  left: "Left for you to look at",
};
const WRITTEN = "The merged cut is written. Import it in your editor: it counts when it comes back.";
const AGREED = "In step: both sides agree. Nothing on the timeline had to change.";

/** @param {any} trip @returns {Outcome} how a trip ended, in one sentence */
function outcomeWords(trip) {
  if (trip.answer && trip.outcome === "applied") {
    return { words: WRITTEN, tone: "good" };
  }
  const waits = counted(trip.undecided.length, "conflict waits", "conflicts wait");
  /** @type {Record<string, [string, Tone]>} */
  const found = {
    applied: [`Done. “${trip.timeline}” is the merged cut, read back clip by clip.`, "good"],
    nothing: [AGREED, "good"],
    undecided: [`Nothing was changed: ${waits} for a decision. Decide, then apply again.`, "warning"],
    waiting: ["Takes are being made. The timeline was not touched; look again when they are there.", "warning"],
    base_kept: ["This cut is the base now. What either side changes from here on is merged.", "good"],
    no_base: ["This timeline has no base yet, so there is nothing to compare it with.", "warning"],
  };
  const [words, tone] = found[trip.outcome] || [toYou(trip.sentence), "plain"];
  return { words: (trip.settled || []).length ? toYou(trip.sentence) : words, tone };
}

/** @param {any} trip @returns {string} the safety copy that is there, and how to undo; "" where nothing was changed */
function undoWords(trip) {
  if (trip.outcome !== "applied" || trip.answer) {
    return "";
  }
  const kept = trip.trip ? trip.trip.copy_name : "";
  const copy = kept ? `Safety copy: “${kept}” is the cut as it was. ` : "";
  const open = kept ? "open the copy, or use " : "";
  return `${copy}To undo: ${open}Edit > Undo in Premiere, step by step; each step of ours is named “TakeBridge: …”.`;
}

/** @param {any} trip @returns {string} what became of each change of a trip that came to its end */
function resultWords(trip) {
  if (trip.outcome === "undecided" || trip.outcome === "waiting") {
    return "Not applied: nothing was changed";
  }
  return trip.outcome === "applied" ? (trip.answer ? "Written, not confirmed" : "Verified") : "";
}

/** @param {string} message @param {any} open the trip, when it did not end @returns {string} of each change */
function failedWords(message, open) {
  return open ? (open.done ? "Placed, not confirmed" : "Not confirmed") : `Not applied: ${message}`;
}

/** @param {string} file @returns {string[]} how a person brings a written cut in */
function stepsFor(file) {
  return [
    `The merged cut: ${file}`,
    "1. In Premiere choose File > Import, and that file.",
    "2. Open the sequence it brings, look at it and go on in it.",
    "3. Look at what changed there, and make that cut the base.",
  ];
}

/** @param {{done: number, total: number, state: string}} at @returns {string} how far a trip is */
function progressWords({ done, total, state }) {
  if (state === "undoing") {
    return "Putting the timeline back as it was…";
  }
  return done < total ? `Step ${done + 1} of ${total}` : "Reading the timeline back…";
}

/** @param {any} facts @returns {string} what a trip that did not end left, and that nothing is lost */
function cutOffWords(facts) {
  const copy = facts.copy_name ? ` The safety copy “${facts.copy_name}” is there.` : "";
  const steps = `${facts.done} of ${counted(facts.steps.length, "step")} ${facts.done === 1 ? "is" : "are"} done`;
  return `A round trip of “${facts.timeline}” did not end: ${steps}.${copy}`;
}

/** @param {any} facts @returns {string} how a trip of the past ended */
function stateWords(facts) {
  const ended = STATES[facts.state] || facts.state;
  return facts.reason && facts.state !== "done" ? `${ended}. ${facts.reason}` : ended;
}

/** @param {any} facts @returns {string} the same with its steps and its safety copy */
function endedWords(facts) {
  const steps = facts.steps.length ? ` · ${facts.done} of ${facts.steps.length} steps` : "";
  return `${stateWords(facts)}${steps}${facts.copy_name ? ` · safety copy “${facts.copy_name}”` : ""}`;
}

/**
 * What became of a trip whose answer was lost.
 * @param {any} newest the newest trip when it was not there before, else null
 * @returns {Outcome}
 */
function lostWords(newest) {
  if (!newest) {
    return { words: "The round trip was not begun: nothing was changed.", tone: "warning" };
  }
  if (newest.state === "done") {
    return { words: "The round trip was finished: the timeline is the merged cut.", tone: "good" };
  }
  return { words: stateWords(newest), tone: "warning" };
}

/** @param {any[]} done @returns {Outcome} what became of takes that went in by themselves */
function putWords(done) {
  const good = done.filter((one) => !one.error).length;
  const bad = done.filter((one) => one.error);
  const said = [
    good ? `${counted(good, "take")} ${good === 1 ? "is" : "are"} on the timeline, read back.` : "",
    ...bad.map((one) => `${one.shot} was not changed: ${toYou(one.sentence)}`),
    "What is left waits for your decision.",
  ];
  return { words: said.filter(Boolean).join(" "), tone: bad.length ? "warning" : "good" };
}

module.exports = {
  cutOffWords,
  endedWords,
  failedWords,
  lostWords,
  outcomeWords,
  progressWords,
  putWords,
  resultWords,
  stateWords,
  stepsFor,
  undoWords,
};
