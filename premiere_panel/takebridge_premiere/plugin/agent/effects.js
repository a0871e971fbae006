"use strict";

/**
 * The components of clips. What every clip carries (motion, opacity, volume …) counts as an effect only where it is not
 * at its defaults, which UXP does not tell: they are those below, by place, since names are in the person's language.
 * Whatever is not known to be a default counts as changed: nothing a person made is taken for nothing.
 */

const { askEach, gather, orElse } = require("./asking.js");
const { text } = require("./faults.js");

/**
 * @typedef {import("./shapes.js").Effect} Effect
 */

const INTRINSIC = /^(AE\.ADBE (Motion|Opacity|Time Remapping|Crop Intrinsic)|Internal .*(Volume|Pan|Time Remap).*)$/i;
const NEAR = 1e-4;
/** 0 dB: as a factor, and as a fraction of +15 dB, which is how Premiere's older API spells it. */
const UNITY_GAIN = [1, 10 ** (-15 / 20)];
/** The blend mode Normal in Premiere's alphabetical list, and its absence. */
const NORMAL = [18, 0];

/** Motion: position, scale, scale width, uniform, rotation, anchor, anti-flicker; then crops. */
const MOTION = [[0.5, 0.5], 100, 100, true, 0, [0.5, 0.5], 0];

/**
 * Read the effects of track items: each component with its values (keyframed ones have none).
 * @param {any[]} items
 * @returns {Promise<Effect[][]>}
 */
async function readEffects(items) {
  const chains = await gather(items.map((item) => () => item.getComponentChain()));
  const parts = chains.map(componentsOf);
  const names = await askEach(parts.flat(), [(component) => component.getMatchName()]);
  const params = parts.flat().map(paramsOf);
  const starts = await gather(params.flat().map((param) => () => startOf(param)));
  let [component, value] = [0, 0];
  return parts.map((list) =>
    list.map(() => {
      const own = params[component];
      const values = own.map(() => starts[value++]);
      return effectOf(text(names[component++][0]), values);
    }),
  );
}

/**
 * Return the names by which a person knows a clip's changed effects, in the language of their Premiere; where it does
 * not say one, the name it has inside.
 * @param {{item: any, effects: Effect[] | null}} piece read in full
 * @returns {Promise<string[]>}
 */
async function changedNames({ item, effects }) {
  const changed = (effects || []).map(({ changed: is }) => is);
  if (!effects || !changed.includes(true)) {
    return [];
  }
  const parts = componentsOf(await item.getComponentChain());
  const shown = await gather(parts.map((part) => () => orElse(() => part.getDisplayName(), "")));
  return effects.map(({ name }, at) => text(shown[at], 80) || name).filter((_name, at) => changed[at]);
}

/** @param {any} chain @returns {any[]} */
function componentsOf(chain) {
  const count = chain ? chain.getComponentCount() : 0;
  return Array.from({ length: count }, (_none, at) => chain.getComponentAtIndex(at)).filter(Boolean);
}

/** @param {any} component @returns {any[]} */
function paramsOf(component) {
  return Array.from({ length: component.getParamCount() || 0 }, (_none, at) => component.getParam(at)).filter(Boolean);
}

/**
 * Return the value of a parameter at its start as JSON (`valueOf`); "keyframes" for one that moves, "unreadable" where
 * Premiere does not give it (opaque data of some effects).
 * @param {any} param
 * @returns {Promise<any>}
 */
async function startOf(param) {
  try {
    return param.isTimeVarying() ? "keyframes" : valueOf(await param.getStartValue());
  } catch (_error) {
    return "unreadable";
  }
}

/**
 * Return a keyframe's value as JSON: a point as [x, y], a colour as [r, g, b, a], null for none.
 * @param {any} keyframe
 * @returns {any}
 */
function valueOf(keyframe) {
  const said = keyframe && keyframe.value;
  const value = isThing(said) && "value" in said ? said.value : said;
  if (!isThing(value)) {
    return typeof value === "number" ? rounded(value) : value === undefined ? null : value;
  }
  const parts = "x" in value ? [value.x, value.y] : [value.red, value.green, value.blue, value.alpha];
  return parts.map((part) => (typeof part === "number" ? rounded(part) : null));
}

/**
 * Things of the host are objects; those that can also be constructed may say that they are functions.
 * @param {any} value
 * @returns {boolean}
 */
function isThing(value) {
  return value !== null && (typeof value === "object" || typeof value === "function");
}

/** @param {number} value */
function rounded(value) {
  return Number(value.toPrecision(9));
}

/**
 * @param {string} name
 * @param {any[]} values
 * @returns {Effect}
 */
function effectOf(name, values) {
  const intrinsic = INTRINSIC.test(name);
  return { name, intrinsic, changed: !intrinsic || !values.every((value, at) => isDefault(name, value, at)), values };
}

/**
 * Say whether a parameter of an intrinsic component is as Premiere sets it. Fixed text and empty parameters (headings,
 * the names of masks) say nothing.
 * @param {string} name
 * @param {any} value
 * @param {number} at
 * @returns {boolean}
 */
function isDefault(name, value, at) {
  if (value === null || value === "") {
    return true;
  }
  if (/Motion$/i.test(name)) {
    return same(value, at < MOTION.length ? MOTION[at] : 0) || (at >= MOTION.length && value === false);
  }
  if (/Opacity$/i.test(name)) {
    return at === 0 ? same(value, 100) : at === 1 ? NORMAL.includes(value) : value === false || value === 0;
  }
  if (/Time Remap/i.test(name)) {
    return same(value, 100) || same(value, 1) || value === false;
  }
  const fixed = /Pan/i.test(name) ? [0, 0.5] : UNITY_GAIN;
  return value === false || fixed.some((wanted) => same(value, wanted));
}

/**
 * @param {any} value
 * @param {any} wanted
 * @returns {boolean}
 */
function same(value, wanted) {
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && wanted.every((part, at) => same(value[at], part));
  }
  if (typeof wanted === "boolean") {
    return Boolean(value) === wanted;
  }
  return typeof value === "number" && Math.abs(value - wanted) < NEAR;
}

module.exports = { changedNames, readEffects };
