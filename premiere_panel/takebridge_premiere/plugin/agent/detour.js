"use strict";

/**
 * Laying only the picture of a file that has sound too, where other sound lies on every sound track over the span.
 *
 * No call of Premiere lays a file's picture alone, and a sound track past the last is refused. So the file is laid
 * behind the end of the sequence first, where all tracks are free, its sound is taken off there, and the picture is
 * copied to its place: two undo steps, no track more, and not one sound over the span is touched.
 */

const { places, removals, takeOff } = require("./deleting.js");
const { OpError, unsure } = require("./faults.js");
const { readAfter, readGround, sameGround } = require("./ground.js");
const { freeLane, layActions } = require("./laying.js");
const { timeAt } = require("./ticks.js");
const { attempt } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {{scene: Scene, piece: Piece, found: {item: any, clip: any}, mediaId: string,
 *   part: import("./laying.js").Part, points: import("./laying.js").Points, label: string,
 *   wrap: (laid: any[]) => any[], more: () => any[]}} Detour
 *   `wrap` goes around what lays the file, `more` makes what belongs into the same step as the picture
 */

/**
 * Lay a file over a clip: straight away where that costs no sound, else by the detour. Returns what Premiere said
 * against it, null for nothing; reading back tells what has changed.
 * @param {Stage} stage
 * @param {any} expect
 * @param {Detour} detour
 * @param {() => OpError | null} straight lays it in one step, its sound on a free track or on none
 */
async function layOver(stage, expect, detour, straight) {
  const { scene, piece, mediaId } = detour;
  const full = freeLane(scene, "audio", piece) >= scene.tracks.filter(({ type }) => type === "audio").length;
  const sounding = full && sounds(scene, mediaId);
  const error = sounding ? null : straight();
  if (!sounding && !(error && full && places(await ground(stage, expect)) === places(scene))) {
    return error;
  }
  try {
    return await layPicture(stage, expect, detour);
  } catch (refused) {
    if (error && refused instanceof OpError && refused.outcome === "not_applied" && refused.code === error.code) {
      return error;
    }
    throw refused;
  }
}

/**
 * @param {Stage} stage
 * @param {any} expect
 */
function ground(stage, expect) {
  return readAfter(() => readGround(stage, expect, null));
}

/**
 * Let the picture of a file take a clip's place; returns what Premiere said against the last step, null for nothing.
 * Raises `host_rejected` where not even the first step was done; then everything is as it was.
 * @param {Stage} stage
 * @param {any} expect
 * @param {Detour} detour
 */
async function layPicture(stage, expect, detour) {
  const { scene, piece, found, mediaId, part, points, label } = detour;
  const far = endOf(scene) + scene.ticksPerFrame;
  const [check, first] = [sameGround(stage, scene), `bring “${found.item.name}” behind the end of the sequence`];
  const plan = { part, points, start: far, video: piece.index - 1, audio: 0, insert: false };
  const refused = attempt(stage, scene.project, first, () => {
    check();
    return detour.wrap(layActions(stage, scene, found, plan));
  });
  const there = await ground(stage, expect);
  const laid = there.pieces.filter((one) => one.itemId === mediaId && one.start === far);
  const picture = laid.find(({ type, index }) => type === "video" && index === piece.index);
  const own = new Set(laid.map(({ key }) => key));
  if (!picture || places(there, own) !== places(scene)) {
    throw takenBack(stage, there, laid, refused || edited());
  }
  const sounds = laid.filter((one) => one !== picture);
  const error = copyOver(stage, there, { picture, sounds, offset: piece.start - far, label, more: detour.more });
  if (!error) {
    return null;
  }
  const left = await ground(stage, expect);
  takeOff(stage, left, left.pieces.filter(({ key }) => own.has(key)), `take “${found.item.name}” off again`);
  return error;
}

/**
 * Take the sound off, copy the picture over what lies in its place, and take off what it was copied from, in one step.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {{picture: Piece, sounds: Piece[], offset: bigint, label: string, more: () => any[]}} copy
 */
function copyOver(stage, scene, { picture, sounds, offset, label, more }) {
  const check = sameGround(stage, scene);
  return attempt(stage, scene.project, label, () => {
    check();
    const editor = stage.ppro.SequenceEditor.getEditor(scene.sequence);
    const back = timeAt(stage.ppro, offset);
    return [
      ...removals(stage, scene.sequence, sounds),
      editor.createCloneTrackItemAction(picture.item, back, 0, 0, true, false),
      ...removals(stage, scene.sequence, [picture]),
      ...more(),
    ];
  });
}

/**
 * Take off what was laid behind the end, and return the error: uncertain where something of it stayed.
 * @param {Stage} stage
 * @param {Scene} there
 * @param {Piece[]} laid
 * @param {OpError} error
 */
function takenBack(stage, there, laid, error) {
  if (laid.length === 0) {
    return error;
  }
  const left = takeOff(stage, there, laid, `take “${laid[0].name}” off again`);
  return left ? unsure(error) : error;
}

function edited() {
  return new OpError("timeline_changed", "The sequence was edited while the clip was put back.");
}

/** @param {Scene} scene with all tracks */
function endOf(scene) {
  return scene.pieces.reduce((end, piece) => (piece.end > end ? piece.end : end), 0n);
}

/**
 * Say whether a file brings sound, as far as the sequence shows it.
 * @param {Scene} scene
 * @param {string} mediaId
 */
function sounds(scene, mediaId) {
  return scene.pieces.some(({ type, itemId }) => type === "audio" && itemId === mediaId);
}

module.exports = { layOver };
