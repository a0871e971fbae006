"use strict";

/**
 * The open sequence as it is now: its frame grid, its tracks and the pieces on them.
 *
 * Times are ticks (BigInt): start/end in sequence time without the zero point, in/out in media time; ranges half-open.
 * UXP cannot say which tracks are locked, so `locked_tracks` is always empty.
 */

const { digest } = require("./digest.js");
const { OpError, refusal, text } = require("./faults.js");
const { itemOf } = require("./items.js");
const { linksOf } = require("./links.js");
const { openSequence, stillOpen, readFrame, readTracks } = require("./opening.js");
const { readLightly, readPlainly, readFully } = require("./pieces.js");
const { spell } = require("./rates.js");
const { frameOf } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {import("./shapes.js").TrackRef} TrackRef
 */

/**
 * Read the frame grid of the open sequence alone: a Scene without tracks and pieces, at ten calls.
 * @param {Stage} stage
 */
async function readGrid(stage) {
  const opened = await openSequence(stage);
  const frame = await readFrame(stage, opened.sequence).catch((thrown) => {
    throw refusal(thrown, "read the sequence");
  });
  return { ...opened, ...frame };
}

/**
 * Read the open sequence.
 *
 * `tracks`: those whose items are read (null or left out: all; one that does not exist raises `not_found`, with
 * `missing: "empty"` it has no items). `detail` says how much of each item: "light" (place, name, media path, switch),
 * "plain" (also kind, speed and media facts; the usual), "full" (also effects), or a list of keys: these in full, the
 * others lightly.
 *
 * Raises `not_found` when nothing is open, `timeline_switched` when another sequence was opened or this one closed
 * meanwhile, `timeline_changed` when it was edited under our hands. Changes nothing.
 * @param {Stage} stage
 * @param {{tracks?: TrackRef[] | null, detail?: "light" | "plain" | "full" | string[], missing?: "refuse" | "empty"}}
 *   [asked]
 * @returns {Promise<Scene>}
 */
async function readScene(stage, asked = {}) {
  const opened = await openSequence(stage);
  try {
    const scene = await readOpened(stage, opened, asked);
    await stillOpen(stage, scene);
    return scene;
  } catch (thrown) {
    await stillOpen(stage, opened);
    throw refusal(thrown, "read the sequence");
  }
}

/**
 * @param {Stage} stage
 * @param {{project: any, sequence: any, projectId: string, sequenceId: string}} opened
 * @param {{tracks?: TrackRef[] | null, detail?: string | string[], missing?: string}} asked
 * @returns {Promise<Scene>}
 */
async function readOpened(stage, opened, asked) {
  const frame = await readFrame(stage, opened.sequence);
  const tracks = await readTracks(opened.sequence, frame.counts);
  const wanted = asked.tracks ? chosen(tracks, asked.tracks, asked.missing !== "empty") : tracks;
  const { pieces, transitions } = await readItems(stage, opened.sequenceId, tracks, wanted);
  /** @type {Scene} */
  const scene = { ...opened, ...frame, tracks, pieces, transitions, links: new Map(), info: {} };
  await readMore(stage, asked.detail || "plain", pieces);
  scene.links = linksOf(pieces);
  scene.info = infoOf(scene, frame, wanted);
  return scene;
}

/**
 * Return the tracks an op names, in reading order and once each.
 * @param {Scene["tracks"]} tracks
 * @param {TrackRef[]} refs
 * @param {boolean} strict
 */
function chosen(tracks, refs, strict) {
  const missing = refs.find(
    (ref) => /** @type {string} */ (ref.type) !== "subtitle" && !tracks.some((track) => sameTrack(track, ref)),
  );
  if (missing && strict) {
    throw new OpError("not_found", `The sequence has no ${missing.type} track ${missing.index}.`);
  }
  return tracks.filter((track) => refs.some((ref) => sameTrack(track, ref)));
}

/**
 * Read the items of tracks lightly and give them their keys. Where an item may have come from another track, that one
 * is read too; its items are known then, but not part of the scene.
 * @param {Stage} stage
 * @param {string} sequenceId
 * @param {Scene["tracks"]} tracks
 * @param {Scene["tracks"]} wanted
 */
async function readItems(stage, sequenceId, tracks, wanted) {
  const read = [...wanted];
  const { pieces, transitions } = await readLightly(stage, sequenceId, wanted);
  const more = stage.keys.wants(sequenceId, pieces, wanted);
  const others = tracks.filter((track) => !read.includes(track) && more.some((ref) => sameTrack(track, ref)));
  const beside = others.length ? (await readLightly(stage, sequenceId, others)).pieces : [];
  const gone = more.filter((ref) => !tracks.some((track) => sameTrack(track, ref)));
  stage.keys.name(sequenceId, [...pieces, ...beside], [...wanted, ...others, ...gone]);
  wanted.forEach((track) => {
    track.read = true;
  });
  return { pieces, transitions };
}

