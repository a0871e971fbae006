"use strict";

/**
 * Reading the items of tracks in three depths: lightly (seven calls an item), plainly (one or two more, and seven per
 * project item, however often it is used), fully (its components, see effects.js).
 */

const { askEach, gather } = require("./asking.js");
const { digest } = require("./digest.js");
const { readEffects } = require("./effects.js");
const { short, text } = require("./faults.js");
const { factsOf, kindOf } = require("./media.js");
const { plainPath } = require("./paths.js");
const { ticksOf } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {{type: "video" | "audio", index: number, track: any}} OpenTrack
 */

/** @type {Array<(item: any) => any>} */
const LIGHT = [
  (item) => item.getStartTime(),
  (item) => item.getEndTime(),
  (item) => item.getInPoint(),
  (item) => item.getOutPoint(),
  (item) => item.getName(),
  (item) => item.isDisabled(),
  (item) => item.getProjectItem(),
];
/** @type {Array<(item: any) => any>} */
const OF_TRANSITION = [
  (item) => item.getStartTime(),
  (item) => item.getEndTime(),
  (item) => item.getName(),
  (item) => item.getMatchName(),
];

/**
 * Read items without their keys, by track, then by start; transitions apart, with keys made of their places.
 * @param {Stage} stage
 * @param {string} sequenceId
 * @param {OpenTrack[]} tracks
 * @returns {Promise<{pieces: Piece[], transitions: Piece[]}>}
 */
async function readLightly(stage, sequenceId, tracks) {
  const types = stage.ppro.Constants.TrackItemType;
  const clips = itemsOf(tracks, types.CLIP);
  const pieces = (
    await askEach(
      clips.map(({ item }) => item),
      LIGHT,
    )
  ).map((said, at) => lightPiece(clips[at], said));
  const joins = itemsOf(tracks, types.TRANSITION);
  const said = await askEach(
    joins.map(({ item }) => item),
    OF_TRANSITION,
  );
  const transitions = joins.map((join, at) => transitionPiece(sequenceId, join, said[at]));
  await readPaths(stage, pieces);
  return { pieces: inOrder(pieces, tracks), transitions: inOrder(transitions, tracks) };
}

/**
 * @param {OpenTrack[]} tracks
 * @param {any} type
 */
function itemsOf(tracks, type) {
  return tracks.flatMap(({ type: kind, index, track }) =>
    Array.from(track.getTrackItems(type, false) || [], (item) => ({ item, type: kind, index })),
  );
}

/**
 * @param {{item: any, type: "video" | "audio", index: number}} seen
 * @param {any[]} said answers to LIGHT
 * @returns {Piece}
 */
function lightPiece(seen, [start, end, mediaIn, mediaOut, name, disabled, projectItem]) {
  return {
    ...seen,
    start: ticksOf(start),
    end: ticksOf(end),
    in: ticksOf(mediaIn),
    out: ticksOf(mediaOut),
    projectItem: projectItem || null,
    clipItem: null,
    itemId: projectItem ? short(projectItem.getId()) : "",
    path: "",
    name: text(name),
    enabled: !disabled,
    key: "",
    depth: "light",
    speed: null,
    reversed: null,
    kind: "unread",
    facts: null,
    effects: null,
  };
}

/**
 * @param {string} sequenceId
 * @param {{item: any, type: "video" | "audio", index: number}} seen
 * @param {any[]} said answers to OF_TRANSITION
 * @returns {Piece}
 */
function transitionPiece(sequenceId, seen, [start, end, name, matchName]) {
  const piece = lightPiece(seen, [start, end, "0", "0", name || matchName, false, null]);
  const key = `ppro-${digest([sequenceId, seen.type, seen.index, "transition", piece.start, piece.end])}`;
  return { ...piece, key, kind: "transition", depth: "full" };
}

/**
 * Read where the media of pieces lie, once per project item.
 * @param {Stage} stage
 * @param {Piece[]} pieces
 */
async function readPaths(stage, pieces) {
  const first = new Map(pieces.filter((piece) => piece.projectItem).map((piece) => [piece.itemId, piece.projectItem]));
  const items = [...first].map(([id, item]) => ({ id, clipItem: asClip(stage.ppro, item) }));
  const paths = await gather(
    items.map(
      ({ clipItem }) =>
        () =>
          clipItem ? clipItem.getMediaFilePath() : "",
    ),
  );
  const known = new Map(items.map(({ id, clipItem }, at) => [id, { clipItem, path: plainPath(paths[at]) }]));
  for (const piece of pieces) {
    Object.assign(piece, known.get(piece.projectItem ? piece.itemId : "") || {});
  }
}

/**
 * Return a project item as a ClipProjectItem, null where it is none (a bin, a style).
 * @param {Ppro} ppro
 * @param {any} item
 * @returns {any}
 */
function asClip(ppro, item) {
  try {
    return ppro.ClipProjectItem.cast(item) || null;
  } catch (_error) {
    return null;
  }
}

/**
 * @param {Piece[]} pieces
 * @param {OpenTrack[]} tracks
 * @returns {Piece[]}
 */
function inOrder(pieces, tracks) {
  const places = new Map(tracks.map(({ type, index }, at) => [`${type} ${index}`, at]));
  const at = (/** @type {Piece} */ piece) => places.get(`${piece.type} ${piece.index}`) || 0;
  return pieces.sort((one, other) => at(one) - at(other) || (one.start < other.start ? -1 : 1));
}

/**
 * Read kind, speed and media facts of pieces that do not have them yet.
 * @param {Stage} stage
 * @param {Piece[]} pieces
 */
async function readPlainly(stage, pieces) {
  const open = pieces.filter(({ depth }) => depth === "light");
  const facts = await factsOf(stage, open);
  const said = await askEach(open, [askReversed, askSpeed, askAdjustment]);
  open.forEach((piece, at) => {
    const [reversed, speed, adjustment] = said[at];
    piece.facts = facts.get(piece.itemId) || null;
    piece.reversed = Boolean(reversed);
    piece.speed = Math.abs(Number(speed));
    piece.kind = adjustment ? "adjustment" : kindOf(piece);
    piece.depth = "plain";
  });
}

/** @param {Piece} piece */
function askReversed(piece) {
  return piece.item.isSpeedReversed();
}

/**
 * As much media as sequence time is 100 %: not asked then.
 * @param {Piece} piece
 */
function askSpeed(piece) {
  return piece.out - piece.in === piece.end - piece.start ? 1 : piece.item.getSpeed();
}

/**
 * Only a picture without a file can be an adjustment layer.
 * @param {Piece} piece
 */
function askAdjustment(piece) {
  return piece.type === "video" && !piece.path ? piece.item.isAdjustmentLayer() : false;
}

/**
 * Read the effects of pieces that do not have them yet.
 * @param {Stage} stage
 * @param {Piece[]} pieces
 */
async function readFully(stage, pieces) {
  await readPlainly(stage, pieces);
  const open = pieces.filter(({ depth }) => depth === "plain");
  const found = await readEffects(open.map(({ item }) => item));
  open.forEach((piece, at) => {
    piece.effects = found[at];
    piece.depth = "full";
  });
}

module.exports = { readLightly, readPlainly, readFully, asClip };
