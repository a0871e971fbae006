"use strict";

/**
 * Where Premiere starts: the panel is announced at once (a late setup raises errors nobody can catch), the app and its
 * link live at module level, so they run from the plugin's load on and outlast a panel that is closed and opened again.
 */

const { entrypoints, host, versions } = require("uxp");

const PANEL = "takebridge";

entrypoints.setup({
  plugin: { create() {}, destroy() {} },
  panels: {
    [PANEL]: {
      create(root) {
        show(root);
      },
      show(root) {
        show(root);
      },
      hide() {},
      destroy() {},
    },
  },
});

const { createDesk } = require("./agent/desk.js");
const { systemClock } = require("./link/clock.js");
const { createLink } = require("./link/socket.js");
const { createApp } = require("./ui/app.js");

const clock = systemClock();
const hostVersion = (host && host.version) || "25.6.0";
const version = (versions && versions.plugin) || "0.1.0";
const desk = createDesk({ ppro: require("premierepro"), version: hostVersion, clock });
const link = createLink({
  WebSocket,
  storage: localStorage,
  desk,
  clock,
  version,
  hostVersion,
  name: `Premiere ${hostVersion} on ${require("os").platform() === "darwin" ? "macOS" : "Windows"}`,
});
createApp({
  document,
  root: document.getElementById(PANEL),
  link,
  storage: localStorage,
  clock,
  version,
  clipboard: { write: (text) => navigator.clipboard.writeText(text) },
});
link.start();

/**
 * Put the app's root into the panel. Called for each showing: `hide` and `destroy` are not reliable, so it may be
 * there.
 * @param {HTMLElement} root
 */
function show(root) {
  const page = document.getElementById(PANEL);
  if (page && !root.contains(page)) {
    root.appendChild(page);
  }
}
