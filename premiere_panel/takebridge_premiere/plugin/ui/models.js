"use strict";

/** What could be made of a clip: node kinds that take one, the models they run on, what those cost. Pure. */

const { capital, price, rateOf, span } = require("./words.js");

const FIRST = [
  "upscale",
  "video_edit",
  "video",
  "previz",
  "reframe",
  "lip_sync",
  "trim",
  "extract_frames",
  "breakdown",
];
const LOOKS_LIKE_A_CLIP = ["source_video", "clip"];

/**
 * @typedef {Record<string, any>} Kind
 * @typedef {Record<string, any>} Model
 * @typedef {{kind: string, title: string, port: string, prompts: boolean}} Making
 */

/**
 * @param {Record<string, Kind>} kinds
 * @returns {Making[]} kinds that take a video and run on a model, the most asked for first
 */
function makings(kinds) {
  const found = [];
  for (const kind of Object.values(kinds)) {
    const port = clipPort(kind);
    const lacks = kind.inputs.some((/** @type {any} */ one) => one.required && one.name !== port);
    if (port && kind.models && !lacks) {
      const prompts = kind.params.some((/** @type {any} */ one) => one.name === "prompt");
      found.push({ kind: kind.key, title: kind.title || kind.key, port, prompts });
    }
  }
  const rank = (/** @type {Making} */ one) => (FIRST.includes(one.kind) ? FIRST.indexOf(one.kind) : FIRST.length);
  return found.sort((one, other) => rank(one) - rank(other));
}

/** @param {Kind} kind @returns {string} the port a clip goes into, "" for none */
function clipPort(kind) {
  const found = (kind.inputs || []).find((/** @type {any} */ one) => one.types.includes("video") && !one.many);
  return found ? found.name : "";
}

/**
 * The models a clip of this size and length can go to, free and local ones first; retired ones are left out.
 * @param {Model[]} models
 * @param {Kind} kind
 * @param {{pixels: number | null, frames: number | null}} clip
 * @returns {Model[]}
 */
function fitting(models, kind, clip) {
  const most = (/** @type {Model} */ one) =>
    one.price && one.price.high_micros !== null ? one.price.high_micros : Infinity;
  return models
    .filter((one) => one.kind === kind.models && one.lifecycle !== "retired" && takes(one, clip))
    .sort(
      (one, other) =>
        Number(!one.local) - Number(!other.local) || most(one) - most(other) || (one.id < other.id ? -1 : 1),
    );
}

/** @param {Model} model @param {{pixels: number | null, frames: number | null}} clip */
function takes(model, { pixels, frames }) {
  const fits = (/** @type {any} */ most, /** @type {number | null} */ has) =>
    most === null || most === undefined || has === null || has <= most;
  return (model.inputs || []).some(
    (/** @type {any} */ slot) =>
      LOOKS_LIKE_A_CLIP.includes(slot.role) &&
      (slot.maximum === undefined || slot.maximum > 0) &&
      fits(slot.max_pixels, pixels) &&
      fits(slot.max_frames, frames),
  );
}

/** @param {Model} model @returns {string} the price first, since titles are long, then what to know about it */
function modelLine(model) {
  const notes = [model.lifecycle === "retiring" ? "retiring soon" : "", model.previz ? "previz" : ""];
  return [capital(unitPrice(model)), model.title, model.local ? "" : model.provider, ...notes]
    .filter(Boolean)
    .join(" · ");
}

/** @param {Model} model @returns {string} `free`, `$0.10 a second`, `price unknown` */
function unitPrice(model) {
  const one = model.price || {};
  const text = price(one.low_micros, one.high_micros, one.currency).replace(/^~/, "");
  /** @type {Record<string, string>} */
  const units = { second: " a second", image: " an image", "1k_chars": " a thousand characters", job: " a take" };
  return text === "free" || text === "price unknown" ? text : text + (units[model.price_per] || "");
}

/**
 * What one take of so many frames costs by the list price; the planner says it exactly later.
 * @param {Model} model
 * @param {number} frames
 * @param {string} rate
 */
function roughWords(model, frames, rate) {
  const one = model.price || {};
  const { num, den } = rateOf(rate);
  const times = (/** @type {any} */ micros) =>
    micros === null || micros === undefined || model.price_per !== "second"
      ? micros
      : cents((micros * frames * den) / num);
  const text = price(times(one.low_micros), times(one.high_micros), one.currency);
  if (text === "free") {
    const where = model.local ? "on this computer" : `at ${model.provider}`;
    return `Free, ${where}, ${span(model.seconds_low, model.seconds_high)}`;
  }
  return text === "price unknown" ? "Price unknown: the provider lists none" : `${capital(text)}, by the list price`;
}

/** Rounded up to a whole cent, what is less than one excepted: an estimate is never too low. @param {number} micros */
function cents(micros) {
  const whole = Math.ceil(micros);
  return whole < 10_000 ? whole : Math.ceil(whole / 10_000) * 10_000;
}

/** @param {Model} model @returns {string} its limits, "" where it names none */
function limitWords(model) {
  const slots = (model.inputs || []).filter((/** @type {any} */ slot) => LOOKS_LIKE_A_CLIP.includes(slot.role));
  const most = (/** @type {string} */ name) =>
    slots.map((/** @type {any} */ slot) => slot[name]).find((/** @type {any} */ one) => one);
  const parts = [
    most("max_frames") ? `at most ${most("max_frames")} frames` : "",
    most("max_pixels") ? `at most ${(most("max_pixels") / 1e6).toFixed(1)} megapixels` : "",
    model.max_prompt ? `a prompt of ${model.max_prompt} characters` : "",
  ].filter(Boolean);
  return parts.length ? `Takes ${parts.join(", ")}.` : "";
}

/**
 * @param {Model[]} models
 * @param {Record<string, any>} providers
 * @returns {Model[]} without those whose provider cannot work now
 */
function usable(models, providers) {
  return models.filter((one) => !providers[one.provider] || providers[one.provider].ready !== false);
}

module.exports = { clipPort, fitting, limitWords, makings, modelLine, roughWords, unitPrice, usable };
