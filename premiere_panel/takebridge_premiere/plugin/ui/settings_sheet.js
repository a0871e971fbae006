"use strict";

/** Settings: looks, port, forgetting the bridge; and a new canvas. Each takes effect at once. */

const { portOf } = require("../link/address.js");
const { button, field, segments } = require("./controls.js");
const { h, say, show } = require("./dom.js");

const KEYS = [
  ["Tab, arrows", "go from control to control; inside the tray from take to take"],
  ["Enter", "press; in the tray: pin the ringed take"],
  ["1 to 4, 0", "stars of the ringed take; none"],
  ["P, X, U", "pick · reject (hides, never deletes) · clear"],
  ["← →", "in the bigger view: scrub"],
  ["Q", "in the bigger view: flip between take and clip"],
  ["F5", "look at the clip again"],
  ["Ctrl+1 … Ctrl+4", "the tabs"],
  ["Ctrl+Z", "undo the newest pin or rating made here"],
  ["T, C, B, L", "in a conflict: keep timeline, use canvas, keep both, decide later"],
  ["Ctrl+Enter", "confirm in the open sheet; on the round trip: apply what is shown"],
  ["Esc", "leave the field, then the sheet"],
];

/** @param {import("./app.js").App} app */
function settingsSheet(app) {
  const { state, link } = app;
  const looks = segments(
    [
      { value: "host", label: "As Premiere" },
      { value: "dark", label: "Dark" },
      { value: "light", label: "Light" },
    ],
    (value) => {
      looks.set(value);
      state.set({ looks: value });
      app.memory.keep({ looks: value });
    },
  );
  looks.set(state.get().looks);
  const kept = link.standing().port;
  const port = field({
    name: "Port of the bridge",
    value: kept === null ? "" : String(kept),
    width: "90px",
    onEnter: setPort,
  });
  const told = h("div", { class: "label wrap" });
  const sure = h("div", { class: "stack gone" });
  const forget = button("Forget this bridge", () => show(sure, true), { look: "plain" });
  const really = button("Forget it", () => forgot(), { look: "plain" });
  const keep = button("Keep it", () => show(sure, false), { look: "plain" });
  sure.appendChild(
    h(
      "div",
      { class: "label wrap" },
      "The panel then has to be paired again. Nothing on the canvas or in the cut changes.",
    ),
  );
  sure.appendChild(h("div", { class: "row" }, really.el, keep.el));

  function setPort() {
    const found = portOf(port.value);
    if (found === null) {
      say(told, "A port is a number from 1 to 65535.");
      return;
    }
    link.setPort(found);
    say(told, `The bridge is looked for on port ${found} now.`);
  }

  function forgot() {
    link.forget();
    app.say("The bridge was forgotten. “takebridge panels” lists the panels it still knows.");
    sheet.close();
  }

  const sheet = app.ask({
    title: "Settings",
    body: [
      h("div", { class: "card" }, h("div", { class: "title" }, "Looks"), looks.el),
      h(
        "div",
        { class: "card" },
        h("div", { class: "title" }, "Bridge"),
        h(
          "div",
          { class: "row" },
          port.el,
          button("Use this port", setPort).el,
          button("Connection", () => app.sheets.connection()).el,
        ),
        told,
        h("div", { class: "row" }, forget.el),
        sure,
      ),
      h(
        "div",
        { class: "card" },
        h("div", { class: "title" }, "Keys"),
        KEYS.map(([key, does]) =>
          h(
            "div",
            { class: "fact" },
            h("div", { class: "fact-name figures" }, key),
            h("div", { class: "fact-words" }, does),
          ),
        ),
      ),
    ],
  });
}

/** @param {import("./app.js").App} app */
function newCanvasSheet(app) {
  const title = field({ name: "Title of the canvas", placeholder: "Title", onEnter: make });
  const problem = h("div", { class: "problem" });
  const go = button("Make canvas", make, { look: "primary" });

  async function make() {
    const words = title.value.trim().slice(0, 200);
    if (!words) {
      say(problem, "Give it a title.");
      return;
    }
    try {
      const made = await app.api.createCanvas(words);
      app.state.set({ canvases: { ...app.state.get().canvases, [made.canvas.id]: words } });
      app.loading.choose(made.canvas.id);
      app.say(`Canvas “${words}” is ready.`);
      sheet.close();
    } catch (error) {
      app.tell(error, "New canvas");
      say(problem, /** @type {any} */ (error).message);
    }
  }
  const sheet = app.ask({ title: "New canvas", body: [title.el, problem], foot: [go.el], confirm: make });
}

module.exports = { newCanvasSheet, settingsSheet };
