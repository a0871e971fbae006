"use strict";

/**
 * `marker.add` and `marker.remove`, on the sequence or on a clip; a frame holds one marker.
 *
 * Premiere keeps clip markers with the media, so a clip whose media other clips play too takes none. It has seven
 * colours and no hidden text (`data` is not kept), and a new marker gets its colour in an undo step of its own.
 */

const { needClip, needExpectation } = require("./asked.js");
const { OpError, short, text } = require("./faults.js");
const { readAfter, readGround, sameGround } = require("./ground.js");
const { colorNames, itemMarkers, ownsMedia, readMarkers, timelineMarkers } = require("./marks.js");
const { deepen, pieceOf, requireExpected } = require("./scene.js");
const { needFrame, sourceFrameOf, sourceTicksAt, frameOf, ticksAt, ticksOf, timeAt } = require("./ticks.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {object} Sheet What carries markers, as an op names it.
 * @property {Scene} scene
 * @property {any} owner Sequence or ClipProjectItem
 * @property {"record_frame" | "source_frame"} space
 * @property {number} at
 * @property {(frame: number) => bigint} ticks at which a frame begins
 * @property {(ticks: bigint) => number} frame on screen at a time
 * @property {() => Promise<any[]>} read all markers, as the wire has them
 */

/**
 * Premiere's colours nearest to the protocol's, as the wire spells what is read back.
 * @type {Record<string, string>}
 */
const COLORS = {
  Blue: "Blue",
  Cyan: "Cyan",
  Green: "Green",
  Yellow: "Yellow",
  Red: "Red",
  Pink: "Magenta",
  Purple: "Magenta",
  Fuchsia: "Magenta",
  Rose: "Red",
  Lavender: "Magenta",
  Sky: "Cyan",
  Mint: "Green",
  Lemon: "Yellow",
  Sand: "Orange",
  Cocoa: "Orange",
  Cream: "Yellow",
};

/**
 * `marker.add`.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function addMarker(stage, args, expect) {
  const sheet = await openSheet(stage, args, needExpectation(expect));
  const wanted = wantedOf(args);
  const there = (await sheet.read()).find((marker) => marker[sheet.space] === sheet.at);
  if (there && says(there, wanted)) {
    return resultOf(sheet, false);
  }
  if (there) {
    const message = `There is a marker “${there.name}” on this frame already.`;
    throw new OpError("host_rejected", message, "Remove it first, or use another frame.");
  }
  requireExpected(sheet.scene, expect);
  const error = await write(stage, sheet, wanted);
  const now = await readAfter(() => sheet.read());
  const made = now.find((marker) => marker[sheet.space] === sheet.at);
  if (!made || !says(made, wanted)) {
    const told = error || refusedBy("add the marker", "", true);
    throw made ? Object.assign(told, { outcome: "committed_unverified" }) : told;
  }
  return resultOf(sheet, true);
}

/**
 * `marker.remove`. A marker that is not there is removed already.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function removeMarker(stage, args, expect) {
  const sheet = await openSheet(stage, args, needExpectation(expect));
  const there = (await sheet.read()).find((marker) => marker[sheet.space] === sheet.at);
  if (!there) {
    return resultOf(sheet, false);
  }
  if (typeof args.name === "string" && there.name !== args.name) {
    throw new OpError("timeline_changed", `Another marker is on this frame now: “${there.name}”.`);
  }
  requireExpected(sheet.scene, expect);
  const markers = await stage.ppro.Markers.getMarkers(sheet.owner);
  const [label, check] = [`remove ${calledOf(there.name)}`, sameGround(stage, sheet.scene)];
  const error = attempt(stage, sheet.scene.project, label, () => {
    check();
    return found(markers, sheet)
      .filter((marker) => text(marker.getName()) === there.name)
      .map((marker) => markers.createRemoveMarkerAction(marker));
  });
  const left = (await readAfter(() => sheet.read())).some((marker) => marker[sheet.space] === sheet.at);
  if (left) {
    throw error || refusedBy(label, "", true);
  }
  return resultOf(sheet, true);
}

/**
 * Find what carries the markers an op is about.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 * @returns {Promise<Sheet>}
 */
async function openSheet(stage, args, expect) {
  return args.clip ? clipSheet(stage, args, expect) : sequenceSheet(stage, args, expect);
}

/**
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 * @returns {Promise<Sheet>}
 */
async function sequenceSheet(stage, args, expect) {
  const at = needFrame(args, "record_frame");
  const scene = await readGround(stage, expect);
  needStarted(ticksAt(at, scene));
  return {
    scene,
    owner: scene.sequence,
    space: "record_frame",
    at,
    ticks: (frame) => ticksAt(frame, scene),
    frame: (ticks) => frameOf(ticks, scene),
    read: () => timelineMarkers(stage, scene.sequence, scene),
  };
}

/**
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 * @returns {Promise<Sheet>}
 */
async function clipSheet(stage, args, expect) {
  const [ref, at] = [needClip(args.clip), needFrame(args, "source_frame")];
  const scene = await readGround(stage, expect, null);
  const piece = pieceOf(scene, ref);
  if (!piece.clipItem || !ownsMedia(scene, piece)) {
    const message = `Premiere keeps markers with media, and that of “${piece.name}” is not this clip's alone.`;
    throw new OpError("unsupported_item", message, "Put the marker on the sequence.");
  }
  await deepen(stage, scene, "plain", [piece]);
  needStarted(BigInt(at));
  const rate = (piece.type === "video" && piece.facts && piece.facts.rate) || scene.rate;
  return {
    scene,
    owner: piece.clipItem,
    space: "source_frame",
    at,
    ticks: (frame) => sourceTicksAt(frame, rate),
    frame: (ticks) => sourceFrameOf(ticks, rate),
    read: async () => itemMarkers(await readMarkers(stage, piece.clipItem), rate),
  };
}

/** @param {string} name */
function calledOf(name) {
  return name ? `the marker “${name}”` : "a marker";
}

/** @param {bigint} place */
function needStarted(place) {
  if (place < 0n) {
    throw new OpError("invalid_param", "The marker would lie before the start.");
  }
}

/** @param {any} args */
function wantedOf(args) {
  const color = COLORS[args.color === undefined ? "Blue" : args.color];
  const frames = args.duration_frames === undefined ? 1 : args.duration_frames;
  if (!Number.isSafeInteger(frames) || frames < 1) {
    throw new OpError("invalid_param", "A marker is at least one frame long.");
  }
  if (color === undefined) {
    throw new OpError("invalid_param", `There is no marker colour “${short(args.color)}”.`, "Choose one of the 16.");
  }
  return { color, duration_frames: frames, name: text(args.name), note: text(args.note) };
}

/**
 * @param {any} marker as the wire has it
 * @param {ReturnType<typeof wantedOf>} wanted
 */
function says(marker, wanted) {
  return Object.entries(wanted).every(([name, value]) => marker[name] === value);
}

/**
 * Add a marker, then give it its colour; returns what Premiere said against either.
 * @param {Stage} stage
 * @param {Sheet} sheet
 * @param {ReturnType<typeof wantedOf>} wanted
 */
async function write(stage, sheet, wanted) {
  const { ppro } = stage;
  const markers = await ppro.Markers.getMarkers(sheet.owner);
  const check = sameGround(stage, sheet.scene);
  const start = sheet.ticks(sheet.at);
  const length = wanted.duration_frames > 1 ? sheet.ticks(sheet.at + wanted.duration_frames) - start : 0n;
  const [from, during] = [timeAt(ppro, start), timeAt(ppro, length)];
  const error = attempt(stage, sheet.scene.project, `add ${calledOf(wanted.name)}`, () => {
    check();
    if (found(markers, sheet).length > 0) {
      throw new OpError("timeline_changed", "Somebody put a marker on this frame meanwhile.");
    }
    return [markers.createAddMarkerAction(wanted.name, ppro.Marker.MARKER_TYPE_COMMENT, from, during, wanted.note)];
  });
  return error || colorIt(stage, sheet, wanted);
}

/**
 * @param {Stage} stage
 * @param {Sheet} sheet
 * @param {ReturnType<typeof wantedOf>} wanted
 */
async function colorIt(stage, sheet, wanted) {
  const entry = [...colorNames(stage.ppro)].find(([, name]) => name === wanted.color);
  const markers = await readAfter(() => stage.ppro.Markers.getMarkers(sheet.owner));
  return attempt(stage, sheet.scene.project, `colour ${calledOf(wanted.name)}`, () =>
    found(markers, sheet)
      .filter((marker) => entry !== undefined && marker.getColorIndex() !== entry[0])
      .map((marker) => marker.createSetColorByIndexAction(entry ? entry[0] : 0)),
  );
}

/**
 * The markers at the frame of a sheet, as Premiere has them now; answers at once.
 * @param {any} markers
 * @param {Sheet} sheet
 * @returns {any[]}
 */
function found(markers, sheet) {
  return Array.from(markers.getMarkers() || []).filter(
    (/** @type {any} */ marker) => sheet.frame(ticksOf(marker.getStart())) === sheet.at,
  );
}

/**
 * @param {Sheet} sheet
 * @param {boolean} changed
 */
async function resultOf(sheet, changed) {
  const markers = await (changed ? readAfter(() => sheet.read()) : sheet.read());
  const name = sheet.space === "source_frame" ? "item_markers" : "timeline_markers";
  return { outcome: "verified", result: { [name]: markers, changed } };
}

module.exports = { addMarker, removeMarker };
