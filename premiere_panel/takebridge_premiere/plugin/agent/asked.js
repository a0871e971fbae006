"use strict";

/** Reading what an op that writes asks for; anything unusable is `invalid_param` before the host is touched. */

const { need, parseTrack } = require("./arguments.js");
const { OpError } = require("./faults.js");
const { needFrame } = require("./ticks.js");

const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Return a picture or sound track (TrackRef of the protocol).
 * @param {any} args
 * @returns {{type: "video" | "audio", index: number}}
 */
function needTrack(args) {
  const track = args.track;
  const real = track && (track.type === "video" || track.type === "audio") && Number.isInteger(track.index);
  if (!real || track.index < 1) {
    throw new OpError("invalid_param", "There is no such track.", "Name a video or audio track, counted from 1.");
  }
  return { type: track.type, index: track.index };
}

/**
 * Return the names of a bin, from the root down. They may hold slashes.
 * @param {any} args
 * @returns {string[]}
 */
function needBin(args) {
  const names = args.bin;
  const good = (/** @type {any} */ name) => typeof name === "string" && name.trim() !== "" && !CONTROL.test(name);
  if (!Array.isArray(names) || names.length === 0 || !names.every(good)) {
    throw new OpError("invalid_param", "A bin needs a printable name.");
  }
  return names;
}

/**
 * Return tags by name; none when they are left out.
 * @param {any} args
 * @returns {Map<string, string>}
 */
function needTags(args) {
  const tags = args.tags === undefined || args.tags === null ? {} : args.tags;
  if (typeof tags !== "object" || Array.isArray(tags)) {
    throw new OpError("invalid_param", "A tag needs a name and a text.");
  }
  const entries = Object.entries(tags);
  if (!entries.every(([name, value]) => name !== "" && typeof value === "string")) {
    throw new OpError("invalid_param", "A tag needs a name and a text.");
  }
  return new Map(/** @type {[string, string][]} */ (entries));
}

/**
 * Return the expectation an op that changes something must carry.
 * @param {any} expect
 * @returns {any}
 */
function needExpectation(expect) {
  const named = expect && typeof expect.project_id === "string" && typeof expect.timeline_id === "string";
  if (!named || !(expect.tracks === undefined || Array.isArray(expect.tracks))) {
    throw new OpError("invalid_param", "An op that changes a clip must name the timeline it expects.");
  }
  return { ...expect, tracks: (expect.tracks || []).map(parseTrack) };
}

/**
 * Return a clip as an op names it (ClipRef of the protocol).
 * @param {any} args
 */
function needClip(args) {
  return {
    clip: /** @type {string} */ (need(args, "clip", "string")),
    track: needTrack(args),
    start_record_frame: needFrame(args, "start_record_frame"),
    end_record_frame: needFrame(args, "end_record_frame"),
  };
}

module.exports = { needBin, needClip, needExpectation, needTags, needTrack };
