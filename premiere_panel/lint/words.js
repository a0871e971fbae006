"use strict";

/** What UXP lacks or the panel must not use, in one place: rules over scripts, styles and pages share it. */

/** CSS that UXP does not do; `grid` and the others also stand for what begins with them and a hyphen. */
const BANNED_STYLES = new Map([
  ["grid", "UXP has no CSS grid: use flex"],
  ["animation", "UXP has no CSS animations"],
  ["transition", "UXP has no CSS transitions"],
  ["text-transform", "UXP has no text-transform: write the text as it shall be read"],
  ["font", "UXP has no font shorthand: write font-size, font-weight and font-family"],
  ["float", "UXP has no float: use flex"],
]);
const WITH_LONGHANDS = ["grid", "animation", "transition"];

/** @param {string} property in CSS spelling @returns {string} why it may not be used, or "" */
function bannedStyle(property) {
  const name = property.toLowerCase().replace(/^-(webkit|moz|ms)-/, "");
  const family = WITH_LONGHANDS.find((one) => name === one || name.startsWith(`${one}-`));
  return BANNED_STYLES.get(family || name) || "";
}

/** @param {string} name as in `style.textTransform` @returns {string} as in CSS */
function cssSpelling(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const ADDRESS = /\b(?:https?|wss?|ftp|file):\/\/[^\s"'`]*/gi;
/** XML namespaces look like addresses and are none. */
const NAMESPACE = /^http:\/\/(?:ns\.adobe\.com|www\.w3\.org)\//;
const BRIDGE = /^ws:\/\/127\.0\.0\.1(?::|\/|$)/;

/** @param {string} text @returns {string | null} the first address in it that is not the bridge's */
function strangeAddress(text) {
  return (text.match(ADDRESS) || []).find((address) => !BRIDGE.test(address) && !NAMESPACE.test(address)) || null;
}

/** Modules of UXP and Premiere the panel may ask for. */
const MODULES = new Set(["uxp", "premierepro", "os"]);

/** Names of browsers and of Node that a plugin does not have, or may not use. */
const BANNED_NAMES = new Map([
  ["TextDecoder", "UXP has no TextDecoder: the bridge sends text"],
  ["alert", "alerts are off in UXP: say it in the panel"],
  ["confirm", "alerts are off in UXP: ask in the panel"],
  ["prompt", "alerts are off in UXP: ask in the panel"],
  ["eval", "UXP allows no code from strings"],
  ["Function", "UXP allows no code from strings"],
  ["fetch", "the panel talks over its one WebSocket only"],
  ["XMLHttpRequest", "the panel talks over its one WebSocket only"],
  ["EventSource", "the panel talks over its one WebSocket only"],
  ["structuredClone", "UXP has no structuredClone"],
  ["Worker", "UXP has no workers"],
  ["process", "Node's names are not there in UXP"],
  ["Buffer", "Node's names are not there in UXP"],
  ["__dirname", "Node's names are not there in UXP"],
  ["__filename", "Node's names are not there in UXP"],
]);

/** Properties that turn text into elements. */
const MARKUP = new Set(["innerHTML", "outerHTML", "insertAdjacentHTML"]);

module.exports = { bannedStyle, cssSpelling, strangeAddress, MODULES, BANNED_NAMES, MARKUP };
