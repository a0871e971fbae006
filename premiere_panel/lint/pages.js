"use strict";

/** The rules for the page: scripts and styles from files beside it, no handlers in attributes. */

const path = require("node:path");
const { Findings } = require("./findings.js");
const { declarations } = require("./styles.js");
const { bannedStyle, strangeAddress } = require("./words.js");

const BANNED_TAGS = new Map([
  ["iframe", "UXP has no frames"],
  ["ul", "UXP draws lists as plain blocks: use div"],
  ["ol", "UXP draws lists as plain blocks: use div"],
  ["title", "UXP may show the title as text"],
  ["style", "styles belong in panel.css, where they are checked"],
]);
const VALUE = String.raw`\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))`;
const ATTRIBUTE = new RegExp(String.raw`([^\s=>"'/]+)(?:${VALUE})?`, "g");
const INSIDE = ATTRIBUTE.source.replace(/\((?!\?)/g, "(?:");
const ELEMENT = new RegExp(String.raw`<!--[\s\S]*?(?:-->|$)|<([a-z][a-z0-9-]*)((?:\s+${INSIDE})*)\s*/?>`, "gi");

/**
 * @param {string} name
 * @param {string} text
 * @param {{files: Set<string>}} known
 * @returns {import("./findings.js").Finding[]}
 */
function lintPage(name, text, known) {
  const findings = new Findings(name, text);
  for (const { at, end, tag, attributes } of elements(text)) {
    checkElement(findings, { at, tag, attributes, name, files: known.files });
    if (tag === "script" && text.slice(end, text.indexOf("</script", end)).trim()) {
      findings.add(at, "inline-script", "a script in the page is not checked: put it into a file");
    }
  }
  return findings.all;
}

/** Every opening tag, outside comments. */
function elements(text) {
  const found = [];
  for (const match of text.matchAll(ELEMENT)) {
    if (match[1]) {
      const attributes = new Map();
      for (const [, key, double, single, bare] of match[2].matchAll(ATTRIBUTE)) {
        attributes.set(key.toLowerCase(), double ?? single ?? bare ?? "");
      }
      found.push({ at: match.index, end: match.index + match[0].length, tag: match[1].toLowerCase(), attributes });
    }
  }
  return found;
}

function checkElement(findings, { at, tag, attributes, name, files }) {
  if (BANNED_TAGS.has(tag)) {
    findings.add(at, "tag", `<${tag}>: ${BANNED_TAGS.get(tag)}`);
  }
  if (tag === "input" && ["file", "color"].includes(attributes.get("type") || "")) {
    findings.add(at, "tag", `UXP has no <input type=${attributes.get("type")}>`);
  }
  if (tag === "script" && attributes.get("type") === "module") {
    findings.add(at, "es-module", "UXP loads CommonJS: no modules in the page");
  }
  for (const [key, value] of attributes) {
    if (key.startsWith("on")) {
      findings.add(at, "inline-handler", `${key}: an inline handler is code from a string`);
    }
    const address = strangeAddress(value);
    if (address) {
      findings.add(at, "address", `${address}: the panel calls ws://127.0.0.1 and nothing else`);
    } else if (key === "src" || (key === "href" && tag === "link")) {
      const wanted = path.posix.join(path.posix.dirname(name), value);
      if (!value.startsWith("data:") && !files.has(wanted)) {
        findings.add(at, "missing", `${value} is not in the plugin`);
      }
    }
  }
  for (const { property } of declarations(attributes.get("style") || "")) {
    if (bannedStyle(property)) {
      findings.add(at, "style", `${property}: ${bannedStyle(property)}`);
    }
  }
}

module.exports = { lintPage };
