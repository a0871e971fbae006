"use strict";

/**
 * `clip.stamp`: our id of a clip, kept in the sequence's properties with what the clip is and where it lies, and in the
 * metadata of its media unless another clip's id is there. UXP has no place on the clip itself.
 */

const { need } = require("./arguments.js");
const { needClip, needExpectation } = require("./asked.js");
const { digest } = require("./digest.js");
const { OpError, text } = require("./faults.js");
const { readAfter, readGround, sameGround } = require("./ground.js");
const { fingerprintOf, readStamps, STAMP, STAMPS_PROPERTY } = require("./keys.js");
const { pieceOf, requireExpected, toItem } = require("./scene.js");
const { prepareTags, readTags, STAMP_TAG } = require("./tags.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 */

/**
 * `clip.stamp`. `places` calls the sequence's properties "marker", where other hosts have a marker on the clip.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function stampClip(stage, args, expect) {
  const stamp = need(args, "stamp", "string");
  if (!STAMP.test(stamp)) {
    throw new OpError("invalid_param", "This is not a stamp of ours.", null, { details: { stamp: text(stamp, 64) } });
  }
  const ref = needClip(args);
  const scene = await readGround(stage, needExpectation(expect), null, [ref.clip]);
  const piece = pieceOf(scene, ref);
  const plan = await planStamp(stage, scene, piece, stamp);
  if (plan.writes.length === 0) {
    return { outcome: "verified", result: resultOf(scene, piece, plan, false) };
  }
  requireExpected(scene, expect);
  const [label, check] = [`write our id on “${piece.name}”`, sameGround(stage, scene)];
  const error = attempt(stage, scene.project, label, () => {
    check();
    return plan.writes.flatMap((write) => write());
  });
  const after = await readAfter(async () => {
    const now = await readGround(stage, expect, null, [ref.clip]);
    await remember(stage, now, pieceOf(now, ref), stamp);
    return { now, plan: await planStamp(stage, now, pieceOf(now, ref), stamp) };
  });
  if (after.plan.writes.length > 0) {
    throw error || refusedBy(label, "", true);
  }
  return { outcome: "verified", result: resultOf(after.now, pieceOf(after.now, ref), after.plan, true) };
}

/**
 * Remember whose a stamp is once the sequence says so: it may have been another clip's before.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {string} stamp
 */
async function remember(stage, scene, piece, stamp) {
  const kept = (await readStamps(stage.ppro, scene.sequence))[stamp];
  if (kept && digest(kept) === digest(fingerprintOf(piece))) {
    stage.keys.stamp(scene.sequenceId, stamp, piece.key);
  }
}

/**
 * Find out where a stamp is already, and what is to be written where it is not.
 * @param {Stage} stage
 * @param {Scene} scene with all tracks
 * @param {Piece} piece
 * @param {string} stamp
 */
async function planStamp(stage, scene, piece, stamp) {
  const kept = await readStamps(stage.ppro, scene.sequence);
  const lies = stage.keys.stampsOf(scene.sequenceId, kept, scene.pieces).get(piece.key) === stamp;
  const tagged = piece.projectItem ? (await readTags(stage, piece.projectItem)).get(STAMP_TAG) || "" : null;
  const free = tagged !== null && !STAMP.test(tagged);
  const writes = [];
  if (!lies) {
    const mine = { [stamp]: fingerprintOf(piece) };
    writes.push(await stampsWriter(stage, scene.sequence, { ...(await without(stage, scene, piece, kept)), ...mine }));
  }
  if (free) {
    const { actions } = await prepareTags(stage, scene.project, piece.projectItem, new Map([[STAMP_TAG, stamp]]));
    writes.push(actions);
  }
  return { writes, stamp, metadata: free || tagged === stamp };
}

/**
 * Return the kept stamps without the one a clip has: a clip has one.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {Record<string, any>} kept
 */
async function without(stage, scene, piece, kept) {
  const old = stage.keys.stampsOf(scene.sequenceId, kept, scene.pieces).get(piece.key);
  return Object.fromEntries(Object.entries(kept).filter(([stamp]) => stamp !== old));
}

/**
 * Return what makes, inside the lock, the action that keeps these stamps in the sequence.
 * @param {Stage} stage
 * @param {any} sequence
 * @param {Record<string, any>} stamps
 * @returns {Promise<() => any[]>}
 */
async function stampsWriter(stage, sequence, stamps) {
  const properties = await stage.ppro.Properties.getProperties(sequence);
  const { PERSISTENT } = stage.ppro.Constants.PropertyType;
  return () => [properties.createSetValueAction(STAMPS_PROPERTY, JSON.stringify(stamps), PERSISTENT)];
}

/**
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {{metadata: boolean, stamp: string}} plan one with nothing left to write
 * @param {boolean} changed
 */
function resultOf(scene, piece, plan, changed) {
  const places = plan.metadata ? ["marker", "metadata"] : ["marker"];
  return { item: { ...toItem(scene, piece), stamp: plan.stamp }, places, changed };
}

module.exports = { stampClip, stampsWriter };
