"use strict";

/**
 * `node lint/lint.js [FOLDER]`: what UXP does not do, or does otherwise than a browser, found before Premiere does.
 * Prints one line a finding, `file:line rule: what to do`, and ends with 1 when there is any.
 */

const fs = require("node:fs");
const path = require("node:path");
const { lintManifest } = require("./manifest.js");
const { lintPage } = require("./pages.js");
const { lintScript } = require("./scripts.js");
const { lintStyles } = require("./styles.js");
const { installedTypings } = require("./typings.js");

const PANEL = path.resolve(__dirname, "..");
const PLUGIN = path.join(PANEL, "takebridge_premiere", "plugin");

/**
 * @param {Map<string, string>} texts every file of a plugin by its path, "/" between folders; pictures may be ""
 * @param {{version: string, typings?: ReturnType<import("./typings.js").readTypings>}} options
 * @returns {import("./findings.js").Finding[]}
 */
function lintPlugin(texts, { version, typings = installedTypings() }) {
  const known = { files: new Set(texts.keys()), version, typings };
  const kinds = { ".js": lintScript, ".css": lintStyles, ".html": lintPage };
  const found = [];
  for (const [name, text] of [...texts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const lint = name === "manifest.json" ? lintManifest : kinds[path.extname(name)];
    if (lint) {
      found.push(...lint(name, text, known));
    }
  }
  if (!texts.has("manifest.json")) {
    found.push({ file: "manifest.json", line: 1, rule: "manifest", message: "it is not there" });
  }
  return found;
}

/** Every file below a folder, by its path. */
function textsOf(folder, prefix = "") {
  const texts = new Map();
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      textsOf(name, `${prefix}${entry.name}/`).forEach((text, inside) => texts.set(inside, text));
    } else {
      texts.set(`${prefix}${entry.name}`, /\.(png|svg)$/.test(entry.name) ? "" : fs.readFileSync(name, "utf8"));
    }
  }
  return texts;
}

/** The version the panel's package.json says. */
function panelVersion() {
  return JSON.parse(fs.readFileSync(path.join(PANEL, "package.json"), "utf8")).version;
}

function main() {
  const found = lintPlugin(textsOf(process.argv[2] || PLUGIN), { version: panelVersion() });
  for (const { file, line, rule, message } of found) {
    console.log(`${file}:${line} ${rule}: ${message}`);
  }
  console.log(found.length ? `${found.length} found` : "The panel is clean.");
  process.exitCode = found.length ? 1 : 0;
}

if (require.main === module) {
  main();
}

module.exports = { lintPlugin, textsOf, panelVersion, PLUGIN };
