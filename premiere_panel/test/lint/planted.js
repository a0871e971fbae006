"use strict";

const { lintPlugin } = require("../../lint/lint.js");
const { readTypings } = require("../../lint/typings.js");

const VERSION = "1.2.3";
const ICON = { width: 24, height: 24, path: "icons/a.png", scale: [1, 2] };

/** A manifest nothing is wrong with, changed as told. */
function manifest(changes = {}) {
  return {
    manifestVersion: 5,
    id: "org.example.panel",
    name: "Example",
    version: VERSION,
    main: "index.html",
    host: { app: "premierepro", minVersion: "25.6.0" },
    entrypoints: [{ type: "panel", id: "one", label: { default: "One" }, icons: [ICON] }],
    icons: [ICON],
    requiredPermissions: { network: { domains: "all" } },
    ...changes,
  };
}

const PAGE = `<html>
  <head><link rel="stylesheet" href="panel.css"></head>
  <body><!-- <iframe onload="x"> --><div id="a" style="display: flex"></div><script src="main.js"></script></body>
</html>
`;

/** A plugin nothing is wrong with, with some of its files replaced. */
function plugin(files = {}) {
  const all = {
    "manifest.json": JSON.stringify(manifest()),
    "index.html": PAGE,
    "main.js": "const { two } = require(\"./parts/two.js\");\ntwo();\n",
    "parts/two.js": "function two() {}\nmodule.exports = { two };\n",
    "panel.css": "body {\n  display: flex;\n}\n",
    "icons/a@1x.png": "",
    "icons/a@2x.png": "",
    ...files,
  };
  return new Map(Object.entries(all).filter(([, text]) => text !== null));
}

const TYPINGS = `
export declare type Sequence = {
  getSelection(): Promise<string>;
  getTrackItems(): string[];
  setSelection(selection: string): boolean;
};
export declare type VideoTrack = { getTrackItems(type: Constants.TrackItemType, empty: boolean): string[]; };
export declare type Properties = {
  createSetValueAction(name: string, value: string, flag: Constants.PropertyType): Action;
};
export declare type ComponentParam = { createSetValueAction(value: number, safe: boolean): Action };
export declare type ClipProjectItem = { getContentType(): Promise<Constants.ContentType>; getSpeed(): number };
`;

/** Rules that find something in a plugin with these files, in order, each with its line: "file:line rule". */
function found(files) {
  const all = lintPlugin(plugin(files), { version: VERSION, typings: readTypings(TYPINGS) });
  return all.map(({ file, line, rule }) => `${file}:${line} ${rule}`);
}

/** The same for one script in place of parts/two.js: "line rule". */
function foundIn(script) {
  return found({ "parts/two.js": script }).map((one) => one.replace("parts/two.js:", ""));
}

module.exports = { VERSION, PAGE, manifest, found, foundIn };
