"use strict";

/**
 * Laying a file over a clip, in its exact place, as one undo step. The clip's own name, switch, markers, key and stamp
 * go over to the new one; a name it only had from its media gives way to the new file's.
 */

const { places, takeOff } = require("./deleting.js");
const { layOver } = require("./detour.js");
const { OpError, unsure } = require("./faults.js");
const { readAfter, readGround, sameGround } = require("./ground.js");
const { fingerprintOf, readStamps } = require("./keys.js");
const { freeLane, layActions, partOf, readPoints } = require("./laying.js");
const { samePath, splitPath } = require("./paths.js");
const { pieceOf, requireExpected, toItem } = require("./scene.js");
const { stampsWriter } = require("./stamps.js");
const { sourceFrameOf, ticksOf, timeAt } = require("./ticks.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {import("./swapping.js").Asked} Asked
 * @typedef {{stage: Stage, expect: any, asked: Asked, brought: import("./importing.js").Brought}} Swap
 */

/**
 * Overwrite; returns the items before and after.
 * @param {Swap} swap
 */
async function overwriteClip({ stage, expect, asked, brought }) {
  const points = await readPoints(stage, brought.clip, "video");
  const marks = await markersOf(stage, (await lookAgain(stage, expect, asked)).piece, brought);
  const { scene, piece } = await lookAgain(stage, expect, asked);
  const before = toItem(scene, piece);
  const part = partOf(scene, "video", brought.facts, asked.source);
  const stamps = await stampsMoved(stage, scene, piece, { item: brought.facts.media.id, ...part });
  const label = `put “${brought.item.name}” in the place of “${piece.name}”`;
  const lanes = { video: piece.index - 1, audio: freeLane(scene, "audio", piece) };
  const [check, name, mediaId] = [sameGround(stage, scene), ownName(piece), brought.facts.media.id];
  const wrap = (/** @type {any[]} */ laid) => named(brought.item, name, laid);
  const more = () => [...marks(piece, part), ...stamps()];
  const plan = { part, points, start: piece.start, ...lanes, insert: false };
  const detour = { scene, piece, found: brought, mediaId, part, points, label, wrap, more };
  const error = await layOver(stage, expect, detour, () =>
    attempt(stage, scene.project, label, () => {
      check();
      return [...wrap(layActions(stage, scene, brought, plan)), ...more()];
    }),
  );
  if (!error) {
    handOver(stage, scene, piece, { item: brought.facts.media.id, in: part.in, out: part.out });
  }
  const rate = brought.facts.rate || scene.rate;
  const after = await settle(stage, { expect, asked, scene, rate }, error || refusedBy(label, "", true));
  return { before, ...(await dressed(stage, { expect, asked, piece, name }, after)) };
}

/**
 * Read the sequence and the clip as they are right before the write.
 * @param {Stage} stage
 * @param {any} expect
 * @param {Asked} asked
 */
async function lookAgain(stage, expect, asked) {
  const scene = await readGround(stage, expect, null, [asked.ref.clip]);
  requireExpected(scene, expect);
  const piece = pieceOf(scene, asked.ref);
  if (!samePath(piece.path, asked.mediaPath)) {
    throw new OpError("timeline_changed", "The clip plays another file by now.");
  }
  return { scene, piece };
}

/**
 * Return the name a clip has of its own; "" where it is its media's.
 * @param {Piece} piece
 */
function ownName(piece) {
  return [piece.projectItem.name, splitPath(piece.path).name].includes(piece.name) ? "" : piece.name;
}

/**
 * Lay under a name: a new clip is called what its media is called then, so that is named so and back, in one step.
 * @param {any} item
 * @param {string} name
 * @param {any[]} laid
 */
function named(item, name, laid) {
  const own = item.name;
  return name && name !== own ? [item.createSetNameAction(name), ...laid, item.createSetNameAction(own)] : laid;
}

/**
 * Return what makes, inside the lock, the actions that put the clip's markers at the same frames of the new media. They
 * belong to the media in Premiere; their colours cannot be given in the same step.
 * @param {Stage} stage
 * @param {Piece} piece
 * @param {import("./importing.js").Brought} brought
 * @returns {Promise<(piece: Piece, part: {in: bigint}) => any[]>}
 */
async function markersOf(stage, piece, brought) {
  const [old, fresh] = [
    await stage.ppro.Markers.getMarkers(piece.clipItem),
    await stage.ppro.Markers.getMarkers(brought.clip),
  ];
  const [from, there] = [markersIn(old), markersIn(fresh)];
  return (now, part) =>
    from
      .filter(({ start }) => start >= now.in && start < now.out)
      .map((mark) => ({ ...mark, start: mark.start - now.in + part.in }))
      .filter((mark) => !there.some(({ start, name }) => start === mark.start && name === mark.name))
      .map(({ name, type, start, duration, comments }) =>
        fresh.createAddMarkerAction(name, type, timeAt(stage.ppro, start), timeAt(stage.ppro, duration), comments),
      );
}

/**
 * @param {any} markers Premiere's Markers, or null
 */
function markersIn(markers) {
  return Array.from((markers && markers.getMarkers()) || [], (/** @type {any} */ mark) => ({
    name: String(mark.getName()),
    type: String(mark.getType()),
    start: ticksOf(mark.getStart()),
    duration: ticksOf(mark.getDuration()),
    comments: String(mark.getComments()),
  }));
}

/**
 * Return what makes, inside the lock, the action that lets a clip's stamp follow; nothing where it has none.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {{item: string, in: bigint, out: bigint}} media
 * @returns {Promise<() => any[]>}
 */
async function stampsMoved(stage, scene, piece, media) {
  const kept = await readStamps(stage.ppro, scene.sequence);
  const stamp = stage.keys.stampsOf(scene.sequenceId, kept, scene.pieces).get(piece.key);
  return stamp ? stampsWriter(stage, scene.sequence, { ...kept, [stamp]: printOf(piece, media) }) : () => [];
}

/**
 * @param {Piece} piece
 * @param {{item: string, in: bigint, out: bigint}} media
 */
function printOf(piece, media) {
  return { ...fingerprintOf(piece), item: media.item, in: String(media.in), out: String(media.out) };
}

/**
 * Let the clip's key go over to what is in its place now.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {{item: string, in: bigint, out: bigint}} media
 */
function handOver(stage, scene, piece, media) {
  const known = stage.keys.known.get(scene.sequenceId) || [];
  const mine = { key: piece.key, print: printOf(piece, media) };
  stage.keys.known.set(scene.sequenceId, known.map((entry) => (entry.key === piece.key ? mine : entry)));
}

/**
 * Read back: the clip in its place with the new file, everything else as it was; sound that came with it is taken off.
 * @param {Stage} stage
 * @param {{expect: any, asked: Asked, scene: Scene, rate: import("./ticks.js").Rate}} sent
 * @param {OpError} error
 */
async function settle(stage, { expect, asked, scene, rate }, error) {
  const read = () => readAfter(() => readGround(stage, expect, null, [asked.ref.clip]));
  let after = await read();
  const piece = pieceAt(after, asked);
  const head = piece && sourceFrameOf(piece.in, rate);
  if (!piece || !samePath(piece.path, asked.path) || head !== asked.source[0]) {
    throw places(after) === places(scene) ? error : undoIt(error);
  }
  const known = new Set(scene.pieces.map(({ key }) => key));
  const sounds = after.pieces.filter(
    (one) => one.type === "audio" && one.itemId === piece.itemId && !known.has(one.key),
  );
  if (sounds.length > 0) {
    takeOff(stage, after, sounds, `take the sound of “${piece.name}” off again`);
    after = await read();
  }
  const own = new Set([asked.ref.clip]);
  if (places(after, own) !== places(scene, own)) {
    throw undoIt(new OpError("timeline_changed", "The clip shows the file, but others were edited meanwhile."));
  }
  return after;
}

/**
 * @param {OpError} error
 */
function undoIt(error) {
  const told = unsure(error);
  told.hint = `${told.hint} Undo the step in Premiere if it is not as you want it.`;
  return told;
}

/**
 * @param {Scene} scene
 * @param {Asked} asked
 * @returns {Piece | null}
 */
function pieceAt(scene, asked) {
  try {
    return pieceOf(scene, asked.ref);
  } catch (_error) {
    return null;
  }
}

/**
 * Switch the clip off again where the old one was, and give it its name where it did not come with it: what a step of
 * its own is left for.
 * @param {Stage} stage
 * @param {{expect: any, asked: Asked, piece: Piece, name: string}} was
 * @param {Scene} after
 */
async function dressed(stage, { expect, asked, piece, name }, after) {
  const now = pieceOf(after, asked.ref);
  const [wrongName, wrongSwitch] = [name !== "" && now.name !== name, now.enabled !== piece.enabled];
  if (!wrongName && !wrongSwitch) {
    return { after: toItem(after, now), outcome: "verified" };
  }
  attempt(stage, after.project, `keep name and switch of “${piece.name}”`, () => [
    ...(wrongName ? [now.item.createSetNameAction(name)] : []),
    ...(wrongSwitch ? [now.item.createSetDisabledAction(!piece.enabled)] : []),
  ]);
  const scene = await readAfter(() => readGround(stage, expect, null, [asked.ref.clip]));
  const last = pieceOf(scene, asked.ref);
  const good = last.enabled === piece.enabled && (name === "" || last.name === name);
  return { after: toItem(scene, last), outcome: good ? "verified" : "committed_unverified" };
}

module.exports = { lookAgain, overwriteClip, ownName };
