"use strict";

/** The ops on one clip: switched on or off, named, coloured. */

const { need, needName } = require("./arguments.js");
const { needClip, needExpectation } = require("./asked.js");
const { OpError, short } = require("./faults.js");
const { readAfter, readGround, sameGround } = require("./ground.js");
const { pieceOf, requireExpected, toItem } = require("./scene.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {object} Change One change of a clip.
 * @property {(piece: Piece) => string} label what is done, as a person would say it
 * @property {(piece: Piece) => Promise<boolean> | boolean} done
 * @property {(piece: Piece) => any[]} actions made inside the lock
 * @property {(scene: Scene, piece: Piece) => void} [refuse] raises when it cannot be done to this clip
 * @property {boolean} [everywhere] whether `refuse` needs all tracks
 */

/**
 * The labels of Premiere's project items nearest to the protocol's clip colours. Premiere colours media, not clips, and
 * has no "none": "" is Violet, which its default settings give to pictures.
 * @type {Record<string, string>}
 */
const LABELS = {
  "": "VIOLET",
  Orange: "MANGO",
  Apricot: "MANGO",
  Yellow: "YELLOW",
  Lime: "GREEN",
  Olive: "FOREST",
  Green: "GREEN",
  Teal: "TEAL",
  Navy: "BLUE",
  Blue: "CERULEAN",
  Purple: "PURPLE",
  Violet: "VIOLET",
  Pink: "ROSE",
  Tan: "TAN",
  Beige: "TAN",
  Brown: "BROWN",
  Chocolate: "BROWN",
};

/**
 * Make one change unless it is made already, as one undo step, and read it back.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 * @param {Change} change
 */
async function changeClip(stage, args, expect, change) {
  const ref = needClip(args);
  const scene = await readGround(stage, needExpectation(expect), change.everywhere ? null : [ref.track], [ref.clip]);
  const piece = pieceOf(scene, ref);
  const before = toItem(scene, piece);
  if (await change.done(piece)) {
    return { outcome: "verified", result: { before, after: before, changed: false } };
  }
  requireExpected(scene, expect);
  if (change.refuse) {
    change.refuse(scene, piece);
  }
  const [label, check] = [change.label(piece), sameGround(stage, scene)];
  const error = attempt(stage, scene.project, label, () => {
    check();
    return change.actions(piece);
  });
  const { after, now } = await readAfter(async () => {
    const again = await readGround(stage, expect, [ref.track], [ref.clip]);
    return { after: again, now: pieceOf(again, ref) };
  });
  if (!(await change.done(now))) {
    throw error || refusedBy(label, "", true);
  }
  return { outcome: "verified", result: { before, after: toItem(after, now), changed: true } };
}

/**
 * `clip.set_enabled`.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function setEnabled(stage, args, expect) {
  const enabled = need(args, "enabled", "boolean");
  return changeClip(stage, args, expect, {
    label: (piece) => `${enabled ? "enable" : "disable"} “${piece.name}”`,
    done: (piece) => piece.enabled === enabled,
    actions: (piece) => [piece.item.createSetDisabledAction(!enabled)],
  });
}

/**
 * `clip.rename`: the clip's own name; its media keeps its name.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function renameClip(stage, args, expect) {
  const name = needName(args);
  return changeClip(stage, args, expect, {
    label: (piece) => `name “${piece.name}” “${name}”`,
    done: (piece) => piece.name === name,
    actions: (piece) => [piece.item.createSetNameAction(name)],
  });
}

/**
 * `clip.set_color`: the label of the clip's media, refused where other clips of the sequence play the same media.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function setColor(stage, args, expect) {
  const name = LABELS[need(args, "color", "string")];
  if (name === undefined) {
    const hint = "Choose one of the 16 clip colours.";
    throw new OpError("invalid_param", `There is no clip colour “${short(args.color)}”.`, hint);
  }
  const labels = /** @type {Record<string, any>} */ (stage.ppro.Constants.ProjectItemColorLabel);
  return changeClip(stage, args, expect, {
    label: (piece) => `colour “${piece.name}”`,
    done: async (piece) => (await ownItem(piece).getColorLabelIndex()) === labels[name],
    actions: (piece) => [piece.projectItem.createSetColorLabelAction(labels[name])],
    refuse: refuseShared,
    everywhere: true,
  });
}

/**
 * @param {Piece} piece
 * @returns {any}
 */
function ownItem(piece) {
  if (!piece.projectItem) {
    throw new OpError("unsupported_item", "This clip has no media in the project that could carry a colour.");
  }
  return piece.projectItem;
}

/**
 * Raise when the label would colour more than the clip and its own sound.
 * @param {Scene} scene
 * @param {Piece} piece
 */
function refuseShared(scene, piece) {
  const others = scene.pieces.filter(
    ({ itemId, start, end }) => itemId === piece.itemId && (start !== piece.start || end !== piece.end),
  );
  if (others.length > 0) {
    const count = others.length === 1 ? "1 other clip" : `${others.length} other clips`;
    const message = `Premiere colours media, and “${piece.name}” plays the same media as ${count}.`;
    throw new OpError("unsupported_item", message, "Give the clip its label by hand in the timeline.");
  }
}

module.exports = { changeClip, renameClip, setColor, setEnabled };
