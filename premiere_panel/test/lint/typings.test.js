"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { installedTypings } = require("../../lint/typings.js");

test("the installed typings still say what the rules rest on", () => {
  const { promises, enumParameters, enumResults } = installedTypings();
  for (const name of ["getActiveProject", "importFiles", "getMediaFilePath", "getVideoTrackCount"]) {
    assert.ok(promises.has(name), name);
  }
  for (const name of ["lockedAccess", "executeTransaction", "getTrackItems", "setSelection"]) {
    assert.ok(!promises.has(name), name);
  }
  assert.ok(enumParameters.get("getTrackItems").has(0));
  assert.ok(enumParameters.get("createSetValueAction").has(2));
  assert.ok(enumParameters.get("exportSequence").has(1));
  assert.ok(enumResults.has("getContentType"));
});

/** Elements and events of the whitelist that Adobe's typings for UXP 7.3 do not have, and who says so instead. */
const ELSEWHERE = new Set([
  "ResizeObserver", // UXP 8.1 change log
  "IntersectionObserver", // UXP 8.1 change log
]);

test("the whitelist of surroundings names nothing that UXP's own typings do not have", () => {
  const root = path.resolve(__dirname, "..", "..");
  const uxp = path.join(root, "node_modules", "@adobe", "cc-ext-uxp-types", "uxp", "index.d.ts");
  const theirs = fs.readFileSync(uxp, "utf8");
  const ours = fs.readFileSync(path.join(root, "types", "surroundings.d.ts"), "utf8");
  const members = bodyOf(ours, "interface HTMLElement extends Node").concat(bodyOf(ours, "interface Node extends"));
  const known = new Set(bodyOf(theirs, "declare class HTMLElement extends Element"));
  const missing = members.filter((name) => !known.has(name) && name !== "classList");
  assert.deepEqual(missing, []);
  const classes = [...ours.matchAll(/^declare class (\w+)/gm)].map((match) => match[1]);
  const strange = classes.filter((name) => !theirs.includes(`declare class ${name}`) && !ELSEWHERE.has(name));
  assert.deepEqual(strange, []);
});

/** The names of the members of a type, by its opening line. */
function bodyOf(text, opening) {
  const start = text.indexOf(opening);
  assert.ok(start >= 0, opening);
  const body = text.slice(text.indexOf("{", start) + 1, text.indexOf("\n}", start));
  return [...body.matchAll(/^ +(?:readonly )?(\w+)(?=[(:<])/gm)].map((match) => match[1]);
}
