"use strict";

/** ``selection.get``: the clips a person means. The revision covers the tracks of the items returned. */

const { askEach, gather, orElse } = require("./asking.js");
const { OpError, refusal, short } = require("./faults.js");
const { markedSpan } = require("./marks.js");
const { deepen, readScene, revisionOf, sameTrack, stillOpen, toItem } = require("./scene.js");
const { ticksOf } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {{type: "video" | "audio", index: number, start: bigint}} Place
 * @typedef {Place & {item: any}} Found
 */

/** @type {Record<string, (stage: Stage, scene: Scene) => Promise<Piece[]>>} */
const MODES = { playhead: underPlayhead, selected: selectedOnes, marks: betweenMarks };

/**
 * ``selection.get``.
 * @param {Stage} stage
 * @param {any} args
 */
async function selection(stage, args) {
  const mode = args.mode === null || args.mode === undefined ? "playhead" : args.mode;
  const choose = Object.prototype.hasOwnProperty.call(MODES, mode) ? MODES[mode] : null;
  if (!choose) {
    throw new OpError("invalid_param", `There is no selection mode '${short(mode)}'.`);
  }
  const scene = await readScene(stage, { detail: "light" });
  const chosen = await choose(stage, scene).catch(async (thrown) => {
    await stillOpen(stage, scene);
    throw refusal(thrown, "say what is selected");
  });
  await deepen(stage, scene, "full", chosen);
  const tracks = scene.tracks.filter((track) => chosen.some((piece) => sameTrack(piece, track)));
  const timeline = { ...scene.info, revision: revisionOf(scene, tracks) };
  return { result: { timeline, items: chosen.map((piece) => toItem(scene, piece)) } };
}

/**
 * Choose the clip that is seen at the playhead: of the top track that is shown, one that is enabled before any other.
 * @param {Stage} _stage
 * @param {Scene} scene
 * @returns {Promise<Piece[]>}
 */
async function underPlayhead(_stage, scene) {
  const pictures = scene.tracks.filter(({ type }) => type === "video");
  const [at, ...muted] = await gather([
    () => scene.sequence.getPlayerPosition(),
    ...pictures.map(
      ({ track }) =>
        () =>
          track.isMuted(),
    ),
  ]);
  const ticks = ticksOf(at);
  const there = pictures
    .filter((_track, place) => !muted[place])
    .reverse()
    .flatMap((track) =>
      scene.pieces.filter((piece) => sameTrack(piece, track) && piece.start <= ticks && ticks < piece.end),
    );
  const found = there.find(({ enabled }) => enabled) || there[0];
  return found ? [found] : [];
}

/**
 * Choose the selected clips.
 * @param {Stage} _stage
 * @param {Scene} scene
 * @returns {Promise<Piece[]>}
 */
async function selectedOnes(_stage, scene) {
  const places = await placesOf(scene.sequence, await selectedItems(scene.sequence));
  const marks = new Set(places.map(markOf));
  return scene.pieces.filter((piece) => marks.has(markOf(piece)));
}

/**
 * Return the selected track items, an empty list without any.
 * @param {any} sequence
 * @returns {Promise<any[]>}
 */
async function selectedItems(sequence) {
  const chosen = await sequence.getSelection();
  return Array.from((chosen && (await chosen.getTrackItems())) || []);
}

/**
 * Return where items lie; what is gone by now is left out.
 * @param {any} sequence
 * @param {any[]} items
 * @returns {Promise<Found[]>}
 */
async function placesOf(sequence, items) {
  if (items.length === 0) {
    return [];
  }
  const sound = await soundType(sequence);
  const said = await askEach(items, [
    (item) => orElse(() => item.getMediaType(), null),
    (item) => orElse(() => item.getTrackIndex(), null),
    (item) => orElse(() => item.getStartTime(), null),
  ]);
  return said.flatMap(([type, index, start], at) =>
    Number.isInteger(index) && start
      ? [{ type: short(type) === sound ? "audio" : "video", index: index + 1, start: ticksOf(start), item: items[at] }]
      : [],
  );
}

/**
 * Return how the media type of sound reads here, "" in a sequence without sound.
 * @param {any} sequence
 * @returns {Promise<string>}
 */
async function soundType(sequence) {
  const track = Number(await sequence.getAudioTrackCount()) > 0 ? await sequence.getAudioTrack(0) : null;
  return track ? short(await track.getMediaType()) : "";
}

/** @param {Place} place */
function markOf({ type, index, start }) {
  return `${type} ${index} ${start}`;
}

/**
 * Choose what lies at least partly between the in and out marks; no marks choose nothing.
 * @param {Stage} _stage
 * @param {Scene} scene
 * @returns {Promise<Piece[]>}
 */
async function betweenMarks(_stage, scene) {
  const span = await markedSpan(scene.sequence, scene.endTicks);
  return span ? scene.pieces.filter((piece) => piece.start < span.end && span.start < piece.end) : [];
}

module.exports = { selection, selectedItems, placesOf };
