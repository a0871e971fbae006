"use strict";

/**
 * Gaps in words: where they are, how long, what became of them, and which models can fill them. Pure. As the Resolve
 * panel's gap_words.py, with the take's number and the price on the button.
 */

const { isActive } = require("./job_words.js");
const { roughWords } = require("./models.js");
const { counted, length, rateOf } = require("./words.js");

const KIND = "video";
const FIRST = "start_frame";
const LAST = "end_frame";
const NO_MODEL = "No model makes video here: set one up (takebridge doctor says how).";
const NO_PRICE = "Nobody knows what a take costs: the provider lists no price.";

/**
 * @typedef {Record<string, any>} Gap as `POST /api/clips/gaps` says it: record frames are absolute, its end exclusive
 * @typedef {Record<string, any>} Model
 * @typedef {{link: any, node: any, take: any, job: any, standing: "no_take" | "making" | "ready"}} Shot the shot a gap
 *   became: its link, its node, the pinned take, the job that makes one. What is being made counts before what is
 *   there.
 */

/** @param {Gap} gap @returns {number} */
function framesOf(gap) {
  return gap.end_record_frame - gap.start_record_frame;
}

/** @param {Gap} gap @returns {string} `3 s 08 f · 80 frames` */
function gapLength(gap) {
  return `${length(framesOf(gap), gap.rate)} · ${counted(framesOf(gap), "frame")}`;
}

/** @param {Gap} gap */
function gapAt(gap) {
  return gap.timecode || `frame ${gap.start_record_frame}`;
}

/** @param {Gap} gap @returns {string} `V1 · 01:02:10:14 · 3 s 08 f · 80 frames` */
function gapTitle(gap) {
  return `V${gap.track_index} · ${gapAt(gap)} · ${gapLength(gap)}`;
}

/** @param {Gap | null} one @param {Gap | null} other @returns {boolean} whether they are the same place */
function samePlace(one, other) {
  return Boolean(one && other) && placeOf(one) === placeOf(other);
}

/** @param {any} found a gap or a link */
function placeOf(found) {
  return [found.timeline_id, found.track_index, found.start_record_frame, found.end_record_frame].join("|");
}

/**
 * The shot that was made for exactly this gap, of several the newest. A gap that is empty has no clip: a link that had
 * one there was undone in Premiere and waits again; one still waiting for its first take comes before it. A shot whose
 * node was undone on the canvas is none.
 * @param {Gap | null} gap
 * @param {any[]} links
 * @param {any} canvas
 * @param {any[]} jobs
 * @returns {Shot | null}
 */
function shotOf(gap, links, canvas, jobs) {
  const nodes = canvas ? canvas.nodes : {};
  const found = gap
    ? links.filter((link) => link.fills_gap && placeOf(link) === placeOf(gap) && nodes[link.node_id])
    : [];
  const link = found.filter((one) => !one.clip_key).pop() || found.pop();
  if (!link) {
    return null;
  }
  const node = nodes[link.node_id];
  const take = (node.pin && canvas.takes[node.pin]) || null;
  const job = jobs.find((one) => one.node === node.id && isActive(one)) || null;
  return { link, node, take, job, standing: job ? "making" : take ? "ready" : "no_take" };
}

/** @param {Shot | null} shot @returns {string} what became of a gap so far */
function shotWords(shot) {
  if (!shot) {
    return "–";
  }
  const name = shot.link.shot;
  if (shot.standing === "making") {
    return `${name} · in progress`;
  }
  return shot.take
    ? `${name} · take ${shot.take.seq} ready${shot.take.previz ? " (previz)" : ""}`
    : `${name} · no take yet`;
}

/** @param {Gap[]} gaps @param {string} mode @returns {string} what a look found */
function foundWords(gaps, mode) {
  const where = mode === "marks" ? "between the marks" : "on the timeline";
  return gaps.length ? `${counted(gaps.length, "gap")} ${where}` : `No gap ${where}`;
}

/** @param {string} mode @returns {string} what to do where there is no gap */
function emptyWords(mode) {
  return mode === "marks"
    ? "Between the marks every track is filled. Mark an empty stretch in Premiere (I and O), then look again."
    : "No gap lies between two clips of a track. To fill a stretch at either end, mark it and look between the marks.";
}

// --- models

/** @param {Model} model @returns {[boolean, boolean]} whether it takes a first and a last frame */
function framesTaken(model) {
  const roles = (model.inputs || [])
    .filter((/** @type {any} */ slot) => slot.maximum === undefined || slot.maximum > 0)
    .map((/** @type {any} */ slot) => slot.role);
  return [roles.includes(FIRST), roles.includes(LAST)];
}

/** @param {Model[]} models @returns {Model[]} those that make video: with first and last frame first, then by price */
function fittingGaps(models) {
  const most = (/** @type {Model} */ one) => {
    const high = (one.price || {}).high_micros;
    return high === null || high === undefined ? Infinity : high;
  };
  const frames = (/** @type {Model} */ one) => framesTaken(one).filter(Boolean).length;
  const dearer = (/** @type {number} */ one, /** @type {number} */ other) => (one === other ? 0 : one < other ? -1 : 1);
  return models
    .filter((one) => one.kind === KIND && one.lifecycle !== "retired")
    .sort(
      (one, other) =>
        frames(other) - frames(one) ||
        Number(Boolean(one.previz)) - Number(Boolean(other.previz)) ||
        dearer(most(one), most(other)) ||
        (one.id < other.id ? -1 : 1),
    );
}

/** @param {Model} model @returns {string} a model as its choice says it */
function modelWords(model) {
  const [first, last] = framesTaken(model);
  const frames = first && last ? "first + last frame" : first ? "first frame" : last ? "last frame" : "prompt only";
  const where = model.local ? "on this computer" : model.provider;
  return [model.title, frames, where, model.previz ? "previz" : ""].filter(Boolean).join(" · ");
}

