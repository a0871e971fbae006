"use strict";

/** ``timeline.snapshot``. */

const { gather } = require("./asking.js");
const { parseTrack } = require("./arguments.js");
const { OpError, refusal, short } = require("./faults.js");
const { readStamps, STAMP } = require("./keys.js");
const { markedSpan, markersOfPieces, ownsMedia, timelineMarkers, trackInfos } = require("./marks.js");
const { deepen, readScene, sameTrack, stillOpen, toItem } = require("./scene.js");
const { readTags, STAMP_TAG } = require("./tags.js");
const { frameOf } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 */

/** Items of a snapshot without detail and marks whose looks are read. */
const LOOKS_AT_MOST = 200;

/**
 * ``timeline.snapshot``.
 * @param {Stage} stage
 * @param {any} args
 */
async function snapshot(stage, args) {
  const refs = listOf(args, "tracks")?.map(parseTrack) || null;
  const keys = listOf(args, "detail");
  const marks = args.marks === true;
  const scene = await readScene(stage, { tracks: refs, detail: "light" });
  await refuseMissingCaptions(scene, refs || []);
  const detail = keys || (marks || scene.pieces.length <= LOOKS_AT_MOST ? "full" : "plain");
  await deepen(stage, scene, detail);
  const items = inPlace(scene).map((piece) => toItem(scene, piece));
  return { result: marks ? await withMarks(stage, scene, items) : { timeline: scene.info, items } };
}

/**
 * Return a list an op may name, null where it does not.
 * @param {any} args
 * @param {string} name
 * @returns {any[] | null}
 */
function listOf(args, name) {
  const value = args[name];
  if (value !== null && value !== undefined && !Array.isArray(value)) {
    throw new OpError("invalid_param", `The op has no usable '${name}'.`, null, { details: { name } });
  }
  return value || null;
}

/**
 * Tracks of captions have no items to read, but they must be there.
 * @param {Scene} scene
 * @param {any[]} refs
 */
async function refuseMissingCaptions(scene, refs) {
  const highest = Math.max(0, ...refs.filter(({ type }) => type === "subtitle").map(({ index }) => index));
  if (highest > 0 && highest > (Number(await scene.sequence.getCaptionTrackCount()) || 0)) {
    throw new OpError("not_found", `The sequence has no subtitle track ${highest}.`);
  }
}

/**
 * Return pieces and transitions track by track, in order of their starts.
 * @param {Scene} scene
 * @returns {Piece[]}
 */
function inPlace(scene) {
  const all = [...scene.pieces, ...scene.transitions];
  return scene.tracks.flatMap((track) =>
    all
      .filter((piece) => sameTrack(piece, track))
      .sort((one, other) => (one.start < other.start ? -1 : Number(one.start > other.start))),
  );
}

/**
 * Add what was asked for with ``marks``: markers and stamps of clips, markers, marks and tracks of the sequence. Source
 * frames of sound count at the sequence's rate here, so that is the project's rate.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {any[]} items
 */
async function withMarks(stage, scene, items) {
  try {
    const markers = await timelineMarkers(stage, scene.sequence, scene);
    const tracks = await trackInfos(scene);
    const span = await markedSpan(scene.sequence, scene.endTicks);
    const read = scene.pieces.filter(({ depth }) => depth !== "light");
    const ofPieces = await markersOfPieces(stage, scene, read);
    const stamps = await stampsOf(stage, scene);
    await stillOpen(stage, scene);
    const timeline = { ...scene.info, project_rate: scene.info.rate, tracks, markers, ...spanOf(scene, span) };
    const marked = items.map((item) =>
      item.kind === "unread" || item.kind === "transition"
        ? item
        : { ...item, markers: ofPieces.get(item.key) || [], stamp: stamps.get(item.key) || "" },
    );
    return { timeline, items: marked };
  } catch (thrown) {
    await stillOpen(stage, scene);
    throw refusal(thrown, "read the sequence");
  }
}

/**
 * @param {Scene} scene
 * @param {{start: bigint, end: bigint} | null} span
 */
function spanOf(scene, span) {
  return span
    ? { marked_start_record_frame: frameOf(span.start, scene), marked_end_record_frame: frameOf(span.end, scene) }
    : {};
}

/**
 * Return our ids of clips by key: those kept in the sequence, else the one in the metadata of media that is used once.
 * @param {Stage} stage
 * @param {Scene} scene
 * @returns {Promise<Map<string, string>>}
 */
async function stampsOf(stage, scene) {
  const kept = Object.entries(await readStamps(stage.ppro, scene.sequence)).filter(([, print]) =>
    scene.tracks.some((track) => track.read && sameTrack(track, print)),
  );
  const found = stage.keys.stampsOf(scene.sequenceId, Object.fromEntries(kept), scene.pieces);
  const taken = new Set(found.values());
  const open = scene.pieces.filter((piece) => piece.clipItem && !found.has(piece.key) && ownsMedia(scene, piece));
  const said = await gather(
    open.map(
      ({ projectItem }) =>
        () =>
          readTags(stage, projectItem),
    ),
  );
  open.forEach((piece, at) => {
    const stamp = short(said[at].get(STAMP_TAG));
    if (STAMP.test(stamp) && !taken.has(stamp)) {
      found.set(piece.key, stamp);
      taken.add(stamp);
    }
  });
  return found;
}

module.exports = { snapshot, inPlace };
