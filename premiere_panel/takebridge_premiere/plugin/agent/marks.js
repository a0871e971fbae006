"use strict";

/** What stands beside the clips: markers, in and out marks, the names and switches of tracks. */

const { gather } = require("./asking.js");
const { short, text } = require("./faults.js");
const { frameOf, sourceEndOf, sourceFrameOf, ticksOf, ticksOrNull, ceilDiv } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {import("./ticks.js").Grid} Grid
 * @typedef {{name: string, note: string, color: string, data: string, start: bigint, duration: bigint}} RawMarker
 */

/** Adobe's own spelling of the constant. */
const MISSPELT = /^magneta$/i;

/**
 * Return the markers of a sequence or a ClipProjectItem, times in ticks, in order.
 * @param {Stage} stage
 * @param {any} owner
 * @returns {Promise<RawMarker[]>}
 */
async function readMarkers(stage, owner) {
  const markers = await stage.ppro.Markers.getMarkers(owner);
  const colors = colorNames(stage.ppro);
  const found = Array.from((markers && markers.getMarkers()) || [], (marker) => ({
    name: text(marker.getName()),
    note: text(marker.getComments()),
    color: colors.get(marker.getColorIndex()) || "",
    data: "",
    start: ticksOf(marker.getStart()),
    duration: ticksOrNull(marker.getDuration()) || 0n,
  }));
  return found.sort((one, other) => (one.start < other.start ? -1 : Number(one.start > other.start)));
}

/**
 * Return the names of marker colours by their index, read from the constants: "Green", "Magenta" …
 * @param {Ppro} ppro
 * @returns {Map<any, string>}
 */
function colorNames(ppro) {
  return new Map(
    Object.entries(ppro.Constants.MarkerColor || {}).map(([name, index]) => [
      index,
      MISSPELT.test(name) ? "Magenta" : `${name.charAt(0)}${name.slice(1).toLowerCase()}`,
    ]),
  );
}

/**
 * Return a marker's facts as the wire has them; a marker without a length stands for one frame.
 * @param {RawMarker} marker
 * @param {number} frames
 */
function markerFacts({ name, note, color, data }, frames) {
  return { duration_frames: Math.max(frames, 1), color: short(color), name, note, data };
}

/**
 * Return the TimelineMarkers of a sequence, at absolute record frames.
 * @param {Stage} stage
 * @param {any} sequence
 * @param {Grid} grid
 */
async function timelineMarkers(stage, sequence, grid) {
  return (await readMarkers(stage, sequence)).map((marker) => ({
    record_frame: frameOf(marker.start, grid),
    ...markerFacts(marker, Number(ceilDiv(marker.duration, grid.ticksPerFrame))),
  }));
}

/**
 * Return the ItemMarkers of clip markers, at source frames of a rate.
 * @param {RawMarker[]} markers
 * @param {import("./ticks.js").Rate} rate
 */
function itemMarkers(markers, rate) {
  return markers.map((marker) => ({
    source_frame: sourceFrameOf(marker.start, rate),
    ...markerFacts(marker, sourceEndOf(marker.duration, rate)),
  }));
}

/**
 * Read the markers of pieces whose media is used once among them: Premiere keeps clip markers with the media, so those
 * of media used twice belong to no clip. Of a picture and its sound, the picture has them.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {Piece[]} pieces read plainly
 * @returns {Promise<Map<string, any[]>>} by key
 */
async function markersOfPieces(stage, scene, pieces) {
  const owners = pieces.filter((piece) => piece.clipItem && ownsMedia(scene, piece));
  const found = await gather(
    owners.map(
      ({ clipItem }) =>
        () =>
          readMarkers(stage, clipItem),
    ),
  );
  return new Map(
    owners.map((piece, at) => {
      const rate = piece.type === "audio" ? scene.rate : (piece.facts && piece.facts.rate) || scene.rate;
      return [piece.key, itemMarkers(found[at], rate)];
    }),
  );
}

/**
 * Say whether a piece is the one clip of the scene that uses its media.
 * @param {Scene} scene
 * @param {Piece} piece
 * @returns {boolean}
 */
function ownsMedia(scene, piece) {
  const users = usersOf(scene).get(piece.itemId) || [];
  const pictures = users.filter(({ type }) => type === "video");
  const alone = pictures.length ? pictures : users;
  const beside = users.filter((other) => other.start === piece.start && other.end === piece.end);
  return alone.length === 1 && alone[0] === piece && beside.length === users.length;
}

/** @type {WeakMap<Scene, Map<string, Piece[]>>} */
const USERS = new WeakMap();

/**
 * @param {Scene} scene
 * @returns {Map<string, Piece[]>} by project item
 */
function usersOf(scene) {
  const known = USERS.get(scene);
  if (known) {
    return known;
  }
  /** @type {Map<string, Piece[]>} */
  const users = new Map();
  for (const piece of scene.pieces) {
    users.set(piece.itemId, [...(users.get(piece.itemId) || []), piece]);
  }
  USERS.set(scene, users);
  return users;
}

/**
 * Return the span between the in and out marks in ticks, null without marks. Premiere says a time long before zero for
 * a mark that is not set; one mark alone reaches to that end of the sequence.
 * @param {any} sequence
 * @param {bigint} endTicks
 * @returns {Promise<{start: bigint, end: bigint} | null>}
 */
async function markedSpan(sequence, endTicks) {
  const [first, last] = (await gather([() => sequence.getInPoint(), () => sequence.getOutPoint()])).map(markOf);
  if (first === null && last === null) {
    return null;
  }
  return { start: first === null ? 0n : first, end: last === null ? endTicks : last };
}

/**
 * @param {any} time
 * @returns {bigint | null}
 */
function markOf(time) {
  const ticks = ticksOrNull(time);
  return ticks === null || ticks < 0n ? null : ticks;
}

/**
 * Return every track with its name and whether it is shown or heard, captions (whose items UXP does not give) last.
 * @param {Scene} scene
 */
async function trackInfos(scene) {
  const captions = await captionTracks(scene.sequence);
  const all = [...scene.tracks, ...captions];
  const muted = await gather(
    all.map(
      ({ track }) =>
        () =>
          track.isMuted(),
    ),
  );
  return all.map(({ type, index, track }, at) => ({ type, index, name: text(track.name), enabled: !muted[at] }));
}

/** @param {any} sequence */
async function captionTracks(sequence) {
  const count = Number(await sequence.getCaptionTrackCount()) || 0;
  const found = await gather(Array.from({ length: count }, (_none, at) => () => sequence.getCaptionTrack(at)));
  return found.map((track, at) => ({ type: "subtitle", index: at + 1, track })).filter(({ track }) => track);
}

module.exports = {
  readMarkers,
  timelineMarkers,
  itemMarkers,
  markersOfPieces,
  ownsMedia,
  markedSpan,
  trackInfos,
  colorNames,
};
