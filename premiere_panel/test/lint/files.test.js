"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { PAGE, VERSION, found, manifest } = require("./planted.js");

test("a plugin nothing is wrong with", () => {
  assert.deepEqual(found({}), []);
});

const STYLES = {
  "display: grid;": 1,
  "display:GRID ;": 1,
  "grid-template-columns: 1fr;": 1,
  "grid: none;": 1,
  "animation: a 1s;": 1,
  "-webkit-animation-name: a;": 1,
  "transition: all 1s;": 1,
  "transition-duration: 1s;": 1,
  "text-transform: uppercase;": 1,
  "font: bold 12px sans-serif;": 1,
  "float: left;": 1,
  "font-size: 12px; font-weight: 700;": 0,
  "/* grid: none; */ color: red;": 0,
  "color: red; /* ; transition: all */": 0,
};

for (const [text, faults] of Object.entries(STYLES)) {
  test(`CSS: ${text}`, () => {
    const expected = faults ? ["panel.css:2 style"] : [];
    assert.deepEqual(found({ "panel.css": `a {\n  ${text}\n}\n` }), expected);
  });
}

test("CSS in a block within a block, and a last declaration without a semicolon", () => {
  const text = "@media (prefers-color-scheme: light) {\n  a:hover {\n    color: red;\n    transition: none\n  }\n}\n";
  assert.deepEqual(found({ "panel.css": text }), ["panel.css:4 style"]);
});

test("CSS at-rules and addresses", () => {
  assert.deepEqual(found({ "panel.css": "@keyframes a {\n  from { top: 0 }\n}\n" }), ["panel.css:1 style"]);
  const far = "a {\n  background: url(https://example.org/a.png);\n}\n";
  assert.deepEqual(found({ "panel.css": far }), ["panel.css:2 address"]);
});

const PAGES = {
  "<div onclick=\"go()\"></div>": "inline-handler",
  "<iframe></iframe>": "tag",
  "<ul></ul>": "tag",
  "<input type=\"file\">": "tag",
  "<script>go();</script>": "inline-script",
  "<script type='module' src='main.js'></script>": "es-module",
  "<script src=\"https://example.org/a.js\"></script>": "address",
  "<img src=\"icons/gone.png\">": "missing",
  "<link rel=stylesheet href=gone.css>": "missing",
  "<div style=\"transition: all 1s\"></div>": "style",
  "<style>a { color: red }</style>": "tag",
};

for (const [markup, rule] of Object.entries(PAGES)) {
  test(`HTML: ${markup}`, () => {
    assert.deepEqual(found({ "index.html": `${PAGE}${markup}\n` }), [`index.html:5 ${rule}`]);
  });
}

const MANIFESTS = {
  "an older schema": { manifestVersion: 4 },
  "a host in a list": { host: [{ app: "premierepro", minVersion: "25.6.0" }] },
  "another host": { host: { app: "PS", minVersion: "25.6.0" } },
  "a host that is too old": { host: { app: "premierepro", minVersion: "25.5.9" } },
  "a host version of two numbers": { host: { app: "premierepro", minVersion: "25.6" } },
  "an id of one word": { id: "panel" },
  "another version than the package": { version: "1.2.4" },
  "a page that is not there": { main: "gone.html" },
  "a list of domains": { requiredPermissions: { network: { domains: ["ws://127.0.0.1"] } } },
  "“all” in a list": { requiredPermissions: { network: { domains: ["all"] } } },
  "code from strings": {
    requiredPermissions: { network: { domains: "all" }, allowCodeGenerationFromStrings: true },
  },
  "no panel": { entrypoints: [] },
  "no icon": { icons: [] },
};

for (const [title, changes] of Object.entries(MANIFESTS)) {
  test(`manifest: ${title}`, () => {
    assert.deepEqual(found({ "manifest.json": JSON.stringify(manifest(changes)) }), ["manifest.json:1 manifest"]);
  });
}

test("manifest: later hosts and other panels are right", () => {
  const later = manifest({ host: { app: "premierepro", minVersion: "26.0.0" }, version: VERSION });
  assert.deepEqual(found({ "manifest.json": JSON.stringify(later) }), []);
});

test("manifest: no JSON, no object, none at all, an icon that is missing at one scale", () => {
  assert.deepEqual(found({ "manifest.json": "{" }), ["manifest.json:1 manifest"]);
  assert.deepEqual(found({ "manifest.json": "[]" }), ["manifest.json:1 manifest"]);
  assert.deepEqual(found({ "manifest.json": null }), ["manifest.json:1 manifest"]);
  const twice = ["manifest.json:1 manifest", "manifest.json:1 manifest"];
  assert.deepEqual(found({ "icons/a@2x.png": null }), twice);
});
