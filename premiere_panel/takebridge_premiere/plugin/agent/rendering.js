"use strict";

/**
 * ``range.render`` and ``render.status``: a range of the sequence, as graded, by Media Encoder's queue or, without
 * Media Encoder, by Premiere itself. The range is told by the sequence's in and out marks, which are put back after;
 * both are steps of the undo history. Presets are .epr files: UXP cannot list them.
 */

const { need, needName } = require("./arguments.js");
const { digest } = require("./digest.js");
const { tryTo } = require("./exporting.js");
const { OpError, short, text, unsure, wordsOf } = require("./faults.js");
const { FINAL, jobsOf, resultOf } = require("./jobs.js");
const { joinPath, needPath } = require("./paths.js");
const { readGrid, stillOpen } = require("./scene.js");
const { frameOf, needFrame, ticksAt, ticksOf, timeAt } = require("./ticks.js");
const { transact } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 */

const PRESET_HINT =
  "Save a preset in Export mode, export it as an .epr file in Media Encoder's preset browser, and name that file.";

/**
 * ``range.render``. The answer comes once the range is handed over, or done where Premiere renders itself.
 * @param {Stage} stage
 * @param {any} args
 * @returns {Promise<{outcome: import("./faults.js").Outcome, result: any}>}
 */
async function renderRange(stage, args) {
  const order = readOrder(args);
  const grid = await readGrid(stage);
  if (order.start < frameOf(0n, grid) || order.start >= order.end || order.end > frameOf(grid.endTicks, grid)) {
    throw new OpError(
      "invalid_param",
      "The range to render must lie inside the sequence.",
      "Choose a range of the cut.",
    );
  }
  const encoder = stage.ppro.EncoderManager.getManager();
  if (!encoder) {
    throw new OpError("host_rejected", "Premiere's encoder does not answer.", "Restart Premiere, then try again.");
  }
  const jobs = jobsOf(stage, encoder);
  const suffix = await tryTo(stage, grid, "use the preset", () =>
    stage.ppro.EncoderManager.getExportFileExtension(grid.sequence, order.preset),
  );
  if (!suffix) {
    throw new OpError("not_found", `Premiere cannot use the preset ${order.preset}.`, PRESET_HINT);
  }
  const path = joinPath(order.folder, `${order.name}.${text(suffix).replace(/^\./, "")}`);
  const job = newJob(jobs, grid.sequenceId, path);
  const left = await withMarks(stage, grid, order, () => begin(stage, grid, encoder, order, job, jobs));
  const outcome = job.heard && !left ? "verified" : "committed_unverified";
  return { outcome, result: { ...resultOf(job), error: job.error || left } };
}

/**
 * Read what is to be rendered, before anything is asked of Premiere.
 * @param {any} args
 */
function readOrder(args) {
  const [start, end] = [needFrame(args, "start_record_frame"), needFrame(args, "end_record_frame")];
  const [folder, name] = [needPath(args, "folder"), needName(args)];
  if (/[\\/]/.test(name) || name === "." || name === "..") {
    throw new OpError("invalid_param", "A file to render needs a name without slashes.", "Choose another name.");
  }
  if (args.way === "quick") {
    throw new OpError(
      "unsupported_op",
      "Premiere renders by its queue only.",
      "Leave the way out, or ask for “queue”.",
    );
  }
  if (args.audio === false) {
    throw new OpError(
      "invalid_param",
      "Premiere's preset decides whether there is sound.",
      "Choose a preset without sound.",
    );
  }
  if (typeof args.preset !== "string" || !/\.epr$/i.test(args.preset)) {
    throw new OpError(
      "invalid_param",
      "Premiere needs an export preset to render, named by its .epr file.",
      PRESET_HINT,
    );
  }
  return { start, end, folder, name, preset: needPath(args, "preset") };
}

/**
 * @param {Map<string, import("./jobs.js").Job>} jobs
 * @param {string} sequenceId
 * @param {string} path
 * @returns {import("./jobs.js").Job}
 */
