"use strict";

/** The open project and sequence, the frame grid and the tracks; whether they are still open. */

const { gather, orElse } = require("./asking.js");
const { OpError, short } = require("./faults.js");
const { rateOfTicks } = require("./rates.js");
const { ticksOf } = require("./ticks.js");
const { isDropFrame } = require("./timecode.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").PieceType} PieceType
 */

/**
 * Return the open project and sequence, or raise `not_found`.
 * @param {Stage} stage
 */
async function openSequence(stage) {
  const opened = await whatIsOpen(stage);
  if (!opened) {
    throw new OpError("not_found", "No sequence is open in Premiere.", "Open a sequence, then try again.");
  }
  return opened;
}

/**
 * Return the open project and sequence, null without. A project that is being closed throws at whatever is asked of it:
 * then nothing is open.
 * @param {Stage} stage
 */
async function whatIsOpen(stage) {
  try {
    const project = await stage.ppro.Project.getActiveProject();
    const sequence = project ? await project.getActiveSequence() : null;
    return project && sequence
      ? { project, sequence, projectId: short(project.guid), sequenceId: short(sequence.guid) }
      : null;
  } catch (_error) {
    return null;
  }
}

/**
 * Raise `timeline_switched` when another sequence was opened, or the one of a scene closed, while it was read.
 * @param {Stage} stage
 * @param {{projectId: string, sequenceId: string}} scene
 */
async function stillOpen(stage, scene) {
  const now = await whatIsOpen(stage);
  if (!now || now.projectId !== scene.projectId || now.sequenceId !== scene.sequenceId) {
    throw new OpError("timeline_switched", "The sequence was closed, or another one opened, in Premiere meanwhile.");
  }
}

/**
 * Read the frame grid and the shape of a sequence.
 * @param {Stage} stage
 * @param {any} sequence
 */
async function readFrame(stage, sequence) {
  const [timebase, zeroPoint, endTime, size, display, video, audio] = await gather([
    () => sequence.getTimebase(),
    () => sequence.getZeroPoint(),
    () => sequence.getEndTime(),
    () => sequence.getFrameSize(),
    () => orElse(() => sequence.getSequenceVideoTimeDisplayFormat(), null),
    () => sequence.getVideoTrackCount(),
    () => sequence.getAudioTrackCount(),
  ]);
  const ticksPerFrame = ticksOf(timebase);
  if (ticksPerFrame <= 0n || !size) {
    throw new OpError("timeline_switched", "The sequence was closed while it was being read.");
  }
  const rate = rateOfTicks(ticksPerFrame);
  return {
    ticksPerFrame,
    zero: ticksOf(zeroPoint),
    endTicks: ticksOf(endTime),
    rate,
    dropFrame: isDropFrame(stage.ppro, display, rate),
    width: Math.round(size.width),
    height: Math.round(size.height),
    counts: { video: Number(video) || 0, audio: Number(audio) || 0 },
  };
}

/**
 * @param {any} sequence
 * @param {{video: number, audio: number}} counts
 */
async function readTracks(sequence, counts) {
  const places = [
    ...Array.from({ length: counts.video }, (_none, at) => ({
      type: /** @type {PieceType} */ ("video"),
      index: at + 1,
    })),
    ...Array.from({ length: counts.audio }, (_none, at) => ({
      type: /** @type {PieceType} */ ("audio"),
      index: at + 1,
    })),
  ];
  const found = await gather(
    places.map(
      ({ type, index }) =>
        () =>
          type === "video" ? sequence.getVideoTrack(index - 1) : sequence.getAudioTrack(index - 1),
    ),
  );
  return places.map((place, at) => ({ ...place, track: found[at], read: false })).filter(({ track }) => track);
}

module.exports = { openSequence, stillOpen, readFrame, readTracks };
