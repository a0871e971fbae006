"use strict";

const { Refusal } = require("./faults.js");

const ADDRESS = /^ws:\/\/127\.0\.0\.1:([1-9][0-9]{0,4})\/panel$/;

/**
 * Return the port a person typed or that was kept, null for anything that is none (1 to 65535, decimal digits alone).
 * @param {unknown} text
 * @returns {number | null}
 */
function portOf(text) {
  const digits = String(text === null || text === undefined ? "" : text).trim();
  if (!/^[1-9][0-9]{0,4}$/.test(digits)) {
    return null;
  }
  const port = Number(digits);
  return port <= 65535 ? port : null;
}

/**
 * Return the one address the panel ever dials. The manifest has to allow every domain (Premiere 26.3 refuses lists of
 * loopback origins), so this check is what keeps the panel on this computer. Raises Refusal for a port that is none.
 * @param {unknown} port
 * @returns {string}
 */
function socketUrl(port) {
  const found = portOf(port);
  if (found === null) {
    throw new Refusal("usage", "That is not a port.", "Write the number that 'takebridge pair' shows.");
  }
  return requireLoopback(`ws://127.0.0.1:${found}/panel`);
}

/**
 * Return `url` when it is the literal loopback address of the panel's socket. Raises Refusal for every other.
 * @param {string} url
 * @returns {string}
 */
function requireLoopback(url) {
  const found = ADDRESS.exec(url);
  if (!found || portOf(found[1]) === null) {
    throw new Refusal("usage", "The panel speaks to this computer alone.", "Pair it again with 'takebridge pair'.");
  }
  return url;
}

module.exports = { portOf, requireLoopback, socketUrl };