function newJob(jobs, sequenceId, path) {
  const id = `ppro-render-${jobs.size + 1}-${digest([sequenceId, path]).slice(0, 8)}`;
  return { job: id, hostJob: "", path, state: "ready", percent: 0, error: "", heard: false };
}

/**
 * Hand the range to the encoder; the answer of Premiere decides whether there is a job.
 * @param {Stage} stage
 * @param {any} grid
 * @param {any} encoder
 * @param {{preset: string}} order
 * @param {import("./jobs.js").Job} job
 * @param {Map<string, import("./jobs.js").Job>} jobs
 */
async function begin(stage, grid, encoder, order, job, jobs) {
  const types = stage.ppro.Constants.ExportType;
  const queued = encoder.isAMEInstalled === true;
  jobs.set(job.job, job);
  try {
    const type = queued ? types.QUEUE_TO_AME : types.IMMEDIATELY;
    if ((await encoder.exportSequence(grid.sequence, type, job.path, order.preset, false)) !== true) {
      throw new OpError(
        "host_rejected",
        "Premiere refused to render the range.",
        "Render it by hand: Premiere may say why.",
      );
    }
  } catch (thrown) {
    jobs.delete(job.job);
    throw thrown;
  }
  if (queued && stage.can("encoder:start")) {
    await encoder.startBatchEncode();
  }
  if (!queued && !FINAL.has(job.state)) {
    job.state = "rendering";
  }
}

/**
 * Work with the marks around the range, then put them back as they were, in every ending; marks a person set meanwhile
 * are left. Returns "" or, in words, what could not be put back.
 * @param {Stage} stage
 * @param {any} grid
 * @param {{start: number, end: number}} order
 * @param {() => Promise<void>} work
 * @returns {Promise<string>}
 */
async function withMarks(stage, grid, order, work) {
  const before = await marksOf(grid.sequence);
  const ours = [ticksAt(order.start, grid), ticksAt(order.end, grid)];
  await stillOpen(stage, grid);
  setMarks(stage, grid, "mark the range to render", ours);
  let thrown = null;
  try {
    await tryTo(stage, grid, "render the range", work);
  } catch (error) {
    thrown = error;
  }
  const left = await putBack(stage, grid, before, ours);
  if (thrown) {
    throw left && thrown instanceof OpError
      ? unsure(Object.assign(thrown, { hint: `${thrown.hint} ${left}` }))
      : thrown;
  }
  return left;
}

/** @param {any} sequence */
async function marksOf(sequence) {
  return [ticksOf(await sequence.getInPoint()), ticksOf(await sequence.getOutPoint())];
}

/**
 * Set in and out mark. The out mark goes first where the in mark would pass the old one.
 * @param {Stage} stage
 * @param {any} grid
 * @param {string} label
 * @param {bigint[]} marks
 */
function setMarks(stage, grid, label, [first, last]) {
  const { project, sequence } = grid;
  const [from, to] = [timeAt(stage.ppro, first), timeAt(stage.ppro, last)];
  transact(stage, project, label, () => [sequence.createSetOutPointAction(to), sequence.createSetInPointAction(from)]);
}

/**
 * @param {Stage} stage
 * @param {any} grid
 * @param {bigint[]} before
 * @param {bigint[]} ours
 * @returns {Promise<string>}
 */
async function putBack(stage, grid, before, ours) {
  try {
    const now = await marksOf(grid.sequence);
    if (String(now) === String(ours) && String(now) !== String(before)) {
      setMarks(stage, grid, "put the in and out marks back", before);
    }
    return "";
  } catch (error) {
    return `The in and out marks of the sequence were not put back (${wordsOf(error)}): set them again.`;
  }
}

/**
 * ``render.status``.
 * @param {Stage} stage
 * @param {any} args
 */
async function renderStatus(stage, args) {
  const job = stage.memory.jobs && stage.memory.jobs.get(need(args, "job", "string"));
  if (!job) {
    const hint = "Look into Media Encoder's queue, or render again.";
    throw new OpError("not_found", "The panel knows no such render job.", hint, { details: { job: short(args.job) } });
  }
  return { result: resultOf(job) };
}

module.exports = { renderRange, renderStatus };
