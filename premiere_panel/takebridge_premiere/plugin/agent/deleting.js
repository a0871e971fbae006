"use strict";

/** `clip.delete`, and taking pieces off their tracks for others. */

const { needClip, needExpectation } = require("./asked.js");
const { OpError, unsure } = require("./faults.js");
const { readAfter, readGround, sameGround } = require("./ground.js");
const { pieceOf, requireExpected } = require("./scene.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 */

const MOST_CLIPS = 10000;

/**
 * `clip.delete`: gaps are left, and linked sound that is not listed.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function deleteClips(stage, args, expect) {
  /** @type {any[]} */
  const asked = Array.isArray(args.clips) ? args.clips : [];
  if (asked.length === 0 || asked.length > MOST_CLIPS) {
    throw new OpError("invalid_param", "A clip to delete needs its key and its place.");
  }
  const refs = asked.map((one) => needClip(one || {}));
  const keys = [...new Set(refs.map((ref) => ref.clip))].sort();
  const scene = await readGround(stage, needExpectation(expect), null);
  if (!scene.pieces.some(({ key }) => keys.includes(key))) {
    return { outcome: "verified", result: { deleted: keys, changed: false } };
  }
  requireExpected(scene, expect);
  const doomed = refs.map((ref) => pieceOf(scene, ref));
  const label = doomed.length === 1 ? `delete “${doomed[0].name}”` : `delete ${doomed.length} clips`;
  const error = takeOff(stage, scene, doomed, label);
  const after = await readAfter(() => readGround(stage, expect, null));
  if (after.pieces.some(({ key }) => keys.includes(key))) {
    throw stayed(scene, after, error || refusedBy(label, "", true));
  }
  if (places(after) !== places(scene, new Set(keys))) {
    throw unsure(new OpError("timeline_changed", "The clips are deleted, but others were edited meanwhile."));
  }
  return { outcome: "verified", result: { deleted: keys, changed: true } };
}

/**
 * Take pieces off their tracks as one undo step, leaving gaps; returns what Premiere said against it, null for nothing.
 * @param {Stage} stage
 * @param {Scene} scene the one they were read in
 * @param {Piece[]} pieces
 * @param {string} label
 */
function takeOff(stage, scene, pieces, label) {
  const check = sameGround(stage, scene);
  return attempt(stage, scene.project, label, () => {
    check();
    return removals(stage, scene.sequence, pieces);
  });
}

/**
 * Inside the lock: the actions that take pieces off. Pictures and sounds go by their own media type: for "any",
 * Premiere takes what is linked as well.
 * @param {Stage} stage
 * @param {any} sequence
 * @param {Piece[]} pieces
 */
function removals(stage, sequence, pieces) {
  const { MediaType } = stage.ppro.Constants;
  const editor = stage.ppro.SequenceEditor.getEditor(sequence);
  const groups = [
    { chosen: pieces.filter(({ type }) => type === "video"), media: MediaType.VIDEO },
    { chosen: pieces.filter(({ type }) => type === "audio"), media: MediaType.AUDIO },
  ];
  return groups
    .filter(({ chosen }) => chosen.length > 0)
    .map(({ chosen, media }) =>
      selecting(stage, chosen, (selection) => editor.createRemoveItemsAction(selection, false, media)),
    );
}

/**
 * Make a selection of pieces without touching the person's, and an action of it while it is sure to live.
 * @param {Stage} stage
 * @param {Piece[]} pieces
 * @param {(selection: any) => any} make
 */
function selecting(stage, pieces, make) {
  /** @type {any[]} */
  const made = [];
  stage.ppro.TrackItemSelection.createEmptySelection((selection) => {
    for (const { item } of pieces) {
      selection.addItem(item, true);
    }
    made.push(make(selection));
  });
  if (made.length === 0) {
    throw new OpError("host_rejected", "Premiere made no selection of the clips.");
  }
  return made[0];
}

/**
 * The error for clips that are still there: when anything moved, something may have been done.
 * @param {Scene} before
 * @param {Scene} after
 * @param {OpError} error
 */
function stayed(before, after, error) {
  return places(before) === places(after) ? error : unsure(error);
}

/**
 * What lies where, as text: equal when nothing else was touched.
 * @param {Scene} scene
 * @param {Set<string>} [without] keys left out
 * @param {(piece: Piece) => boolean} [among]
 */
function places(scene, without = new Set(), among = () => true) {
  const rows = scene.pieces.filter((piece) => !without.has(piece.key) && among(piece));
  return JSON.stringify(rows.map((row) => [row.type, row.index, row.itemId, row.name, row.enabled, ...ticks(row)]));
}

/** @param {Piece} piece */
function ticks({ start, end, in: from, out }) {
  return [start, end, from, out].map(String);
}

module.exports = { deleteClips, places, removals, takeOff };
