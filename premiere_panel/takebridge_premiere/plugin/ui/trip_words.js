"use strict";

/**
 * A round trip in an editor's words: what you did, what the canvas did, in that order, in frames. Pure. Same words as
 * the Resolve panel's trip_words.py.
 */

const { ZERO, exactOf, frames, minus, negative, plus, same, size } = require("./trip_frames.js");
const { LATER, isInStep, offsetOf, shownBy } = require("./trip_model.js");
const { ago, capital, counted, price, rateOf, span, two } = require("./words.js");

/**
 * @typedef {import("./trip_model.js").Entry} Entry
 * @typedef {import("./trip_model.js").Exact} Exact
 * @typedef {import("./trip_model.js").Picked} Picked
 */

const NO_WORD = "–";
/** @type {[RegExp, string][]} */
const TO_YOU = [
  [/\b[Tt]he editor's cut has\b/g, "your timeline has"],
  [/\b[Tt]he editor's cut does\b/g, "yours does"],
  [/\b[Tt]he editor's cut\b/g, "your timeline"],
  [/\b[Tt]he editor's\b/g, "your"],
  [/\b[Tt]he editor shows\b/g, "you show"],
  [/\b[Tt]he editor has\b/g, "you have"],
  [/\b[Tt]he editor (made|deleted|added|replaced)\b/g, "you $1"],
];
const RESUME = /takebridge roundtrip --\w+/;
/** @type {[RegExp, string][]} */
const COMMANDS = [
  [/'?takebridge roundtrip --resume'? finishes the trip or undoes it/g, "“Finish or undo” ends the trip"],
  [/takebridge roundtrip --new-base/g, "press “Make this cut the base”"],
];

/** @param {string} text @returns {string} a sentence of the bridge with the editor as “you”, who is reading it */
function toYou(text) {
  return capital(TO_YOU.reduce((said, [pattern, words]) => said.replace(pattern, words), text || ""));
}

/** @param {string} hint @returns {string} a hint with this panel's buttons in the place of commands */
function ownHint(hint) {
  return toYou(COMMANDS.reduce((said, [command, words]) => said.replace(command, words), hint || ""));
}

/** @param {string[]} notes @returns {string[]} without those this panel says with a button of its own */
function ownNotes(notes) {
  return notes.filter((note) => !RESUME.test(note)).map(toYou);
}

// --- the head

/** @param {any} trip @returns {string} `3 changes · 1 conflict`; what there is none of is left out */
function headline(trip) {
  const { edits, conflicts, requests } = trip;
  const parts = [
    edits.length ? counted(edits.length, "change") : "",
    conflicts.length ? counted(conflicts.length, "conflict") : "",
    requests.length ? `${counted(requests.length, "request")} for takes` : "",
  ].filter(Boolean);
  return parts.join(" · ") || (isInStep(trip) ? "In step: nothing to change" : "Nothing to change");
}

/** @param {any} trip @param {any[]} trips @param {string} title @param {number} now */
function about(trip, trips, title, now) {
  const last = trips.find((one) => one.timeline === trip.timeline && one.state === "done");
  const since = last ? `since ${clockOf(last.ended_at, now)} (round trip)` : "since its clips were first pushed";
  return `Cut: ${trip.timeline} · ${since} · yours + canvas “${title || "Untitled"}”`;
}

/** @param {string} text @returns {number} a moment the bridge wrote, in milliseconds; NaN for none */
function momentOf(text) {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  return Date.parse(zoned);
}

/** @param {string} text @param {number} now @returns {string} `10:42` here; with its date where that is another day */
function clockOf(text, now) {
  const moment = momentOf(text);
  if (Number.isNaN(moment)) {
    return "an unknown time";
  }
  const [at, today] = [new Date(moment), new Date(now)];
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return at.toDateString() === today.toDateString() ? clock : `${day} ${clock}`;
}

/** @param {string} text @param {number} now @returns {string} how long ago a moment was */
function ageOf(text, now) {
  const moment = momentOf(text);
  return Number.isNaN(moment) ? text : ago(Math.max(0, Math.round((now - moment) / 1000)));
}

// --- rows

/**
 * What the editor did to a clip since the base, in frames; `–` where the plan does not say.
 * @param {Entry} entry
 * @param {any} link of the take it shows, null where that is not known
 * @param {any} canvas
 */
function youDid(entry, link, canvas) {
  if (!entry.editor) {
    return "it is not in your timeline";
  }
  if (!entry.base) {
    return "you added it";
  }
  const shown = shownBy(entry);
  const parts = [shown && link ? reshaped(shown, link, canvas) : "", moved(entry)];
  return parts.filter(Boolean).join(" and ") || NO_WORD;
}

/** @param {Entry} entry */
function moved({ base, editor }) {
  if (base.length !== 3 || editor.length !== 3 || base[0] !== editor[0] || base[1] === editor[1]) {
    return "";
  }
  const letter = /** @type {Record<string, string>} */ ({ video: "V", audio: "A", subtitle: "S" })[editor[0]];
  return `moved it to ${letter || "track "}${editor[1] + 1}`;
}

/** @param {import("./trip_model.js").Shown} shown @param {any} link @param {any} canvas */
function reshaped(shown, link, canvas) {
  const base = exact(link.end_record_frame - link.start_record_frame);
  const take = canvas ? canvas.takes[shown.take] : null;
  if (!take || link.fills_gap || !sameRate(shown.rate, link.media_rate)) {
    return resized(minus(minus(shown.end, shown.start), base));
  }
  const start = exact(link.source_start_frame - offsetOf(take, link, canvas));
  return reshapeWords(minus(shown.start, start), minus(plus(start, base), shown.end));
}

/** @param {unknown} value @returns {Exact} */
function exact(value) {
  return exactOf(value) || ZERO;
}

/** @param {string} one @param {string} other */
function sameRate(one, other) {
  const [a, b] = [rateOf(one), rateOf(other)];
  return Boolean(one && other) && a.num * b.den === b.num * a.den;
}

/** @param {Exact} more */
function resized(more) {
  if (!more.n) {
    return "left its length";
  }
  return `made it ${frames(size(more))} ${more.n > 0n ? "longer" : "shorter"}`;
}

/**
 * What was done to the ends of a clip: frames taken off its head and its tail, put back where negative.
 * @param {Exact} head
 * @param {Exact} tail
 */
function reshapeWords(head, tail) {
  if (!head.n && !tail.n) {
    return "left it as it was";
  }
  if (same(head, negative(tail))) {
    return `slipped it ${frames(size(head))} ${head.n > 0n ? "later" : "earlier"} in its source`;
  }
  /** @type {[string, Exact][]} */
  const ends = [
    ["head", head],
    ["tail", tail],
  ];
  const parts = ends
    .filter(([, count]) => count.n)
    .map(([end, count]) => [count.n > 0n ? "trimmed" : "extended", `the ${end} ${frames(size(count))}`]);
  if (parts.length === 2 && parts[0][0] === parts[1][0]) {
    return `${parts[0][0]} ${parts[0][1]} and ${parts[1][1]}`;
  }
  return parts.map((part) => part.join(" ")).join(" and ");
}

/**
 * What the canvas did, and so what the clip will be. Without native takes, that it comes as other media.
 * @param {Entry} entry
 * @param {boolean} takes whether the editor has native takes
 */
function canvasDid(entry, takes) {
  const shown = shownBy(entry);
  const long = shown ? ` (${frames(minus(shown.end, shown.start))})` : "";
  const place = shown && entry.editor && !takes ? "; other media in its place" : "";
  return `${toYou(entry.text).replace(/\.+$/, "")}${long}${place}`;
}

/** @param {number} count takes that come in the place of clips @param {boolean} keep whether the copy is kept */
function placeWords(count, keep) {
  if (!count) {
    return "";
  }
  const which = count === 1 ? "The take comes in its clip's place" : "Each take comes in its clip's place";
  const copy = keep ? "A safety copy of the sequence is kept." : "A safety copy of the sequence is made first.";
  return `${which}, as other media there: Premiere has no takes on a clip. Its sound stays. ${copy}`;
}

/** @param {Entry} one @returns {string} a clip that goes, and by whom */
function removedWords(one) {
  return `${one.name}: ${toYou(one.text)}`;
}

/** @param {any} one @returns {string} what a new take would mend */
function requestWords(one) {
  return one.possible ? `${toYou(one.text)} A longer take can be made.` : toYou(one.text);
}

// --- conflicts

/** @type {Record<string, string>} */
const KEEP = {
  content: "what you show stays",
  time: "your timing stands",
  deleted_by_editor: "it stays deleted",
  dropped_by_canvas: "the clip stays where it is",
  no_room: "nothing is placed",
  ambiguous: "nothing is done here",
  state: "it stays as you set it",
};
/** @type {Record<string, string>} */
const USE = {
  content: "the clip shows what the canvas has",
  time: "the clip follows the canvas's timing",
  deleted_by_editor: "the clip is put back as the canvas has it",
  dropped_by_canvas: "the clip is taken out of the timeline",
  ambiguous: "this clip gets what the canvas has",
  state: "it is set as the canvas has it",
};

/**
 * A choice's name and what it means for the clip.
 * @param {Picked} choice
 * @param {string} what
 * @param {boolean} [takes] whether the editor has native takes
 * @returns {[string, string]}
 */
function choiceWords(choice, what, takes = false) {
  if (choice === "editor") {
    return ["Keep timeline", KEEP[what] || "your timeline stays as it is"];
  }
  if (choice === "canvas") {
    return ["Use canvas", USE[what] || "the clip follows the canvas"];
  }
  if (choice === "both") {
    const other = "Premiere has no second take on a clip, so the merged cut may come as a file to import";
    const joins = "yours stays on screen, the canvas's joins the clip as another take";
    return ["Keep both", takes ? joins : `yours stays on screen; ${other}`];
  }
  return ["Decide later", "the clip stays as it is, and the conflict stays open"];
}

// --- what is done

/** @param {number} changes @returns {string} what stands on the button */
function applyWords(changes) {
  return changes ? `Apply ${counted(changes, "change")}` : "Agree: nothing to change";
}

/** @param {any} trip @param {Record<string, Picked>} picked @returns {string} what is still to be decided, or "" */
function whyNotApply(trip, picked) {
  const open = trip.conflicts.filter((/** @type {Entry} */ one) => !picked[one.id]);
  return open.length ? `${counted(open.length, "conflict")} still to decide.` : "";
}

/**
 * What deciding later means for the rest, and why; "" when nothing is put off.
 * @param {Record<string, Picked>} picked
 * @param {number} apart takes that touch no conflict and can go in by themselves
 * @param {number} held further changes, which cannot
 * @param {boolean} [takes] whether the editor has native takes
 */
function laterWords(picked, apart, held, takes = false) {
  const count = Object.values(picked).filter((choice) => choice === LATER).length;
  if (!count) {
    return "";
  }
  const own = takes ? "Your own media stays on each clip as its first take." : "Each lies above its clip, which stays.";
  const can = `${counted(apart, "take")} ${apart === 1 ? "touches" : "touch"} no conflict and can go in now`;
  const waits = `${counted(held, apart ? "other change" : "change")} ${held === 1 ? "waits" : "wait"}`;
  return [
    `${counted(count, "conflict")} left for later, so the round trip waits: it makes the whole cut the new base, ` +
      "and a conflict left open would be lost in it.",
    apart ? `${can}, without a safety copy. ${own}` : "",
    held ? `${waits} for the decision.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {number} takes @returns {string} what stands on the button while a conflict is left for later */
function apartWords(takes) {
  return takes ? `Put ${counted(takes, "take")} in now` : "Apply once it is decided";
}

/** @param {any} cost @returns {string} what making the requested takes costs, and how long it takes */
function priceWords(cost) {
  if (!cost || !cost.jobs) {
    return "";
  }
  const took = span(cost.seconds_low || null, cost.seconds_high);
  return `${counted(cost.jobs, "take")} · ${price(cost.low_micros, cost.high_micros, cost.currency)} · ${took}`;
}

module.exports = {
  NO_WORD,
  about,
  ageOf,
  apartWords,
  applyWords,
  canvasDid,
  choiceWords,
  clockOf,
  headline,
  laterWords,
  ownHint,
  ownNotes,
  placeWords,
  priceWords,
  removedWords,
  requestWords,
  reshapeWords,
  toYou,
  whyNotApply,
  youDid,
};
