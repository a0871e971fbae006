"use strict";

/** What a row of the jobs says. Pure; times come in. Same words as the Resolve panel's job_words.py. */

const { NO_ESTIMATE, clock, counted, exactly, inShort, money, span } = require("./words.js");

const LOST = "We sent this and lost the answer. It may have been charged; we won't send it twice.";
const CANCELLING = "Cancelling… may still be charged";
/** A finished job leaves the list after a quarter of an hour; one that failed stays until it is dismissed. */
const RECENT_SECONDS = 900;

/** @type {Record<string, string>} */
const WORDS = {
  Pending: "Pending",
  InProgress: "In progress",
  Complete: "Complete",
  Failed: "Failed",
  PendingReview: "Pending review",
};
/** @type {Record<string, string>} */
const CHOICES = {
  look_again: "Check with provider",
  submit_again: "Send again (may pay twice)",
  continue: "Go on",
  give_up: "Give up",
};

/**
 * @typedef {Record<string, any>} Job
 * @typedef {{title: string, token: string, status: string, detail: string, code: string, canCancel: boolean,
 *   canRetry: boolean, choices: string[]}} JobRow `token` names its glyph and colour
 */

/** @param {string | null | undefined} text @returns {number | null} milliseconds; a time without a zone is UTC */
function moment(text) {
  if (!text) {
    return null;
  }
  const zoned = /(Z|[+-][0-9]{2}:?[0-9]{2})$/.test(text) ? text : `${text}Z`;
  const found = new Date(zoned).getTime();
  return Number.isNaN(found) ? null : found;
}

/** @param {Job} job @returns {boolean} */
function isActive(job) {
  return job.status === "Pending" || job.status === "InProgress";
}

/**
 * @param {Job} job
 * @param {string} title what its node is called
 * @param {{now: number, usual: [number | null, number | null], cancelling: boolean}} facts
 * @returns {JobRow}
 */
function jobRow(job, title, { now, usual, cancelling }) {
  const name = [title, job.model].filter(Boolean).join(" · ");
  const none = { detail: "", code: "", canCancel: false, canRetry: false, choices: [] };
  if (cancelling && isActive(job)) {
    return { title: name, token: "pending", status: CANCELLING, ...none };
  }
  const known = WORDS[job.status];
  const token =
    { InProgress: "in_progress", PendingReview: "pending_review" }[String(job.status)] ||
    String(job.status).toLowerCase();
  return {
    title: name,
    token: known ? token : "unknown",
    status: (known || job.status || job.state || "") + after(job, now, usual),
    detail: detail(job),
    code: job.error ? String(job.error.code || "") : "",
    canCancel: isActive(job),
    canRetry: job.can_retry === true,
    choices: job.choices || [],
  };
}

/** @param {Job} job @param {number} now @param {[number | null, number | null]} usual */
function after(job, now, usual) {
  const begun = moment(job.created_at);
  if (job.status === "InProgress" && begun !== null) {
    return ` ${clock(Math.max(0, Math.floor((now - begun) / 1000)))}, ${span(...usual)}`;
  }
  if (job.status === "Pending") {
    const estimate = span(...usual);
    return estimate === NO_ESTIMATE ? "" : `, ${estimate} once it starts`;
  }
  if (job.status === "Complete" && known(job.actual_micros)) {
    return ` · ${money(job.actual_micros, job.currency)}`;
  }
  return "";
}

/** @param {any} value */
function known(value) {
  return value !== null && value !== undefined;
}

/** @param {Job} job */
function detail(job) {
  if (!job.error) {
    return "";
  }
  return inShort(job.status === "Failed" ? `${told(job.error)} ${paid(job)}`.trim() : told(job.error));
}

/** @param {any} error @returns {string} */
function told(error) {
  return error && error.code === "unknown_outcome" ? LOST : String((error && error.message) || "");
}

/**
 * @param {Job} job
 * @returns {string} why it failed and whether it cost money; "" otherwise, and when it was cancelled
 */
function failure(job) {
  const error = job.error || {};
  if (job.status !== "Failed" || error.code === "job_cancelled") {
    return "";
  }
  return `${told(error)} ${paid(job)}`.trim();
}

