"use strict";

/** The rules for style sheets and style attributes: every declaration is looked at, in whatever block it stands. */

const { Findings } = require("./findings.js");
const { bannedStyle, strangeAddress } = require("./words.js");

const GRIDS = ["grid", "inline-grid"];

/** @returns {import("./findings.js").Finding[]} */
function lintStyles(name, text) {
  const findings = new Findings(name, text);
  for (const { at, property, value } of declarations(text)) {
    checkDeclaration(findings, at, property, value);
  }
  return findings.all;
}

function checkDeclaration(findings, at, property, value) {
  if (property.startsWith("@")) {
    if (property === "@keyframes" || property === "@-webkit-keyframes") {
      findings.add(at, "style", "UXP has no CSS animations");
    } else if (property === "@import" || property === "@font-face") {
      findings.add(at, "style", `${property} is not in UXP`);
    }
    return;
  }
  const grid = property === "display" && GRIDS.includes(value.toLowerCase());
  const why = bannedStyle(grid ? "grid" : property);
  if (why) {
    findings.add(at, "style", `${property}: ${why}`);
  }
  const address = strangeAddress(value);
  if (address) {
    findings.add(at, "address", `${address}: the panel calls ws://127.0.0.1 and nothing else`);
  }
}

/** `property: value` pairs and at-rules of a sheet, with the offset each begins at. */
function declarations(text) {
  const found = [];
  const bare = blanked(text);
  let start = 0;
  for (let index = 0; index <= bare.length; index += 1) {
    const mark = bare[index];
    if (mark !== ";" && mark !== "{" && mark !== "}" && mark !== undefined) {
      continue;
    }
    const piece = bare.slice(start, index);
    const at = start + piece.length - piece.trimStart().length;
    const said = text.slice(at, index).trim();
    const colon = bare.slice(at, index).indexOf(":");
    if (said.startsWith("@")) {
      found.push({ at, property: said.split(/[\s;{]/)[0].toLowerCase(), value: said });
    } else if (mark !== "{" && colon > 0) {
      found.push({ at, property: said.slice(0, colon).trim().toLowerCase(), value: said.slice(colon + 1).trim() });
    }
    start = index + 1;
  }
  return found;
}

/** The same text with comments and the insides of strings and url() as spaces, so that marks in them say nothing. */
function blanked(text) {
  return text.replace(/\/\*[\s\S]*?(?:\*\/|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|url\([^)]*\)/g, (found) =>
    found.replace(/[^\n]/g, " "),
  );
}

module.exports = { lintStyles, declarations };