/**
 * Read more of the pieces of a scene (all unless some are given), as `detail` of `readScene` says. Raises as it does.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {"light" | "plain" | "full" | string[]} detail
 * @param {Piece[]} [pieces]
 */
async function deepen(stage, scene, detail, pieces = scene.pieces) {
  try {
    await readMore(stage, detail, pieces);
  } catch (thrown) {
    await stillOpen(stage, scene);
    throw refusal(thrown, "read the sequence");
  }
  await stillOpen(stage, scene);
}

/**
 * @param {Stage} stage
 * @param {string | string[]} detail
 * @param {Piece[]} pieces
 */
async function readMore(stage, detail, pieces) {
  const wanted = Array.isArray(detail) ? pieces.filter(({ key }) => detail.includes(key)) : pieces;
  if (detail !== "light") {
    await (detail === "plain" ? readPlainly : readFully)(stage, wanted);
  }
}

/**
 * Raise when a scene is not what an op expects: `timeline_switched` for another project or sequence, `timeline_changed`
 * for another revision. The tracks of the expectation must have been read.
 * @param {Scene} scene
 * @param {any} expect Expectation of the protocol
 */
function requireExpected(scene, expect) {
  if (!expect || typeof expect.project_id !== "string" || typeof expect.timeline_id !== "string") {
    throw new OpError("invalid_param", "An op that changes a clip must name the timeline it expects.");
  }
  if (scene.projectId !== expect.project_id || scene.sequenceId !== expect.timeline_id) {
    throw new OpError("timeline_switched", "Another project or sequence is open in Premiere.");
  }
  if (expect.revision && revisionOf(scene, expect.tracks || []) !== expect.revision) {
    throw new OpError("timeline_changed", "The sequence was edited since it was last read.");
  }
}

/**
 * Fingerprint some tracks: places, names, media and switches. Empty tracks add nothing.
 * @param {Scene} scene
 * @param {TrackRef[]} refs tracks that were read
 * @returns {string}
 */
function revisionOf(scene, refs) {
  const unread = scene.tracks.find((track) => !track.read && refs.some((ref) => sameTrack(track, ref)));
  if (unread) {
    throw new Error(`${unread.type} track ${unread.index} was not read`);
  }
  const rows = [...scene.pieces, ...scene.transitions].filter((piece) => refs.some((ref) => sameTrack(piece, ref)));
  return digest([
    [scene.projectId, scene.sequenceId, scene.ticksPerFrame, scene.zero],
    rows.map((row) => [row.type, row.index, row.start, row.end, row.in, row.name, row.path, row.enabled]),
  ]);
}

/**
 * Find a clip where it was seen (ClipRef of the protocol), or raise `timeline_changed`.
 * @param {Scene} scene
 * @param {any} ref
 * @returns {Piece}
 */
function pieceOf(scene, ref) {
  const piece = scene.pieces.find(({ key }) => key === ref.clip);
  if (!piece || !sameTrack(piece, ref.track)) {
    throw new OpError("timeline_changed", "The clip is no longer on its track.");
  }
  if (frameOf(piece.start, scene) !== ref.start_record_frame || endFrameOf(scene, piece) !== ref.end_record_frame) {
    throw new OpError("timeline_changed", "The clip was moved or trimmed.");
  }
  return piece;
}

/**
 * Return the record frame after a piece: at least one after its first.
 * @param {Scene} scene
 * @param {{start: bigint, end: bigint}} piece
 * @returns {number}
 */
function endFrameOf(scene, piece) {
  return Math.max(frameOf(piece.end, scene), frameOf(piece.start, scene) + 1);
}

/**
 * Return the wire TimelineItem of a piece, as far as it was read.
 * @param {Scene} scene
 * @param {Piece} piece
 */
function toItem(scene, piece) {
  return itemOf(scene, piece, endFrameOf(scene, piece));
}

/**
 * @param {Scene} scene
 * @param {{dropFrame: boolean, endTicks: bigint, width: number, height: number}} frame
 * @param {TrackRef[]} refs
 */
function infoOf(scene, frame, refs) {
  return {
    project_id: scene.projectId,
    project_name: text(scene.project.name),
    timeline_id: scene.sequenceId,
    timeline_name: text(scene.sequence.name),
    rate: spell(scene.rate),
    drop_frame: frame.dropFrame,
    start_record_frame: frameOf(0n, scene),
    end_record_frame: frameOf(frame.endTicks, scene),
    width: frame.width,
    height: frame.height,
    revision: revisionOf(scene, refs),
    locked_tracks: [],
  };
}

/**
 * @param {{type: string, index: number}} one
 * @param {{type: string, index: number}} other
 * @returns {boolean}
 */
function sameTrack(one, other) {
  return Boolean(other) && one.type === other.type && one.index === other.index;
}

module.exports = {
  openSequence,
  readGrid,
  readScene,
  deepen,
  stillOpen,
  requireExpected,
  revisionOf,
  pieceOf,
  endFrameOf,
  toItem,
  sameTrack,
};
