"use strict";

/**
 * ``frame.grab``: one frame of the sequence as a still, in the size of the sequence. Premiere renders it beside the
 * playhead, which stays where it is. The file is the bridge's to look at: the panel sees no files.
 */

const { OpError } = require("./faults.js");
const { tryTo } = require("./exporting.js");
const { needPath, splitPath, suffixOf } = require("./paths.js");
const { readGrid, stillOpen } = require("./scene.js");
const { frameOf, needFrame, ticksAt, ticksOf, timeAt } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 */

const STILLS = new Set([".png", ".jpg", ".jpeg", ".tif", ".tiff"]);

/**
 * ``frame.grab``.
 * @param {Stage} stage
 * @param {any} args
 * @returns {Promise<{outcome: "committed_unverified", result: any}>}
 */
async function grabFrame(stage, args) {
  const path = needPath(args);
  const wanted = args.record_frame === null || args.record_frame === undefined ? null : needFrame(args, "record_frame");
  if (!STILLS.has(suffixOf(path))) {
    const hint = "Choose one of these endings.";
    throw new OpError("invalid_param", "A still is written as .png, .jpg or .tif.", hint);
  }
  const grid = await readGrid(stage);
  const frame = wanted === null ? frameOf(ticksOf(await grid.sequence.getPlayerPosition()), grid) : wanted;
  if (frame < frameOf(0n, grid) || frame >= frameOf(grid.endTicks, grid)) {
    throw new OpError("invalid_param", `The sequence shows nothing at frame ${frame}.`, "Choose a frame of the cut.");
  }
  const { folder, name } = splitPath(path);
  const time = timeAt(stage.ppro, ticksAt(frame, grid));
  const done = await tryTo(stage, grid, "write the frame", () =>
    stage.ppro.Exporter.exportSequenceFrame(grid.sequence, time, name, folder, grid.width, grid.height),
  );
  if (done !== true) {
    const hint = "Choose a folder Premiere may write to; check that its disk is not full.";
    throw new OpError("host_rejected", "Premiere refused to write the frame.", hint);
  }
  await stillOpen(stage, grid);
  return { outcome: "committed_unverified", result: { path, record_frame: frame } };
}

module.exports = { grabFrame };
