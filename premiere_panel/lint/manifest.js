"use strict";

/** The rules for manifest.json that a person breaks while developing; the package's builder checks every field. */

const { Findings } = require("./findings.js");

const LOWEST = [25, 6, 0];

/**
 * @param {string} name
 * @param {string} text
 * @param {{files: Set<string>, version: string}} known `version`: package.json's
 * @returns {import("./findings.js").Finding[]}
 */
function lintManifest(name, text, known) {
  const findings = new Findings(name, text);
  let manifest;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    findings.add(0, "manifest", `not JSON: ${error instanceof Error ? error.message : error}`);
    return findings.all;
  }
  for (const [word, message] of faults(manifest, known)) {
    findings.add(Math.max(0, text.indexOf(`"${word}"`)), "manifest", message);
  }
  return findings.all;
}

/** @returns {Array<[string, string]>} the key to look at and what is wrong */
function faults(manifest, known) {
  if (manifest === null || typeof manifest !== "object" || Array.isArray(manifest)) {
    return [["", "not an object"]];
  }
  const found = [];
  const want = (good, word, message) => {
    if (!good) {
      found.push([word, message]);
    }
  };
  const host = manifest.host;
  want(manifest.manifestVersion === 5, "manifestVersion", "manifestVersion is 5");
  want(typeof manifest.id === "string" && manifest.id.includes("."), "id", "id is a dotted name");
  want(manifest.version === known.version, "version", `version is package.json's ${known.version}`);
  const own = host && !Array.isArray(host) && host.app === "premierepro";
  want(own, "host", "host is one object for premierepro");
  want(!own || isRecent(host.minVersion), "minVersion", "host.minVersion is 25.6.0 or later");
  want(known.files.has(manifest.main || "main.js"), "main", "main is a file of the plugin");
  const permissions = manifest.requiredPermissions || {};
  const all = permissions.network && permissions.network.domains === "all";
  want(all, "domains", "network.domains is the word “all”: a list keeps the bridge out in Premiere 26.3");
  const strings = permissions.allowCodeGenerationFromStrings;
  want(!strings, "allowCodeGenerationFromStrings", "code from strings is not needed");
  const panels = Array.isArray(manifest.entrypoints) ? manifest.entrypoints : [];
  want(panels.length > 0, "entrypoints", "entrypoints has a panel");
  for (const icon of [...(manifest.icons || []), ...panels.flatMap((panel) => (panel && panel.icons) || [])]) {
    for (const file of iconFiles(icon)) {
      want(known.files.has(file), icon.path, `the icon ${file} is not in the plugin`);
    }
  }
  want((manifest.icons || []).length > 0, "icons", "icons has one for the list of plugins");
  return found;
}

function isRecent(version) {
  if (typeof version !== "string" || !/^\d+\.\d+\.\d+$/.test(version)) {
    return false;
  }
  const numbers = version.split(".").map(Number);
  const index = numbers.findIndex((number, place) => number !== LOWEST[place]);
  return index < 0 || numbers[index] > LOWEST[index];
}

/** `icons/a.png` at scales 1 and 2 stands for `icons/a@1x.png` and `icons/a@2x.png`. */
function iconFiles(icon) {
  const said = String((icon && icon.path) || "");
  const dot = said.lastIndexOf(".");
  return ((icon && icon.scale) || [1]).map((scale) => `${said.slice(0, dot)}@${scale}x${said.slice(dot)}`);
}

module.exports = { lintManifest };