/** @param {Model} model @param {{first: boolean, last: boolean}} wanted @returns {string} which frame is left out */
function leftOutWords(model, { first, last }) {
  const [canFirst, canLast] = framesTaken(model);
  const missing = [first && !canFirst ? "first" : "", last && !canLast ? "last" : ""].filter(Boolean);
  return missing.length ? `${model.title} takes no ${missing.join(" and no ")} frame: it is left out.` : "";
}

// --- lengths, in milliseconds

/** @param {Gap} gap @returns {number} how long a take must be at least: never shorter than the gap */
function wantedMs(gap) {
  const { num, den } = rateOf(gap.rate);
  return Math.ceil((framesOf(gap) * 1000 * den) / num);
}

/**
 * The shortest length the model makes that covers the gap; null above its longest, and the gap's own where it names
 * none.
 * @param {Model} model
 * @param {Gap} gap
 * @returns {number | null}
 */
function madeMs(model, gap) {
  const wanted = wantedMs(gap);
  const only = [...(model.durations_ms || [])].sort((one, other) => one - other);
  if (only.length) {
    return only.find((one) => one >= wanted) || null;
  }
  if (!model.duration_ms) {
    return wanted;
  }
  const [low, high] = model.duration_ms;
  const step = model.duration_step_ms || 1;
  const snapped = low + Math.max(0, Math.ceil((wanted - low) / step)) * step;
  return snapped <= high ? snapped : null;
}

/** @param {number} milliseconds @returns {string} `4`, `3.3` */
function seconds(milliseconds) {
  return String(Math.round(milliseconds / 100) / 10);
}

/** @param {Model} model @returns {string} `4, 6 or 8 s`, `1.5 to 15 s in steps of 0.5`, "" where it names none */
function lengthsWords(model) {
  const only = [...(model.durations_ms || [])].sort((one, other) => one - other).map(seconds);
  if (only.length) {
    const last = only.pop();
    return only.length ? `${only.join(", ")} or ${last} s` : `${last} s`;
  }
  if (!model.duration_ms) {
    return "";
  }
  const grid = (model.duration_step_ms || 1) > 1 ? ` in steps of ${seconds(model.duration_step_ms)}` : "";
  return `${seconds(model.duration_ms[0])} to ${seconds(model.duration_ms[1])} s${grid}`;
}

/** @param {Model} model @param {Gap} gap @returns {string} its limits, and what it makes for this gap */
function limitsWords(model, gap) {
  const lengths = lengthsWords(model);
  const made = madeMs(model, gap);
  const trimmed = made !== null && made > wantedMs(gap);
  const longer = trimmed ? ` A take of ${seconds(made)} s is made, the rest trimmed.` : "";
  const prompt = model.max_prompt ? `Takes a prompt of at most ${model.max_prompt} characters.` : "";
  return [lengths ? `Makes ${lengths}.${longer}` : "", prompt].filter(Boolean).join(" ");
}

/**
 * @param {Model | null} model
 * @param {Gap | null} gap
 * @param {string} prompt
 * @returns {string} why no shot can be made, "" when one can
 */
function whyNotFill(model, gap, prompt) {
  if (!model) {
    return NO_MODEL;
  }
  if (model.max_prompt && prompt.length > model.max_prompt) {
    return `The prompt has ${prompt.length} characters; this model takes ${model.max_prompt}.`;
  }
  if (gap && madeMs(model, gap) === null) {
    const only = model.durations_ms || [];
    const most = seconds(Math.max(...(only.length ? only : model.duration_ms)));
    const lasts = (wantedMs(gap) / 1000).toFixed(1);
    const words = `The gap lasts ${lasts} s; ${model.title} makes at most ${most} s.`;
    return `${words} Mark a shorter part of it, or choose another model.`;
  }
  return "";
}

/**
 * What a take for a gap costs by the list price, of the length that is made; the planner says it exactly before
 * anything is spent.
 * @param {Model} model
 * @param {Gap} gap
 */
function priceWords(model, gap) {
  const made = madeMs(model, gap);
  const words = made === null ? "" : roughWords(model, made, "1000");
  return words.startsWith("Price unknown") ? NO_PRICE : words && `A take: ${words}.`;
}

// --- the button

/**
 * What the one button does next, with what it costs. `price` is the planner's for the shot, "" where it is not known.
 * @param {Shot | null} shot
 * @param {string} price
 */
function primaryWords(shot, price) {
  if (!shot) {
    return "Make a shot for this gap · free";
  }
  const name = shot.link.shot;
  if (shot.standing === "making") {
    return `${name} in progress`;
  }
  if (shot.take) {
    return `Put take ${shot.take.seq} into the gap`;
  }
  return price ? `Generate ${name} · ${price}` : `Generate ${name}: plan and price`;
}

/** @param {string} sentence @param {string} shot @returns {string} how putting ended */
function putWords(sentence, shot) {
  if (!sentence) {
    return `${shot} is on the timeline.`;
  }
  return sentence.includes(shot) ? sentence : `${shot}: ${sentence}`;
}

module.exports = {
  NO_MODEL,
  NO_PRICE,
  emptyWords,
  fittingGaps,
  foundWords,
  framesOf,
  framesTaken,
  gapAt,
  gapLength,
  gapTitle,
  leftOutWords,
  lengthsWords,
  limitsWords,
  madeMs,
  modelWords,
  priceWords,
  primaryWords,
  putWords,
  samePlace,
  shotOf,
  shotWords,
  wantedMs,
  whyNotFill,
};
