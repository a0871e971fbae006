"use strict";

/**
 * Render jobs of ours, as far as Premiere's encoder tells: UXP cannot list its queue, so what is known of a job is what
 * events said since it was begun. Jobs are forgotten when the panel is closed.
 */

const { text } = require("./faults.js");
const { pathKey } = require("./paths.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {"ready" | "rendering" | "complete" | "cancelled" | "failed"} State
 * @typedef {{job: string, hostJob: string, path: string, state: State, percent: number, error: string, heard: boolean}}
 *   Job
 */

const FINAL = new Set(["complete", "cancelled", "failed"]);

/** @type {Record<string, (job: Job, event: any) => Partial<Job>>} */
const TOLD = {
  RENDER_QUEUE: () => ({ state: "ready" }),
  RENDER_PROGRESS: (job, event) => ({ state: "rendering", percent: percentOf(event, job.percent) }),
  RENDER_COMPLETE: () => ({ state: "complete", percent: 100 }),
  RENDER_ERROR: (_job, event) => ({ state: "failed", error: wordsIn(event) || "Premiere does not say why." }),
  RENDER_CANCEL: () => ({ state: "cancelled" }),
};

/**
 * Return the jobs of this run, by id; from the first call on the encoder is listened to.
 * @param {Stage} stage
 * @param {any} encoder
 * @returns {Map<string, Job>}
 */
function jobsOf(stage, encoder) {
  if (!stage.memory.jobs) {
    stage.memory.jobs = new Map();
    const events = /** @type {any} */ (stage.ppro.Constants).EncoderEvent || {};
    for (const name of Object.keys(TOLD)) {
      const event =
        events[name] === undefined ? /** @type {any} */ (stage.ppro.EncoderManager)[`EVENT_${name}`] : events[name];
      if (event !== undefined) {
        stage.ppro.EventManager.addEventListener(encoder, event, (/** @type {any} */ said) => hear(stage, name, said));
      }
    }
  }
  return stage.memory.jobs;
}

/**
 * Take note of what the encoder says of a job of ours; the end of a job is final.
 * @param {Stage} stage
 * @param {string} name
 * @param {any} event
 */
function hear(stage, name, event) {
  const job = jobMeant(stage.memory.jobs, event || {});
  if (job && !FINAL.has(job.state)) {
    Object.assign(job, TOLD[name](job, event || {}), { heard: true });
  }
}

/**
 * The typings call an event an object and say no more: its members are looked for under the names Adobe's own samples,
 * older API and settings use.
 *
 * Return the job an event is about: by the host's id once it is known, else by the file.
 * @param {Map<string, Job>} jobs
 * @param {any} event
 * @returns {Job | undefined}
 */
function jobMeant(jobs, event) {
  const id = text(firstOf(event, ["jobID", "jobId", "jobid", "id"]));
  const path = pathKey(
    [firstOf(event, ["outputFiles", "outputFilePath", "outputPath", "outputFile", "path"])].flat()[0],
  );
  const open = [...jobs.values()].reverse().filter(({ state }) => !FINAL.has(state));
  const known = open.find(({ hostJob }) => id !== "" && hostJob === id);
  if (known) {
    return known;
  }
  const waiting = open.filter(({ hostJob }) => hostJob === "");
  const found = path ? open.find((job) => pathKey(job.path) === path) : waiting.length === 1 ? waiting[0] : undefined;
  if (found && id) {
    found.hostJob = id;
  }
  return found;
}

/**
 * @param {any} event
 * @param {string[]} names
 * @returns {any}
 */
function firstOf(event, names) {
  const found = names.find((name) => name in event && event[name] !== undefined && event[name] !== null);
  return found === undefined ? "" : event[found];
}

/**
 * Return how far a job is; hosts say a fraction of 1 or a percentage.
 * @param {any} event
 * @param {number} before
 * @returns {number}
 */
function percentOf(event, before) {
  const said = Number(firstOf(event, ["progressAmount", "progress", "percent"]));
  if (!Number.isFinite(said) || said < 0) {
    return before;
  }
  return Math.max(before, Math.min(99, Math.floor(said <= 1 ? said * 100 : said)));
}

/** @param {any} event */
function wordsIn(event) {
  return text(firstOf(event, ["errorMessage", "message", "error"]), 500);
}

/**
 * Return the RenderResult of a job; the path is told once it is complete.
 * @param {Job} job
 */
function resultOf({ job, path, state, percent, error }) {
  return { job, way: "queue", state, percent, path: state === "complete" ? path : "", error };
}

module.exports = { jobsOf, resultOf, FINAL };
