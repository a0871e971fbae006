"use strict";

/**
 * What Premiere's own typings say that the rules need: which methods answer with a Promise, and which parameters and
 * results are enums. Read from the installed package, so a new release of it brings new facts.
 */

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

/** The package exports its types only, so `require.resolve` does not find them. */
const TYPINGS = path.resolve(__dirname, "..", "node_modules", "@adobe", "premierepro", "src");

/**
 * @param {string} text the declaration file
 * @returns {{promises: Set<string>, enumParameters: Map<string, Set<number>>, enumResults: Set<string>}}
 */
function readTypings(text) {
  const file = ts.createSourceFile("premierepro.d.ts", text, ts.ScriptTarget.ES2020, true);
  /** @type {Map<string, ts.SignatureDeclarationBase[]>} */
  const signatures = new Map();
  const visit = (node) => {
    if (ts.isMethodSignature(node) && ts.isIdentifier(node.name)) {
      signatures.set(node.name.text, [...(signatures.get(node.name.text) || []), node]);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const promises = new Set();
  const enumResults = new Set();
  const enumParameters = new Map();
  for (const [name, all] of signatures) {
    const results = all.map((one) => (one.type ? one.type.getText(file) : ""));
    if (results.every((result) => result.startsWith("Promise<"))) {
      promises.add(name);
    }
    if (results.every((result) => result.includes("Constants."))) {
      enumResults.add(name);
    }
    enumParameters.set(name, enumPositions(all, file));
  }
  return { promises, enumParameters, enumResults };
}

/** The positions at which a name takes an enum; a release that still says "number" there means the same. */
function enumPositions(signatures, file) {
  const most = Math.max(...signatures.map((one) => one.parameters.length));
  const positions = new Set();
  for (let index = 0; index < most; index += 1) {
    const there = signatures.filter((one) => one.parameters.length > index);
    const types = there.map((one) => one.parameters[index].type?.getText(file) || "");
    const enums = types.filter((type) => type.includes("Constants."));
    if (enums.length && types.every((type) => enums.includes(type) || type === "number")) {
      positions.add(index);
    }
  }
  return positions;
}

/** The typings of the installed package. */
function installedTypings() {
  return readTypings(fs.readFileSync(path.join(TYPINGS, "premierepro.d.ts"), "utf8"));
}

module.exports = { readTypings, installedTypings };
