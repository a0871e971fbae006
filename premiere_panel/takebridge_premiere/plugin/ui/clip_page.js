"use strict";

/** The first tab: the clip, its takes, and the one thing to do next. */

const { bigView } = require("./big_view.js");
const { clipHeader, modeBar, twoFacts } = require("./clip_header.js");
const { stepButtons } = require("./step_buttons.js");
const { h, show } = require("./dom.js");
const { tray } = require("./tray.js");

/** From this width on, in pixels. */
const WIDE = 640;

/** @param {import("./app.js").App} app */
function clipPage(app) {
  const { state } = app;
  const modes = modeBar(app);
  const header = clipHeader(app);
  const takes = tray(app);
  const big = bigView(app, takes);
  const steps = stepButtons(app);
  const top = h("div", { class: "clip-top" }, modes.el, header.el);
  const middle = h("div", { class: "clip-middle" }, big.el, takes.el);
  const el = h(
    "div",
    { class: "clip-page" },
    top,
    middle,
    h("div", { class: "clip-foot" }, twoFacts(app).el, steps.el),
  );

  /** The view stands beside the tray where there is room for both. */
  function arrange() {
    middle.classList.toggle("beside", middle.offsetWidth >= WIDE);
  }

  function draw() {
    show(big.el, Boolean(state.get().big));
    arrange();
    takes.resized();
  }
  if (typeof ResizeObserver === "function") {
    new ResizeObserver(arrange).observe(el);
  }
  state.on(["big", "told", "jobsOpen", "clip", "tab"], draw);
  return {
    el,
    show: () => takes.open(true),
    hide: () => takes.open(false),
    letters: (/** @type {any} */ event) => big.letters(event) || takes.letters(event),
  };
}

module.exports = { clipPage };
