"use strict";

/**
 * ``timeline.export``. The panel sees no files, so it can neither look whether the place is free nor whether the file
 * is there: both are the bridge's to check, and an answer is "committed_unverified" at best.
 */

const { need } = require("./arguments.js");
const { OpError, refusal, short, text } = require("./faults.js");
const { needPath } = require("./paths.js");
const { openSequence, stillOpen } = require("./scene.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 */

const HINT = "Choose a folder Premiere may write to, or export by hand (File > Export) to see what it says.";

/** @typedef {(ppro: any, sequence: any, path: string) => Promise<boolean>} Writer */
/** @type {Record<string, {feature: string, suffixes: RegExp, write: Writer}>} */
const FORMATS = {
  otio: {
    feature: "export:otio",
    suffixes: /\.otio$/i,
    write: (ppro, sequence, path) => ppro.ProjectConverter.exportAsOpenTimelineIO(sequence, path, true),
  },
  xmeml: {
    feature: "export:xmeml",
    suffixes: /\.xml$/i,
    write: (ppro, sequence, path) => ppro.ProjectConverter.exportAsFinalCutProXML(sequence, path, true),
  },
  aaf: {
    feature: "export:aaf",
    suffixes: /\.aaf$/i,
    write: (ppro, sequence, path) => ppro.ProjectConverter.exportAAF(sequence, path),
  },
};

/**
 * Say whether this Premiere can export a sequence at all.
 * @param {(feature: string) => boolean} can
 * @returns {boolean}
 */
function exportsAnything(can) {
  return Object.values(FORMATS).some(({ feature }) => can(feature));
}

/**
 * ``timeline.export``.
 * @param {Stage} stage
 * @param {any} args
 * @returns {Promise<{outcome: "committed_unverified", result: any}>}
 */
async function exportTimeline(stage, args) {
  const [form, path] = [need(args, "format", "string"), needPath(args)];
  const format = Object.prototype.hasOwnProperty.call(FORMATS, form) ? FORMATS[form] : null;
  if (!format || !stage.can(format.feature)) {
    const hint = format
      ? "Update Premiere: 26.2 exports OTIO and xmeml, 26.3 AAF."
      : "Premiere exports OTIO, xmeml and AAF.";
    throw new OpError("unsupported_op", `This version of Premiere cannot export ${short(form)}.`, hint);
  }
  if (!format.suffixes.test(path)) {
    const hint = "Name the file .otio, .xml or .aaf, as its format is.";
    throw new OpError("invalid_param", `A file of the format ${form} has another ending.`, hint);
  }
  const opened = await openSequence(stage);
  const name = text(opened.sequence.name);
  const done = await tryTo(stage, opened, "export the sequence", () => format.write(stage.ppro, opened.sequence, path));
  if (done !== true) {
    throw new OpError("host_rejected", "Premiere refused to export the sequence.", HINT);
  }
  const result = { path, format: form, timeline_id: opened.sequenceId, timeline_name: name };
  return { outcome: "committed_unverified", result };
}

/**
 * Let Premiere write a file; what it throws becomes `host_rejected`, `timeline_switched` where the sequence was closed.
 * @template T
 * @param {Stage} stage
 * @param {{projectId: string, sequenceId: string}} opened
 * @param {string} what
 * @param {() => Promise<T>} write
 * @returns {Promise<T>}
 */
async function tryTo(stage, opened, what, write) {
  try {
    return await write();
  } catch (thrown) {
    await stillOpen(stage, opened);
    throw refusal(thrown, what);
  }
}

module.exports = { exportTimeline, exportsAnything, tryTo };
