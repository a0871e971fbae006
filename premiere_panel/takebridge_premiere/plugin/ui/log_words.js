"use strict";

/**
 * Live events and what the panel did, as sentences with a time. Pure. Same words as the Resolve panel's log_words.py.
 */

const { paid, told } = require("./job_words.js");
const { inWords, two } = require("./words.js");

/** Who this panel says it is. */
const AUTHOR = "editor";
/** Lines kept; older ones go. */
const MOST_LINES = 500;

/**
 * @typedef {"plain" | "good" | "warning" | "error"} Level
 * @typedef {Readonly<{at: number, text: string, level: Level, details: string}>} Line
 */

/** @type {Record<string, string>} */
const REASONS = {
  replaced: "another one took its place",
  stopped: "it was stopped",
  silent: "it stopped answering",
  gone: "it was closed, or its agent was ended",
  "server stopping": "the bridge stops",
};
/** @type {Record<string, [string, Level]>} */
const TRIPS = {
  done: ["The round trip is done: the sequence is as agreed.", "good"],
  failed: ["The round trip did not work; the sequence is as it was before.", "error"],
  undone: ["The round trip was undone.", "plain"],
};
/** @type {Record<string, string>} */
const VERBS = {
  add_node: "added a node",
  pin: "pinned a take",
  rate_take: "rated a take",
  accept: "kept a take as is",
  set_locked: "locked or unlocked a node",
  set_best_range: "marked a best range",
  set_param: "changed a setting",
  set_model: "chose a model",
  set_take_hidden: "rejected or brought back a take",
};

/**
 * @param {number} at
 * @param {string} text
 * @param {Level} [level]
 * @param {string} [details]
 * @returns {Line}
 */
function line(at, text, level = "plain", details = "") {
  return Object.freeze({ at, text: text.trim(), level, details });
}

/**
 * What was being done, what happened, what to do; its code under Details.
 * @param {import("../link/faults.js").Refusal} error
 * @param {number} at
 * @param {string} [doing]
 */
function ofError(error, at, doing = "") {
  const raw = Object.entries(error.details || {})
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ");
  const details = `code: ${error.code}${raw ? ` · ${raw}` : ""}`;
  return line(at, doing ? `${doing}: ${inWords(error)}` : inWords(error), "error", details);
}

/**
 * @param {string} topic
 * @param {any} data
 * @param {number} at
 * @param {(id: string) => string} names what a node is called, "" for what is not known
 * @returns {Line | null} null for what a person need not read
 */
function ofEvent(topic, data, at, names) {
  switch (topic) {
    case "job.changed":
      return ofJob(data, at, names);
    case "canvas.changed":
      return ofCanvas(data, at);
    case "host.connected":
      return line(at, `${data.product || "An editor"} ${data.version || ""} is connected.`.replace(" .", "."));
    case "host.heartbeat-lost":
      return line(at, "The editor doesn't answer. Nothing is lost; it goes on when it does.", "warning");
    case "host.disconnected":
      return line(at, `The editor is disconnected: ${REASONS[data.reason] || data.reason || ""}.`, "warning");
    case "roundtrip.changed":
      return TRIPS[data.state] ? line(at, TRIPS[data.state][0], TRIPS[data.state][1]) : null;
    default:
      return null;
  }
}

/** @param {any} job @param {number} at @param {(id: string) => string} names @returns {Line | null} */
function ofJob(job, at, names) {
  const name = names(job.node) || "A node";
  const error = job.error || {};
  const details = `code: ${error.code || ""} · job: ${job.job}`;
  switch (job.status) {
    case "Pending":
      return line(at, `${name}: queued on ${job.model}.`);
    case "Complete":
      return line(at, `${name}: a new take is there. ${paid(job)}`, "good");
    case "PendingReview":
      return line(at, `${name}: ${told(error) || "its outcome is not known."} ${error.hint || ""}`, "warning", details);
    case "Failed":
      return error.code === "job_cancelled"
        ? line(at, `${name}: cancelled. ${paid(job)}`)
        : line(at, `${name}: failed. ${error.message || ""} ${paid(job)}`, "error", details);
    default:
      return null;
  }
}

/** @param {any} data @param {number} at @returns {Line | null} */
function ofCanvas(data, at) {
  const names = (data.ops || []).map((/** @type {any} */ op) => op.op);
  if ((data.origin && data.origin !== "user") || names.includes("add_take")) {
    return null; // jobs, pushes and imports tell of themselves
  }
  const own = data.author === AUTHOR;
  const verbs = names.filter((/** @type {string} */ name) => VERBS[name] && !(own && name === "add_node"));
  const said = [...new Set(verbs.map((/** @type {string} */ name) => VERBS[name]))].slice(0, 2);
  return said.length ? line(at, `${own ? "You" : data.author || "Somebody"} ${said.join(" and ")}.`) : null;
}

/** @param {number} at @returns {string} `14:03:07`, in this machine's time */
function timeOf(at) {
  const found = new Date(at);
  return `${two(found.getHours())}:${two(found.getMinutes())}:${two(found.getSeconds())}`;
}

/** @param {readonly Line[]} lines @returns {string} a log as text, oldest first */
function joined(lines) {
  return lines
    .map((one) => `${timeOf(one.at)}  ${one.text}${one.details ? `\n          ${one.details}` : ""}`)
    .join("\n");
}

module.exports = { AUTHOR, MOST_LINES, joined, line, ofError, ofEvent, timeOf };
