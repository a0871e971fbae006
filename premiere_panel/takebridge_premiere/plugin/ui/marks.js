"use strict";

/**
 * Glyphs and words of states: never colour alone. The same as the Resolve panel's tokens.json; colours are in
 * panel.css.
 */

/** @type {Readonly<Record<string, string>>} */
const GLYPHS = Object.freeze({
  empty: "○",
  blocked: "⊣",
  fresh: "✓",
  stale: "▲",
  accepted: "≈",
  locked: "■",
  upstream: "△",
  pending: "◌",
  in_progress: "◔",
  complete: "✓",
  failed: "✕",
  pending_review: "◉",
  unknown: "?",
  previz: "▒",
  conflict: "⚑",
  pinned: "◆",
  in_timeline: "▸▸",
});

/** @type {Readonly<Record<string, string>>} */
const WORDS = Object.freeze({
  empty: "No take yet",
  blocked: "Waiting for input",
  fresh: "Up to date",
  stale: "Out of date",
  accepted: "Kept as is",
  locked: "Locked",
  upstream: "May change",
  pending: "Pending",
  in_progress: "In progress",
  complete: "Complete",
  failed: "Failed",
  pending_review: "Pending review",
  unknown: "Outcome unknown",
  previz: "Previz",
  conflict: "Conflict",
  pinned: "Pinned",
  in_timeline: "In timeline",
});

/**
 * @param {string} token
 * @returns {string} `✓ Up to date`
 */
function marked(token) {
  return `${GLYPHS[token] || ""} ${WORDS[token] || token}`.trim();
}

/**
 * The token of a node's state as the bridge says it (`STALE`, `stale`), "" for one that is not known.
 * @param {string} status
 * @returns {string}
 */
function tokenOf(status) {
  const token = String(status || "").toLowerCase();
  return WORDS[token] ? token : "";
}

module.exports = { GLYPHS, WORDS, marked, tokenOf };
