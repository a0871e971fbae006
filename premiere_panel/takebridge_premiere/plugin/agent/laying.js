"use strict";

/**
 * Laying media on a track: the part of it that is to show, the tracks it may touch, the actions that do it.
 *
 * Premiere lays a project item from its in- to its out-point, so these are set before and put back after, all in one
 * transaction. A file with picture and sound brings both: what was not asked for is sent to a track that is free there.
 */

const { gather } = require("./asking.js");
const { OpError } = require("./faults.js");
const { ceilDiv, sourceTicksAt, ticksOrNull, timeAt } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").TrackRef} TrackRef
 * @typedef {{in: bigint, out: bigint}} Part media time
 * @typedef {{in: bigint | null, out: bigint | null, whole: boolean}} Points
 */

/**
 * Return the media time of source frames: pictures count at the media's rate, sound and stills at the sequence's.
 * @param {{rate: import("./ticks.js").Rate}} scene
 * @param {"video" | "audio"} type
 * @param {import("./shapes.js").MediaFacts} facts
 * @param {[number, number]} source half-open
 * @returns {Part}
 */
function partOf(scene, type, facts, [first, end]) {
  const rate = (type === "video" && facts.rate) || scene.rate;
  return { in: sourceTicksAt(first, rate), out: sourceTicksAt(end, rate) };
}

/**
 * Raise unless a part of media fills a span of the sequence, to the nearest frame: Premiere would make another length.
 * @param {{ticksPerFrame: bigint}} scene
 * @param {Part} part
 * @param {number} frames
 * @param {string} name
 */
function needFit(scene, part, frames, name) {
  const made = ceilDiv(2n * (part.out - part.in) - scene.ticksPerFrame, 2n * scene.ticksPerFrame);
  if (made !== BigInt(frames)) {
    const message = `Premiere would make ${made} frames of “${name}” instead of ${frames}, so it was not laid down.`;
    throw new OpError("host_rejected", message, "Deliver the file at the sequence's rate and length.", {
      details: { asked_frames: frames, placed_frames: Number(made) },
    });
  }
}

/**
 * Raise where the media ends before a part of it does.
 * @param {import("./shapes.js").MediaFacts} facts
 * @param {number} end source frame
 * @param {string} name
 */
function needEnough(facts, end, name) {
  const count = facts.media.frame_count;
  if (!facts.isStill && count !== null && end > count) {
    const message = `“${name}” has only ${count} frames; frame ${end - 1} of it was asked for.`;
    const details = { frame_count: count };
    throw new OpError("host_rejected", message, "Deliver a file that is long enough.", { details });
  }
}

/**
 * Read the in- and out-point of a project item; `whole` when none are set, as far as Premiere tells.
 * @param {Stage} stage
 * @param {any} clip ClipProjectItem
 * @param {"video" | "audio"} type
 * @returns {Promise<Points>}
 */
async function readPoints(stage, clip, type) {
  const { VIDEO, AUDIO } = stage.ppro.Constants.MediaType;
  const kind = type === "video" ? VIDEO : AUDIO;
  const [first, last, media] = await gather([
    () => clip.getInPoint(kind),
    () => clip.getOutPoint(kind),
    () => clip.getMedia(),
  ]);
  const [from, to] = [ticksOrNull(first), ticksOrNull(last)];
  const length = media ? ticksOrNull(media.duration) : null;
  const whole = from === null || to === null || from < 0n || to <= from || to - from === length;
  return { in: from, out: to, whole };
}

/**
 * Return the actions that lay the part of an item, made inside the lock. Raises nothing.
 * @param {Stage} stage
 * @param {{project: any, sequence: any}} scene
 * @param {{item: any, clip: any}} found
 * @param {{part: Part, points: Points, start: bigint, video: number, audio: number, insert: boolean}} plan
 *   track indices from 0
 */
function layActions(stage, scene, found, plan) {
  const { ppro } = stage;
  const editor = ppro.SequenceEditor.getEditor(scene.sequence);
  const [at, { part, points }] = [timeAt(ppro, plan.start), plan];
  const lay = plan.insert
    ? editor.createInsertProjectItemAction(found.item, at, plan.video, plan.audio, true)
    : editor.createOverwriteItemAction(found.item, at, plan.video, plan.audio);
  if (points.in === part.in && points.out === part.out) {
    return [lay];
  }
  const set = found.clip.createSetInOutPointsAction(timeAt(ppro, part.in), timeAt(ppro, part.out));
  const back =
    points.whole || points.in === null || points.out === null
      ? found.clip.createClearInOutPointsAction()
      : found.clip.createSetInOutPointsAction(timeAt(ppro, points.in), timeAt(ppro, points.out));
  return [set, lay, back];
}

/**
 * Return the index (from 0) of a track of the other type on which nothing lies over a span; one above the last when all
 * are taken: Premiere then makes a track or refuses, and nothing is overwritten.
 * @param {Scene} scene with all tracks
 * @param {"video" | "audio"} type
 * @param {{start: bigint, end: bigint}} span
 */
function freeLane(scene, type, span) {
  const tracks = scene.tracks.filter((track) => track.type === type);
  const taken = new Set(overlapping(scene, type, span).map(({ index }) => index));
  const free = tracks.find(({ index }) => !taken.has(index));
  return free ? free.index - 1 : tracks.length;
}

/**
 * @param {Scene} scene
 * @param {"video" | "audio"} type
 * @param {{start: bigint, end: bigint}} span
 */
function overlapping(scene, type, span) {
  return scene.pieces.filter((piece) => piece.type === type && piece.start < span.end && span.start < piece.end);
}

module.exports = { freeLane, layActions, needEnough, needFit, overlapping, partOf, readPoints };
