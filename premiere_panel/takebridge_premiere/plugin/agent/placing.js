"use strict";

/** `clip.place`: media on a free span of a track, picture or sound as the track is; nothing is overwritten. */

const { need } = require("./arguments.js");
const { needExpectation, needTrack } = require("./asked.js");
const { findMedia } = require("./bins.js");
const { places, takeOff } = require("./deleting.js");
const { OpError, unsure } = require("./faults.js");
const { inProject, readAfter, readGround, sameGround } = require("./ground.js");
const { freeLane, layActions, needEnough, needFit, overlapping, partOf, readPoints } = require("./laying.js");
const { factsOfItem } = require("./media.js");
const { plainPath } = require("./paths.js");
const { deepen, requireExpected, sameTrack, toItem } = require("./scene.js");
const { needFrame, sourceFrameOf, ticksAt } = require("./ticks.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {import("./shapes.js").TrackRef} TrackRef
 * @typedef {{mediaId: string, track: TrackRef, span: [number, number], source: [number, number]}} Asked frames
 * @typedef {import("./bins.js").Found & {facts: import("./shapes.js").MediaFacts}} Media
 */

/**
 * `clip.place`. The track one above the last is made by Premiere. `link` is not heeded: UXP cannot link clips.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function placeClip(stage, args, expect) {
  const asked = parse(args);
  const project = await inProject(stage, needExpectation(expect));
  const found = await findMedia(stage, project, asked.mediaId);
  const facts = await factsOfItem(found.item, found.clip, plainPath(found.path));
  const points = await readPoints(stage, found.clip, asked.track.type);
  const scene = await readGround(stage, expect, null);
  const media = { ...found, facts };
  const there = find(scene, asked, media);
  if (there) {
    return placed(stage, scene, there, false);
  }
  requireExpected(scene, expect);
  const span = spanOf(scene, asked);
  checkRoom(scene, asked, span);
  const part = partOf(scene, asked.track.type, facts, asked.source);
  needEnough(facts, asked.track.type === "video" ? asked.source[1] : 0, found.item.name);
  needFit(scene, part, asked.span[1] - asked.span[0], found.item.name);
  const [label, check] = [`place “${found.item.name}”`, sameGround(stage, scene)];
  const plan = { part, points, start: span.start, ...lanes(scene, asked, span) };
  const error = attempt(stage, scene.project, label, () => {
    check();
    return layActions(stage, scene, found, plan);
  });
  return settle(stage, expect, { scene, asked, media, error: error || refusedBy(label, "", true) });
}

/**
 * @param {any} args
 * @returns {Asked}
 */
function parse(args) {
  const frames = ["start_record_frame", "end_record_frame", "start_source_frame", "end_source_frame"];
  const [start, end, first, last] = frames.map((name) => needFrame(args, name));
  if (start >= end || first < 0 || first >= last) {
    throw new OpError("invalid_param", "A clip to place needs frames to show.");
  }
  const mediaId = need(args, "media_id", "string");
  return { mediaId, track: needTrack(args), span: [start, end], source: [first, last] };
}

/**
 * @param {Scene} scene
 * @param {Asked} asked
 */
function spanOf(scene, asked) {
  return { start: ticksAt(asked.span[0], scene), end: ticksAt(asked.span[1], scene) };
}

/**
 * Return the piece that is what was asked for, null when it is not there.
 * @param {Scene} scene
 * @param {Asked} asked
 * @param {Media} media
 */
function find(scene, asked, media) {
  const span = spanOf(scene, asked);
  const rate = (asked.track.type === "video" && media.facts.rate) || scene.rate;
  const shows = (/** @type {Piece} */ piece) =>
    media.facts.isStill || sourceFrameOf(piece.in, rate) === asked.source[0];
  const lies = (/** @type {Piece} */ piece) =>
    sameTrack(piece, asked.track) && piece.start === span.start && piece.end === span.end;
  return scene.pieces.find((piece) => lies(piece) && piece.itemId === media.facts.media.id && shows(piece)) || null;
}

/**
 * Refuse a span that is not free, and a track that neither is there nor would be the next.
 * @param {Scene} scene
 * @param {Asked} asked
 * @param {{start: bigint, end: bigint}} span
 */
function checkRoom(scene, asked, span) {
  const { type, index } = asked.track;
  if (index > scene.tracks.filter((track) => track.type === type).length + 1) {
    throw new OpError("not_found", `The sequence has no ${type} track ${index}.`, "Add the track first.");
  }
  if (span.start < 0n) {
    throw new OpError("invalid_param", "The clip would begin before the sequence does.");
  }
  const [solid] = overlapping(scene, type, span).filter((piece) => piece.index === index);
  if (solid) {
    const message = `“${solid.name}” lies where the clip is to go; nothing is overwritten.`;
    throw new OpError("host_rejected", message, "Make room on the track, then try again.");
  }
}

/**
 * Return the tracks to lay on. Only an insert makes a track, and it moves nothing: both its tracks are new then, or
 * empty from there on.
 * @param {Scene} scene
 * @param {Asked} asked
 * @param {{start: bigint, end: bigint}} span
 */
function lanes(scene, asked, span) {
  const { type, index } = asked.track;
  const counts = { video: 0, audio: 0 };
  for (const track of scene.tracks) {
    counts[track.type] += 1;
  }
  const insert = index > counts[type];
  const other = type === "video" ? "audio" : "video";
  const lane = insert ? counts[other] : freeLane(scene, other, span);
  return type === "video" ? { video: index - 1, audio: lane, insert } : { video: lane, audio: index - 1, insert };
}

/**
 * Read back what came of it: done, taken off again, or told.
 * @param {Stage} stage
 * @param {any} expect
 * @param {{scene: Scene, asked: Asked, media: Media, error: OpError}} sent
 */
async function settle(stage, expect, sent) {
  const { scene, asked, media } = sent;
  const known = new Set(scene.pieces.map(({ key }) => key));
  let after = await readAfter(() => readGround(stage, expect, null));
  const span = spanOf(scene, asked);
  const ours = (/** @type {Piece} */ piece) =>
    !known.has(piece.key) && piece.itemId === media.facts.media.id && piece.start === span.start;
  const made = find(after, asked, media);
  const strays = after.pieces.filter((piece) => ours(piece) && piece !== made);
  const alone = places(after, newKeys(after, known)) === places(scene);
  if (!made || !alone) {
    throw await takenBack(stage, expect, after, { ...sent, made, strays });
  }
  if (strays.length > 0) {
    const what = strays[0].type === "audio" ? "sound" : "picture";
    takeOff(stage, after, strays, `take the ${what} of “${made.name}” off again`);
    after = await readAfter(() => readGround(stage, expect, null));
  }
  return asBefore(stage, { scene, after, made, known });
}

/**
 * Return the answer when nothing but the clip is new; otherwise raise.
 * @param {Stage} stage
 * @param {{scene: Scene, after: Scene, made: Piece, known: Set<string>}} read
 */
async function asBefore(stage, { scene, after, made, known }) {
  const clip = after.pieces.find(({ key }) => key === made.key);
  if (!clip || places(after, new Set([made.key])) !== places(scene)) {
    const rest = [...newKeys(after, known)].filter((key) => key !== made.key).length;
    const message = rest
      ? `The file brought sound or picture that was not asked for, and Premiere kept it on its tracks.`
      : "The clip was placed, but others were edited meanwhile.";
    throw unsure(new OpError(rest ? "host_rejected" : "timeline_changed", message, "Undo the step in Premiere."));
  }
  return placed(stage, after, clip, true);
}

/**
 * @param {Scene} after
 * @param {Set<string>} known
 */
function newKeys(after, known) {
  return new Set(after.pieces.map(({ key }) => key).filter((key) => !known.has(key)));
}

/**
 * Take off what was laid otherwise than asked, or beside what a person edited in that moment; returns the error. Where
 * a clip of theirs was trimmed by it, everything is left as it is: one undo step in Premiere brings all of it back.
 * @param {Stage} stage
 * @param {any} expect
 * @param {Scene} after
 * @param {{scene: Scene, asked: Asked, media: Media, error: OpError, made: Piece | null, strays: Piece[]}} sent
 */
async function takenBack(stage, expect, after, { scene, asked, media, error, made, strays }) {
  const laid = made ? [made, ...strays] : strays;
  if (laid.length === 0) {
    return isHarmed(scene, after) ? undoIt(edited()) : error;
  }
  const told = made ? edited() : misfit(after, asked, media, strays[0]);
  if (isHarmed(scene, after) || takeOff(stage, after, laid, `take “${media.item.name}” off again`)) {
    return undoIt(told);
  }
  const now = await readAfter(() => readGround(stage, expect, null));
  return now.pieces.some(({ key }) => laid.some((piece) => piece.key === key)) ? undoIt(told) : told;
}

/**
 * Say whether a former clip is gone or has another length.
 * @param {Scene} scene
 * @param {Scene} after
 */
function isHarmed(scene, after) {
  const now = new Map(after.pieces.map((piece) => [piece.key, piece]));
  return scene.pieces.some((piece) => {
    const one = now.get(piece.key);
    return !one || one.end - one.start !== piece.end - piece.start || one.in !== piece.in || one.out !== piece.out;
  });
}

/** @param {OpError} error */
function undoIt(error) {
  const told = unsure(error);
  told.hint = `${told.hint} Undo the step in Premiere if a clip was trimmed.`;
  return told;
}

function edited() {
  return new OpError("timeline_changed", "A neighbouring clip was edited while the clip was placed.");
}

/**
 * @param {Scene} after
 * @param {Asked} asked
 * @param {Media} media
 * @param {Piece} piece
 */
function misfit(after, asked, media, piece) {
  const [made, wanted] = [Number((piece.end - piece.start) / after.ticksPerFrame), asked.span[1] - asked.span[0]];
  const name = media.item.name;
  const message = `Premiere made ${made} frames of “${name}” instead of ${wanted}, so it was taken off again.`;
  const hint = "Deliver the file at the sequence's rate and length, then place it again.";
  return new OpError("host_rejected", message, hint, { details: { asked_frames: wanted, placed_frames: made } });
}

/**
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {boolean} changed
 */
async function placed(stage, scene, piece, changed) {
  const deeper = () => deepen(stage, scene, "full", [piece]);
  await (changed ? readAfter(deeper) : deeper());
  return { outcome: "verified", result: { items: [toItem(scene, piece)], changed } };
}

module.exports = { placeClip };
