"use strict";

/** What stands round the pages: the connection strip, the tabs, sheets, the jobs below; and what keys mean there. */

const { connectionSheet } = require("./connection_sheet.js");
const { button, choice } = require("./controls.js");
const { as, h, say, show } = require("./dom.js");
const { jobsDrawer } = require("./jobs_drawer.js");
const { createKeys } = require("./keys.js");
const { PAGES } = require("./pages.js");
const { planSheet } = require("./plan_sheet.js");
const { budgetSheet } = require("./budget_sheet.js");
const { newCanvasSheet, settingsSheet } = require("./settings_sheet.js");
const { createSheets } = require("./sheets.js");
const { connectionOf } = require("./selectors.js");

const NEW_CANVAS = "+";

/** @param {import("./app.js").App} app */
function createShell(app) {
  const { root, state } = app;
  const strip = createStrip(app);
  const notice = h("div", { class: "notice gone" });
  const tabs = h("div", { class: "tabs" });
  const page = h("div", { class: "pages" });
  const layer = h("div", { class: "sheet gone" });
  const whole = h("div", { class: "whole" });
  const sheets = createSheets({ layer, page: whole, drawn: () => keys && keys.first() });
  app.sheets = Object.assign(sheets, openers(app));
  const drawer = jobsDrawer(app);
  /** @type {Record<string, {el: any, show(): void, hide(): void, letters?: (event: any) => boolean}>} */
  const pages = {};
  const tabButtons = PAGES.map((one) => ({
    ...one,
    button: button(one.title, () => state.set({ tab: one.name }), { look: "toggle", class: "tab" }),
  }));
  tabButtons.forEach((one) => tabs.appendChild(one.button.el));
  for (const part of [strip.el, notice, tabs, page, drawer.el]) {
    whole.appendChild(part);
  }
  root.appendChild(whole);
  root.appendChild(layer);
  let shown = "";
  const keys = createKeys({
    root,
    scope: () => (sheets.any() ? layer : whole),
    escape: () => sheets.shut(),
    letters: (event) => meant(app, event, pages[state.get().tab]),
  });

  function drawTab() {
    const wanted = PAGES.some((one) => one.name === state.get().tab) ? state.get().tab : PAGES[0].name;
    tabButtons.forEach((one) => one.button.check(one.name === wanted));
    if (wanted === shown) {
      return;
    }
    if (pages[shown]) {
      pages[shown].hide();
      show(pages[shown].el, false);
    }
    shown = wanted;
    if (!pages[wanted]) {
      const made = PAGES.find((one) => one.name === wanted);
      pages[wanted] = /** @type {any} */ (made).page(app);
      page.appendChild(pages[wanted].el);
    }
    show(pages[wanted].el, true);
    pages[wanted].show();
    app.memory.keep({ tab: wanted });
  }

  function drawLooks() {
    as(root, "looks-", state.get().looks);
  }

  function drawNotice() {
    const { update } = connectionOf(state.get());
    say(notice, update ? `△ ${update}` : "");
    show(notice, Boolean(update));
  }

  state.on(["tab"], drawTab);
  state.on(["looks"], drawLooks);
  state.on(["standing"], drawNotice);
  state.on(null, () => keys.draw());
  drawLooks();
  drawTab();
  drawNotice();
  return { sheets: app.sheets, keys, page: (/** @type {string} */ name) => pages[name] };
}

/** @param {import("./app.js").App} app */
function openers(app) {
  return {
    connection: () => connectionSheet(app),
    plan: (/** @type {any} */ wanted) => planSheet(app, wanted),
    budget: (/** @type {(() => void)=} */ then) => budgetSheet(app, then),
    settings: () => settingsSheet(app),
  };
}

/** @param {import("./app.js").App} app */
function createStrip(app) {
  const { state } = app;
  const dot = h("div", { class: "dot" });
  const words = h("div", { class: "strip-words" });
  const where = h(
    "div",
    { class: "strip-where", "data-stop": true, title: "Connection", on: { click: () => app.sheets.connection() } },
    dot,
    words,
  );
  const canvas = choice({
    name: "The canvas clips go to",
    class: "canvas-choice",
    onChange: (value) => (value === NEW_CANVAS ? newCanvasSheet(app) : app.loading.choose(value)),
  });
  const more = button("⋯", () => app.sheets.settings(), { look: "quiet", name: "Settings" });

  function draw() {
    const now = state.get();
    const found = connectionOf(now);
    say(dot, found.mark);
    as(dot, "tone-", found.token);
    say(words, found.short);
    const titles = Object.entries(now.canvases).map(([value, title]) => ({
      value,
      label: String(title) || "Untitled",
    }));
    const none = titles.length ? [] : [{ value: "", label: "No canvas yet" }];
    canvas.options([...none, ...titles, { value: NEW_CANVAS, label: "New canvas…" }]);
    canvas.set(now.canvasId);
    show(canvas.el, found.live);
  }
  state.on(["standing", "status", "busy", "canvases", "canvasId", "now"], draw);
  draw();
  return { el: h("div", { class: "strip" }, where, canvas.el, more.el) };
}

/**
 * What a key means outside text fields. Nothing that edits the cut or spends is on a bare letter.
 * @param {import("./app.js").App} app
 * @param {any} event
 * @param {any} page
 * @returns {boolean}
 */
function meant(app, event, page) {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") {
    const confirm = app.sheets.any() || !page || !page.confirm ? app.sheets.confirm : page.confirm;
    confirm();
    return true;
  }
  if (app.sheets.any()) {
    return false;
  }
  if (command && /^[1-4]$/.test(event.key)) {
    app.state.set({ tab: PAGES[Number(event.key) - 1].name });
    return true;
  }
  if (command && event.key === "z" && !event.shiftKey) {
    app.acts.undo();
    return true;
  }
  if (event.key === "F5") {
    app.following.look();
    return true;
  }
  return Boolean(page && page.letters && page.letters(event));
}

module.exports = { createShell };
