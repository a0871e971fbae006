"use strict";

/**
 * `clip.swap`: a clip shows another file in its own place. Overwriting lays the file over it, one undo step; relinking
 * points its media at the file, keeps its effects and cannot be undone.
 */

const { need } = require("./arguments.js");
const { needBin, needClip, needExpectation, needTags } = require("./asked.js");
const { changedNames } = require("./effects.js");
const { OpError } = require("./faults.js");
const { inProject, readGround } = require("./ground.js");
const { bring } = require("./importing.js");
const { needEnough, needFit, partOf } = require("./laying.js");
const { needPath, samePath } = require("./paths.js");
const { overwriteClip } = require("./overwriting.js");
const { refuseRelink, relinkClip } = require("./relinking.js");
const { pieceOf, requireExpected, toItem } = require("./scene.js");
const { needFrame, sourceFrameOf } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {ReturnType<typeof parse>} Asked
 */

/**
 * `clip.swap`.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function swapClip(stage, args, expect) {
  const asked = parse(args);
  const project = await inProject(stage, needExpectation(expect));
  const first = await readGround(stage, expect, null, [asked.ref.clip]);
  const seen = pieceOf(first, asked.ref);
  if (shows(first, seen, asked)) {
    const item = toItem(first, seen);
    const way = asked.way === "relink" ? "relink" : "overwrite";
    return { outcome: "verified", result: { before: item, after: item, way, reused: true, changed: false } };
  }
  if (!samePath(seen.path, asked.mediaPath)) {
    throw new OpError("timeline_changed", "The clip plays another file by now.");
  }
  requireExpected(first, expect);
  const way = await wayFor(stage, first, seen, asked);
  const brought = await bring(stage, project, asked, async () => undefined);
  needWhole(first, seen, asked, brought);
  const points = { stage, expect, asked, brought };
  const { before, after, outcome } = way === "overwrite" ? await overwriteClip(points) : await relinkClip(points);
  const kept = brought.kept && outcome === "verified";
  const result = { before, after, way, reused: brought.reused, changed: true };
  return { outcome: kept ? "verified" : "committed_unverified", result };
}

/** @param {any} args */
function parse(args) {
  const ref = needClip(args);
  const source = [needFrame(args, "start_source_frame"), needFrame(args, "end_source_frame")];
  const frameCount = needFrame(args, "frame_count");
  const way = args.way === undefined ? "auto" : args.way;
  if (ref.track.type !== "video" || !["auto", "relink", "overwrite"].includes(way)) {
    throw new OpError("invalid_param", "Only a picture can be swapped: by overwriting or by relinking.");
  }
  const frames = ref.end_record_frame - ref.start_record_frame;
  if (source[0] < 0 || source[1] > frameCount || source[1] - source[0] !== frames || frames < 1) {
    throw new OpError("invalid_param", "A swap needs as many frames of the file as the clip is long.");
  }
  return {
    ref,
    mediaPath: /** @type {string} */ (need(args, "media_path", "string")),
    path: needPath(args),
    names: needBin(args),
    tags: needTags(args),
    frameCount,
    source: /** @type {[number, number]} */ (source),
    way: /** @type {"auto" | "relink" | "overwrite"} */ (way),
  };
}

/**
 * Say whether a clip shows the asked frames already.
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {Asked} asked
 */
function shows(scene, piece, asked) {
  const rate = (piece.facts && piece.facts.rate) || scene.rate;
  return samePath(piece.path, asked.path) && sourceFrameOf(piece.in, rate) === asked.source[0];
}

/**
 * Return the way to go, or raise `unsupported_item` before anything is imported.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {Asked} asked
 * @returns {Promise<"overwrite" | "relink">}
 */
async function wayFor(stage, scene, piece, asked) {
  if (piece.reversed || piece.speed !== 1) {
    const message = `“${piece.name}” plays at another speed; a take cannot take its place.`;
    throw new OpError("unsupported_item", message, STACK);
  }
  const lost = await lostWith(scene, piece);
  if (asked.way === "overwrite" || (asked.way === "auto" && lost === "")) {
    if (lost) {
      throw new OpError("unsupported_item", `“${piece.name}” would lose ${lost}.`, STACK);
    }
    return "overwrite";
  }
  const refused = await refuseRelink(stage, scene, piece, asked);
  if (refused) {
    const both = lost ? `“${piece.name}” would lose ${lost}, and ` : "";
    const message = both + (both ? refused.message[0].toLowerCase() + refused.message.slice(1) : refused.message);
    throw new OpError("unsupported_item", message, STACK);
  }
  return "relink";
}

const STACK = "Put the take on a track above the clip instead: the clip keeps everything then.";

/**
 * Return what overwriting a clip would lose, in words; "" for nothing.
 * @param {Scene} scene
 * @param {Piece} piece read in full
 * @returns {Promise<string>}
 */
async function lostWith(scene, piece) {
  const effects = await changedNames(piece);
  const joins = scene.transitions.filter(
    ({ type, index, start, end }) =>
      type === piece.type && index === piece.index && start <= piece.end && piece.start <= end,
  );
  return [...effects, ...(joins.length > 0 ? ["its transitions"] : [])].join(", ");
}

/**
 * Raise unless the file is what the op says it is and fills the clip; it stays in its bin.
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {Asked} asked
 * @param {import("./importing.js").Brought} brought
 */
function needWhole(scene, piece, asked, brought) {
  const { facts, item } = brought;
  const count = facts.media.frame_count;
  if (count !== asked.frameCount) {
    const said = count === null ? "an unknown number of" : count;
    const message = `“${item.name}” has ${said} frames, not ${asked.frameCount}.`;
    throw new OpError("host_rejected", message, "Deliver the take again.", { details: { frame_count: count } });
  }
  needEnough(facts, asked.source[1], item.name);
  const frames = asked.source[1] - asked.source[0];
  needFit(scene, partOf(scene, piece.type, facts, asked.source), frames, item.name);
}

module.exports = { swapClip };
