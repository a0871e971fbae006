"use strict";

/**
 * Where the link stands.
 * `unpaired`: no token for the bridge (`stranger`: another bridge answers on that port). `searching`: nobody answers.
 * `connecting`: somebody does. `frozen`: connected, but `who` ("bridge" or "editor") is silent. `refused`: the token is
 * no longer good, or a code was wrong; `error` has the bridge's words. `other-version`: it speaks another protocol.
 * @typedef {"unpaired" | "searching" | "connecting" | "connected" | "frozen" | "refused" | "other-version"} Name
 * @typedef {Readonly<{name: Name, port: number | null, bridgeVersion: string, shipped: string, who: string,
 *   stranger: boolean, error: import("./faults.js").Refusal | null, since: number | null}>} Standing
 * `shipped` is the version of the panel that the bridge ships, `since` when the connection was lost (null: never was).
 */

/** @type {Standing} */
const START = Object.freeze({
  name: "unpaired",
  port: null,
  bridgeVersion: "",
  shipped: "",
  who: "",
  stranger: false,
  error: null,
  since: null,
});

/** Close codes of docs/protocol/panel-socket.md. */
const CLOSED = Object.freeze({ STOPPED: 1000, REFUSED: 4001, OTHER_VERSION: 4002, REVOKED: 4003, TAKEN_OVER: 4004 });

/**
 * Say whether two versions of the protocol share their major number.
 * @param {string} one
 * @param {string} other
 * @returns {boolean}
 */
function speaksTo(one, other) {
  return String(one).split(".")[0] === String(other).split(".")[0];
}

/**
 * Say whether version `one` is older than `other`; both as 1.2.3, what is no number counts as 0.
 * @param {string} one
 * @param {string} other
 * @returns {boolean}
 */
function isOlder(one, other) {
  const [a, b] = [one, other].map((text) =>
    String(text)
      .split(".")
      .map((part) => parseInt(part, 10) || 0),
  );
  for (let at = 0; at < 3; at += 1) {
    if ((a[at] || 0) !== (b[at] || 0)) {
      return (a[at] || 0) < (b[at] || 0);
    }
  }
  return false;
}

module.exports = { CLOSED, START, isOlder, speaksTo };
