"use strict";

/** What a take is, in words: model, length, seed, price, where it came from. Pure; same words as the Resolve panel. */

const { length, money } = require("./words.js");

const PICTURES = ["video", "image", "frame", "board"];
/** @type {Record<string, string>} */
const BROUGHT_IN = { nle: "From the timeline", imported: "Imported", manual: "Made by hand" };
const PROMPTS = ["prompt", "text", "instruction"];
const SHOWN_APART = new Set([...PROMPTS, "seed", "duration", "frames", "frame_count", "duration_ms"]);

/** @typedef {Record<string, any>} Take */

/**
 * The output that can be looked at; null for sound and words.
 * @param {Take} take
 * @returns {any}
 */
function picture(take) {
  const outputs = take.outputs || {};
  const named = PICTURES.filter((port) => outputs[port]).map((port) => outputs[port]);
  const pictured = [...named, ...Object.values(outputs)].find((one) => one.facts && "width" in one.facts);
  return pictured || named[0] || null;
}

/** @param {Take} take @returns {string} the content hash of what there is to look at, "" for none */
function content(take) {
  const sound = Object.values(take.outputs || {}).find((one) => one.facts && "sample_rate" in one.facts);
  const found = picture(take) || sound;
  return found ? found.content : "";
}

/** @param {Take} take @returns {number | null} null for a still */
function frameCount(take) {
  const found = picture(take);
  const count = found && found.facts ? found.facts.frame_count : null;
  return Number.isInteger(count) && count > 0 ? count : null;
}

/** @param {Take} take @returns {string} its own rate, "" for a still */
function rate(take) {
  const found = picture(take);
  return found && found.facts && typeof found.facts.rate === "string" ? found.facts.rate : "";
}

/** @param {string} name @returns {string} `google/veo-3.1` is `Veo 3.1` */
function modelTitle(name) {
  const last =
    String(name || "")
      .split("/")
      .pop() || "";
  const words = last.split("@")[0].replace(/[-_]+/g, " ").trim();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** @param {Take} take @returns {string} */
function model(take) {
  return modelTitle(take.model_reported || take.model_requested) || BROUGHT_IN[take.origin] || "Generated";
}

/** @param {Take} take @returns {string} */
function takeLength(take) {
  const count = frameCount(take);
  const own = rate(take);
  return count && own ? length(count, own) : "";
}

/** @param {Take} take @returns {string} the seed that was drawn, else the one asked for */
function seed(take) {
  const asked = take.recipe && take.recipe.params ? take.recipe.params.seed : undefined;
  const found = take.seed_used === null || take.seed_used === undefined ? asked : take.seed_used;
  return found === null || found === undefined ? "" : String(found);
}

/** @param {Take} take @returns {string} what was paid; an estimate with `~` */
function price(take) {
  if (take.cost_actual_micros !== null && take.cost_actual_micros !== undefined) {
    return money(take.cost_actual_micros, take.currency);
  }
  if (take.cost_estimated_micros !== null && take.cost_estimated_micros !== undefined) {
    const about = money(take.cost_estimated_micros, take.currency);
    return take.cost_estimated_micros ? `~${about}` : about;
  }
  return take.origin === "generated" ? "price unknown" : "";
}

/** @param {Take} take @returns {string} */
function prompt(take) {
  const params = (take.recipe && take.recipe.params) || {};
  const name = PROMPTS.find((one) => params[one]);
  return name ? String(params[name]) : "";
}

/** @param {Take} take @returns {string} `Veo 3.1 · 8 s 00 f · seed 4411 · $3.20` */
function provenance(take) {
  const drawn = seed(take);
  const parts = [model(take), takeLength(take), drawn ? `seed ${drawn}` : "", price(take)];
  return parts.filter(Boolean).join(" · ");
}

/** @param {Take} take @returns {[string, string][]} the whole recipe, fact by fact */
function recipe(take) {
  const params = (take.recipe && take.recipe.params) || {};
  const shown = picture(take);
  const size = shown && shown.facts && shown.facts.width ? `${shown.facts.width} × ${shown.facts.height}` : "";
  const more = Object.keys(params)
    .filter((name) => !SHOWN_APART.has(name))
    .sort();
  /** @type {[string, string][]} */
  const facts = [
    ["Model", model(take)],
    ["Prompt", prompt(take)],
    ["Seed", seed(take)],
    ["Length", takeLength(take)],
    ["Picture", size],
    ...more.map((name) => /** @type {[string, string]} */ ([title(name), said(params[name])])),
    ["Price", price(take)],
    ["By", take.author || ""],
    ["Made", madeAt(take.created_at)],
    ["Notes", (take.notes || []).join(" ")],
  ];
  return facts.filter(([, value]) => value);
}

/** @param {string} name */
function title(name) {
  const words = name.replace(/[._]+/g, " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** @param {any} value */
function said(value) {
  return value === true ? "yes" : value === false ? "no" : value === null || value === undefined ? "" : String(value);
}

/** @param {string} text @returns {string} in this machine's time, to the minute */
function madeAt(text) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) {
    return text || "";
  }
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** @param {Take} one @param {Take} other @returns {string} */
function whatDiffers(one, other) {
  const rows = new Map(recipe(one));
  const found = recipe(other)
    .filter(([name]) => !["By", "Made", "Notes"].includes(name))
    .filter(([name, value]) => rows.get(name) !== value)
    .map(([name, value]) =>
      name === "Prompt" ? "another prompt" : `${name.toLowerCase()} ${rows.get(name) || "none"} → ${value}`,
    );
  return `What differs: ${found.slice(0, 6).join(" · ") || "nothing that was written down"}`;
}

module.exports = {
  content,
  frameCount,
  madeAt,
  model,
  modelTitle,
  picture,
  price,
  prompt,
  provenance,
  rate,
  recipe,
  seed,
  takeLength,
  whatDiffers,
};
