"use strict";

/** The one primary button: from what the panel knows to what it says and does. Pure. */

const { counted } = require("./words.js");

const NO_CLIP = "Select a clip or park the playhead on one.";
const NOTHING_MADE = "Nothing is made of this clip yet: choose what with “Send to canvas”.";

/**
 * What the button depends on. Take numbers are those of the tray, null: there is none. `shown` is the take the clip
 * shows in the sequence; `node` says whether something makes takes of the clip; `doing` is what is being done just now.
 * @typedef {{connection: import("./connection_words.js").Connection, hasClip: boolean, problem: string, hint: string,
 *   linked: boolean, node: "yes" | "no" | "loading", takes: number, pinned: number | null, shown: number | null,
 *   conflicts: number, making: number, failed: string, doing: string}} Facts
 * @typedef {"" | "push" | "generate" | "send" | "put" | "review" | "reconnect"} Act
 * @typedef {{label: string, act: Act, enabled: boolean, reason: string, quiet: boolean}} Primary
 * Off (`enabled` false) it always has a `reason`; `quiet`: there is nothing to do.
 */

/**
 * @param {string} label
 * @param {Act} act
 * @param {string} [reason]
 * @returns {Primary}
 */
function does(label, act, reason = "") {
  return { label, act, enabled: true, reason, quiet: false };
}

/**
 * @param {string} label
 * @param {string} reason
 * @param {boolean} [quiet]
 * @returns {Primary}
 */
function off(label, reason, quiet = false) {
  return { label, act: "", enabled: false, reason, quiet };
}

/**
 * What the button says and does now: the first thing in the way, else the next step of the clip.
 * @param {Facts} facts
 * @returns {Primary}
 */
function primary(facts) {
  const { connection } = facts;
  if (!connection.live) {
    return connection.next ? does("Reconnect", "reconnect", connection.cause) : off("Reconnect", connection.cause);
  }
  if (facts.doing) {
    return off(facts.doing, "Wait for it to finish; the log tells how it went.");
  }
  const wanted = ofClip(facts);
  if (connection.standing === "silent") {
    return off(wanted.label, connection.cause);
  }
  if (connection.standing === "busy" && (wanted.act === "push" || wanted.act === "put")) {
    return off(wanted.label, connection.cause);
  }
  return wanted;
}

/** @param {Facts} facts @returns {Primary} */
function ofClip(facts) {
  if (facts.conflicts) {
    return does(`Review ${counted(facts.conflicts, "conflict")}`, "review", "Sequence and canvas differ.");
  }
  if (!facts.hasClip) {
    return off("Push clip to canvas", NO_CLIP);
  }
  if (!facts.linked) {
    const why = `${facts.problem} ${facts.hint}`.trim();
    return facts.problem ? off("Push clip to canvas", why) : does("Push clip to canvas", "push");
  }
  return ofTakes(facts);
}

/** @param {Facts} facts @returns {Primary} */
function ofTakes(facts) {
  if (facts.pinned !== null && facts.pinned !== facts.shown) {
    return facts.shown === null
      ? does(`Put take ${facts.pinned} above`, "put", "It lies on a track above your clip, which stays as it is.")
      : does(`Swap to take ${facts.pinned}`, "put", `The clip shows take ${facts.shown} now; its trim stays.`);
  }
  if (facts.node === "loading") {
    return off("Generate first take", "Loading the canvas…");
  }
  if (facts.node === "no") {
    return does("Choose what to make", "send", "Nothing is made of this clip yet.");
  }
  if (facts.takes === 0) {
    if (facts.making) {
      return off("First take in progress", "It shows in the tray when it is there.");
    }
    return does(
      "Generate first take",
      "generate",
      facts.failed ? `The last one failed: ${facts.failed}` : "No take yet.",
    );
  }
  if (facts.pinned === null) {
    return off("Up to date", "No take is pinned: choose one with Pin.", true);
  }
  return off("Up to date", `The sequence shows the pinned take ${facts.pinned}.`, true);
}

module.exports = { NOTHING_MADE, NO_CLIP, primary };
