"use strict";

/**
 * The wire TimelineItem of a piece.
 *
 * Source frames of pictures count at the media's rate, those of sound at the sequence's (as in other hosts); unknown
 * where the media says no rate. In- and out-points are taken as media time that begins at the media's first frame.
 */

const { digest } = require("./digest.js");
const { short, text } = require("./faults.js");
const { splitPath } = require("./paths.js");
const { snapSpeed } = require("./rates.js");
const { frameOf, sourceEndOf, sourceFrameOf, TICKS_PER_SECOND } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {import("./shapes.js").Scene} Scene
 */

/**
 * Return the TimelineItem of a piece, as far as it was read.
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {number} end its record frame after the last
 */
function itemOf(scene, piece, end) {
  const place = {
    key: short(piece.key),
    kind: piece.kind,
    name: text(piece.name),
    track: { type: piece.type, index: piece.index },
    start_record_frame: frameOf(piece.start, scene),
    end_record_frame: end,
    enabled: piece.enabled,
  };
  if (piece.kind === "transition") {
    return place;
  }
  if (piece.depth === "light") {
    const media = piece.path ? { id: "", name: splitPath(piece.path).name, path: piece.path } : null;
    return { ...place, kind: "unread", media };
  }
  return { ...place, ...sourceOf(scene, piece), ...lookOf(scene, piece), media: mediaOf(piece) };
}

/** @param {Piece} piece */
function mediaOf(piece) {
  return piece.facts && (piece.path || piece.facts.isSequence) ? piece.facts.media : null;
}

/**
 * Return what a piece shows of its media. Reversed clips have start > end. Where in- and out-point do not fit length
 * and speed (time remapping), the source frames are unknown, and so is the speed unless the host says one.
 * @param {Scene} scene
 * @param {Piece} piece
 */
function sourceOf(scene, piece) {
  const speed = snapSpeed(piece.speed, piece.reversed === true);
  const said = { ...percentOf(speed), speed };
  const rate = piece.type === "audio" ? scene.rate : piece.facts && piece.facts.rate;
  if (!mediaOf(piece) || !rate || piece.kind === "still") {
    return said;
  }
  if (!isPlausible(scene, piece, rate)) {
    const known = speed !== "" && piece.speed !== 1;
    return { ...(known ? said : { speed: "" }), source_unknown: true };
  }
  const [first, last] = [sourceFrameOf(piece.in, rate), sourceEndOf(piece.out, rate)];
  const turned = piece.reversed === true;
  return {
    ...said,
    left_offset_frame: first,
    start_source_frame: turned ? last : first,
    end_source_frame: turned ? first : last,
  };
}

/**
 * Say whether in- and out-point are as much media as the clip plays at its speed, give or take a frame of each.
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {import("./ticks.js").Rate} rate
 */
function isPlausible(scene, piece, rate) {
  const frame = Number(scene.ticksPerFrame) + Number((TICKS_PER_SECOND * rate.den) / rate.num);
  const played = Number(piece.end - piece.start) * (piece.speed || 0);
  return Math.abs(Number(piece.out - piece.in) - played) <= frame * Math.max(1, piece.speed || 0);
}

/**
 * @param {string} speed
 * @returns {{speed_percent?: number}} only where it is a whole number
 */
function percentOf(speed) {
  const [above, below] = speed.split("/").map(Number);
  const percent = (above * 100) / (below || 1);
  return speed !== "" && Number.isInteger(percent) ? { speed_percent: percent } : {};
}

/**
 * Return the links, and of a piece read in full its fingerprints: `look` covers its effects, switch and links, `style`
 * the effects alone.
 * @param {Scene} scene
 * @param {Piece} piece
 */
function lookOf(scene, piece) {
  const linked = scene.links.get(piece.key) || [];
  if (piece.effects === null) {
    return { linked };
  }
  const style = piece.effects.map(({ name, values }) => [name, values]);
  return { linked, look: digest([style, piece.enabled, linked]), style: digest(style) };
}

module.exports = { itemOf };
