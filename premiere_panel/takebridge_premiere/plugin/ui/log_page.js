"use strict";

/** What happened, in sentences with times. Codes and raw words are under Details; Copy takes all lines. */

const { button } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { joined, timeOf } = require("./log_words.js");

const MOST_SHOWN = 200;

/** @param {import("./app.js").App} app */
function logPage(app) {
  const list = h("div", { class: "stack" });
  const told = h("div", { class: "caption" });
  const empty = h(
    "div",
    { class: "empty" },
    "Nothing has happened yet. What is done here, or in the browser, is told in sentences.",
  );
  const copy = button("Copy", () => copied(), { look: "plain", name: "Copy the whole log" });
  const clear = button("Clear", () => app.state.set({ log: [] }), { look: "plain" });
  const el = h(
    "div",
    { class: "page" },
    h("div", { class: "row" }, h("div", { class: "grow" }, told), copy.el, clear.el),
    empty,
    list,
  );
  let open = false;

  async function copied() {
    const words = await app.copy(joined(app.state.get().log));
    say(told, words);
  }

  function draw() {
    const { log } = app.state.get();
    show(empty, !log.length);
    copy.enable(log.length > 0);
    clear.enable(log.length > 0);
    fill(list, log.slice(-MOST_SHOWN).reverse().map(row));
  }

  app.state.on(["log"], () => open && draw());
  return {
    el,
    show() {
      open = true;
      say(told, "");
      draw();
    },
    hide() {
      open = false;
    },
  };
}

/** @param {import("./log_words.js").Line} line */
function row(line) {
  const glyph = { good: "✓", warning: "▲", error: "✕", plain: "·" }[line.level];
  const details = line.details ? h("div", { class: "details gone" }, line.details) : null;
  const more = details
    ? button("Details", () => show(details, details.classList.contains("gone")), { look: "quiet" })
    : null;
  return h(
    "div",
    { class: `log-line level-${line.level}` },
    h("div", { class: "log-time figures" }, timeOf(line.at)),
    h("div", { class: "log-glyph" }, glyph),
    h("div", { class: "grow" }, h("div", { class: "wrap" }, line.text), details),
    more && more.el,
  );
}

module.exports = { logPage };