/** @param {Job} job @returns {string} whether a job that ended cost money */
function paid(job) {
  if (job.actual_micros === 0 || job.high_micros === 0) {
    return "Not charged.";
  }
  if (known(job.actual_micros)) {
    return `Charged ${exactly(job.actual_micros, job.currency)}.`;
  }
  return job.status === "Complete" ? "" : "Whether it was charged is not known yet.";
}

/** @param {Job} job @returns {string} the retry button, with what that may cost at most */
function retryWords(job) {
  if (job.high_micros === 0) {
    return "Retry";
  }
  const most = known(job.high_micros) ? job.high_micros : job.max_micros;
  return known(most) ? `Retry · up to ${exactly(most, job.currency)}` : "Retry";
}

/** @param {Job} job @param {string} choice @returns {string} a decision; where it may pay again, how much */
function choiceWords(job, choice) {
  const words = CHOICES[choice] || choice.replace(/_/g, " ").replace(/^./, (letter) => letter.toUpperCase());
  const most = known(job.high_micros) ? job.high_micros : job.max_micros;
  return choice === "submit_again" && known(most) && most > 0
    ? `${words} · up to ${exactly(most, job.currency)}`
    : words;
}

/**
 * @param {Job[]} jobs
 * @param {string} model
 * @returns {[number | null, number | null]} how many seconds jobs of a model took, the middle of its history
 */
function usualSeconds(jobs, model) {
  const took = jobs
    .filter((job) => job.model === model && job.status === "Complete")
    .map((job) => [moment(job.created_at), moment(job.ended_at)])
    .filter(([begun, ended]) => begun !== null && ended !== null)
    .map(([begun, ended]) => Math.max(1, Math.round((Number(ended) - Number(begun)) / 1000)))
    .sort((one, other) => one - other);
  const fifth = Math.floor(took.length / 5);
  return took.length ? [took[fifth], took[took.length - 1 - fifth]] : [null, null];
}

/** @param {Job[]} jobs @param {readonly string[]} dismissed @param {number} now @returns {Job[]} the newest first */
function shownJobs(jobs, dismissed, now) {
  return [...jobs].reverse().filter((job) => !dismissed.includes(job.job) && isWorthARow(job, now));
}

/** @param {Job} job @param {number} now */
function isWorthARow(job, now) {
  if (isActive(job) || job.status === "PendingReview") {
    return true;
  }
  if (job.status === "Failed" && (!job.error || job.error.code !== "job_cancelled")) {
    return true;
  }
  const ended = moment(job.ended_at);
  return ended !== null && (now - ended) / 1000 < RECENT_SECONDS;
}

/** @param {Job[]} jobs @param {string} spend @returns {string} `2 in progress · 1 failed · Today $18.00 of $50.00` */
function footer(jobs, spend) {
  const count = (/** @type {string} */ status) => jobs.filter((job) => job.status === status).length;
  const parts = [
    [count("InProgress"), "in progress"],
    [count("Pending"), "pending"],
    [count("Failed"), "failed"],
    [count("PendingReview"), "to review"],
  ]
    .filter(([number]) => number)
    .map(([number, word]) => `${number} ${word}`);
  return parts.length ? [...parts, spend].join(" · ") : `Nothing in progress · ${spend}`;
}

/**
 * What was spent and held on a UTC day, and the budget where there is one: `Today $18.40 of $50.00`.
 * @param {any[]} spent
 * @param {any[]} caps
 * @param {string} day
 * @param {string} [currency]
 */
function today(spent, caps, day, currency = "USD") {
  const lines = spent.filter((line) => line.day === day && line.currency === currency);
  const micros = lines.reduce((sum, line) => sum + (line.settled_micros || 0) + (line.reserved_micros || 0), 0);
  const unknown = lines.reduce((sum, line) => sum + (line.unknown_jobs || 0), 0);
  const cap = caps.find((one) => one.scope === "day" && one.key === "" && one.currency === currency);
  const limit = cap ? ` of ${exactly(cap.limit_micros, currency)}` : "";
  return `Today ${exactly(micros, currency)}${limit}${unknown ? ` + ${counted(unknown, "job")} of unknown cost` : ""}`;
}

module.exports = {
  CANCELLING,
  LOST,
  choiceWords,
  failure,
  footer,
  isActive,
  jobRow,
  moment,
  paid,
  retryWords,
  shownJobs,
  today,
  told,
  usualSeconds,
};
