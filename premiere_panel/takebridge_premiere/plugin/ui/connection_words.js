"use strict";

/** What stands between the person and the cut, in words, and the one thing to do next. Pure. */

const { isOlder } = require("../link/standing.js");
const { ago, inWords } = require("./words.js");

/**
 * Where things stand. `mark` is the dot's shape, `token` its colour, `short` the strip's text; `cause` says what is so,
 * `button` and `next` the one thing to do ("" where there is nothing). `live`: an editor with an agent answers.
 * @typedef {"" | "pair" | "retry" | "check"} Next
 * @typedef {Readonly<{standing: string, mark: string, token: string, short: string, cause: string, button: string,
 *   next: Next, live: boolean, update: string}>} Connection
 */

const BUSY =
  "Premiere is busy (a dialog is open or it is rendering). Waiting; nothing is lost. Close the dialog to go on.";
const INSTALL = "Run “takebridge install premiere”, then restart Premiere.";
const NO_SEQUENCE = "No sequence is open";
const SAFE = "Takes on disk are safe; jobs at providers go on.";

/**
 * @param {import("../link/standing.js").Standing} standing
 * @param {{status: any, busy: boolean, session: string, version: string, now: number}} facts `busy`: the editor refused
 *   the last op as busy; `version` is this panel's
 * @returns {Connection}
 */
function connection(standing, facts) {
  const found =
    standing.name === "connected" || standing.name === "frozen" ? open(standing, facts) : away(standing, facts);
  return Object.freeze({ ...found, update: updateWords(standing, facts.version) });
}

/**
 * @param {import("../link/standing.js").Standing} standing
 * @param {{now: number}} facts
 * @returns {Omit<Connection, "update">}
 */
function away(standing, facts) {
  const where = standing.port === null ? "" : ` on port ${standing.port}`;
  switch (standing.name) {
    case "unpaired":
      return standing.stranger
        ? off(
            "unpaired",
            "○",
            "stale",
            "Another bridge",
            `Another bridge answers${where} than the one this panel was paired with. Nothing was sent to it.`,
            "Pair with this one",
            "pair",
          )
        : off(
            "unpaired",
            "○",
            "stale",
            "Not paired",
            "This panel isn't paired with a bridge yet. Run “takebridge pair” and write its port and six digits here.",
            "Pair",
            "pair",
          );
    case "refused":
      return isTold(standing)
        ? off("refused", "○", "stale", "Not connected", refusedWords(standing), "Connect again", "retry")
        : off("refused", "✕", "failed", "Pairing ended", refusedWords(standing), "Pair again", "pair");
    case "other-version":
      return off(
        "other-version",
        "△",
        "stale",
        "Another version",
        `Panel and bridge are of releases that don't understand each other. ${INSTALL}`,
        "Check again",
        "retry",
      );
    case "connecting":
      return off("connecting", "◌", "pending", "Connecting…", `The bridge${where} answers. Connecting.`, "", "");
    default:
      return searching(standing, facts, where);
  }
}

/**
 * @param {import("../link/standing.js").Standing} standing
 * @param {{now: number}} facts
 * @param {string} where
 */
function searching(standing, facts, where) {
  if (standing.since === null) {
    const cause = `Looking for the bridge${where}. Start it with “takebridge serve”; it is found by itself.`;
    return off("searching", "◌", "pending", "Looking for the bridge…", cause, "Look again", "retry");
  }
  const seconds = Math.max(0, Math.round((facts.now - standing.since) / 1000));
  const cause = `The bridge stopped ${ago(seconds)}. ${SAFE} Start it with “takebridge serve”; it is found by itself.`;
  return off("searching", "✕", "failed", "Bridge stopped", cause, "Look again", "retry");
}

/** Told to stay away, the pairing still being good. @param {import("../link/standing.js").Standing} standing */
function isTold(standing) {
  return standing.error !== null && ["taken_over", "asked_to_stop"].includes(standing.error.code);
}

/** @param {import("../link/standing.js").Standing} standing */
function refusedWords(standing) {
  return standing.error ? inWords(standing.error) : "The bridge no longer knows this panel. Pair it again to go on.";
}

/**
 * @param {string} standing
 * @param {string} mark
 * @param {string} token
 * @param {string} short
 * @param {string} cause
 * @param {string} button
 * @param {Next} next
 */
function off(standing, mark, token, short, cause, button, next) {
  return { standing, mark, token, short, cause, button, next, live: false };
}

/**
 * @param {import("../link/standing.js").Standing} standing
 * @param {{status: any, busy: boolean, session: string}} facts
 * @returns {Omit<Connection, "update">}
 */
function open(standing, facts) {
  const host = hostOf(facts.status, facts.session);
  const sequence = sequenceOf(host);
  const name = product(host);
  const short = `Premiere · ${sequence || NO_SEQUENCE}`;
  if (standing.who === "bridge") {
    const cause = "The bridge doesn't answer just now. Waiting; nothing is lost.";
    return { ...off("silent", "◔", "stale", short, cause, "Connect again", "retry"), live: true };
  }
  if (standing.who === "editor" || facts.busy) {
    return { ...off("busy", "◔", "stale", short, BUSY, "Check again", "check"), live: true };
  }
  if (!sequence && facts.status) {
    const cause = `Connected to ${name}. ${NO_SEQUENCE}: open one to begin.`;
    return { ...off("ready", "●", "fresh", short, cause, "Check again", "check"), live: true };
  }
  return { ...off("ready", "●", "fresh", short, `Connected to ${name}, sequence “${sequence}”.`, "", ""), live: true };
}

/**
 * This panel's own entry in the bridge's status: by its session, else the last Premiere there is.
 * @param {any} status
 * @param {string} session
 * @returns {any}
 */
function hostOf(status, session) {
  const hosts = (status && status.hosts) || [];
  return (
    hosts.find((/** @type {any} */ one) => one.session === session) ||
    hosts.filter((/** @type {any} */ one) => one.host === "premiere").pop() ||
    null
  );
}

/** @param {any} host @returns {string} the name of the open sequence, "" for none */
function sequenceOf(host) {
  return host && host.timeline ? String(host.timeline.timeline_name || "") : "";
}

/** @param {any} host @returns {string} `Adobe Premiere 26.3.0` */
function product(host) {
  return [host && host.product ? host.product : "Premiere", host && host.version ? host.version : ""]
    .filter(Boolean)
    .join(" ");
}

/**
 * @param {import("../link/standing.js").Standing} standing
 * @param {string} version
 * @returns {string} that the bridge ships a newer panel, "" when it does not
 */
function updateWords(standing, version) {
  if (!standing.shipped || !isOlder(version, standing.shipped)) {
    return "";
  }
  return `The bridge has a newer panel (${standing.shipped}, this is ${version}). ${INSTALL}`;
}

/**
 * The three steps of a first run; each is ticked by itself.
 * @param {Connection} found
 * @param {import("../link/standing.js").Standing} standing
 * @param {boolean} pushed
 * @returns {{title: string, done: boolean, where: string}[]}
 */
function firstSteps(found, standing, pushed) {
  const paired = found.live || ["searching", "connecting", "other-version"].includes(standing.name);
  return [
    { title: "Bridge running", done: found.live || standing.name === "connecting", where: "Run: takebridge serve" },
    { title: "Panel paired", done: paired, where: "Run: takebridge pair. Then write its port and six digits here." },
    { title: "Push a clip", done: pushed, where: "Park the playhead on a clip and press “Push clip to canvas”." },
  ];
}

module.exports = { BUSY, NO_SEQUENCE, connection, firstSteps, hostOf, product, sequenceOf };
