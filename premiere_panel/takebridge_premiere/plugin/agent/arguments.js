"use strict";

/** Reading an op's arguments; anything unusable is `invalid_param` before Premiere is touched. */

const { OpError, short } = require("./faults.js");

const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * @param {any} args
 * @param {string} name
 * @param {"string" | "boolean" | "object"} type
 * @returns {any}
 */
function need(args, name, type) {
  const value = args[name];
  if (typeof value !== type || value === null) {
    throw new OpError("invalid_param", `The op has no usable '${short(name)}'.`, null, { details: { name } });
  }
  return value;
}

/**
 * Return a track as {type, index} from a TrackRef.
 * @param {any} ref
 * @returns {{type: "video" | "audio", index: number}} "subtitle" passes too: such tracks have no readable items
 */
function parseTrack(ref) {
  const good =
    ref && ["video", "audio", "subtitle"].includes(ref.type) && Number.isSafeInteger(ref.index) && ref.index > 0;
  if (!good) {
    throw new OpError("invalid_param", `There is no such track: ${short(ref && ref.type)} ${short(ref && ref.index)}.`);
  }
  return { type: ref.type, index: ref.index };
}

/**
 * Return a name for something in Premiere.
 * @param {any} args
 * @param {string} [name]
 * @returns {string}
 */
function needName(args, name = "name") {
  const value = need(args, name, "string");
  if (!value.trim() || value.length > 255 || CONTROL.test(value)) {
    throw new OpError("invalid_param", "A name needs up to 255 printable characters.", "Choose another name.");
  }
  return value;
}

module.exports = { need, parseTrack, needName };
