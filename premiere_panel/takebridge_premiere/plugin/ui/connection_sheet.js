"use strict";

/** Where the connection stands, the one thing to do next, the first steps, and pairing. */

const { portOf } = require("../link/address.js");
const { firstSteps } = require("./connection_words.js");
const { button, facts, field } = require("./controls.js");
const { as, fill, h, say, show } = require("./dom.js");
const { connectionOf } = require("./selectors.js");
const { inWords } = require("./words.js");

/** @param {import("./app.js").App} app */
function connectionSheet(app) {
  const { state, link } = app;
  const mark = h("div", { class: "big-dot" });
  const cause = h("div", { class: "wrap grow" });
  const next = button("", doNext, { look: "primary" });
  const steps = h("div", { class: "stack" });
  const about = h("div", { class: "stack" });
  const pairing = pairingForm(app, () => sheet.close());
  const stop = state.on(["standing", "status", "busy", "now", "clip"], draw);
  const sheet = app.ask({
    title: "Connection",
    body: [
      h("div", { class: "card" }, h("div", { class: "row top" }, mark, cause), next.el),
      pairing.el,
      h("div", { class: "card" }, h("div", { class: "title" }, "First steps"), steps),
      about,
    ],
    confirm: doNext,
    closed: stop,
  });

  function doNext() {
    const found = connectionOf(state.get());
    if (found.next === "pair") {
      pairing.confirm();
    } else if (found.next === "retry") {
      link.retry();
    } else if (found.next === "check") {
      app.loading.status(true);
    }
  }

  function draw() {
    const now = state.get();
    const found = connectionOf(now);
    say(mark, found.mark);
    as(mark, "tone-", found.token);
    say(cause, found.update ? `${found.cause} ${found.update}` : found.cause);
    next.say(found.button);
    show(next.el, Boolean(found.button) && found.next !== "pair");
    show(pairing.el, found.next === "pair" || !found.live);
    const pushed = Boolean(now.clip && now.clip.links && now.clip.links.length);
    fill(steps, firstSteps(found, now.standing, pushed).map(stepRow));
    const lines = /** @type {[string, string][]} */ ([
      ["Panel", now.version],
      ["Bridge", now.standing.bridgeVersion],
      ["Port", now.standing.port === null ? "" : String(now.standing.port)],
    ]).filter(([, value]) => value);
    fill(about, facts(lines));
  }
  draw();
}

/** @param {{title: string, done: boolean, where: string}} step */
function stepRow(step) {
  return h(
    "div",
    { class: "row top" },
    h("div", { class: step.done ? "tone-fresh" : "tone-empty" }, step.done ? "✓" : "○"),
    h(
      "div",
      { class: "grow" },
      h("div", { class: "body" }, step.title),
      step.done ? null : h("div", { class: "label" }, step.where),
    ),
  );
}

/**
 * The form that pairs: port and six digits.
 * @param {import("./app.js").App} app
 * @param {() => void} paired
 */
function pairingForm(app, paired) {
  const { link } = app;
  const kept = link.standing().port;
  const port = field({
    name: "Port",
    placeholder: "Port",
    value: kept === null ? "" : String(kept),
    width: "84px",
    onInput: refresh,
    onEnter: confirm,
  });
  const code = field({
    name: "Six digits",
    placeholder: "Six digits",
    width: "104px",
    onInput: refresh,
    onEnter: confirm,
  });
  const go = button("Pair", confirm, { look: "primary" });
  const problem = h("div", { class: "problem" });
  let busy = false;
  const { error } = link.standing();
  if (error && link.standing().name !== "refused") {
    say(problem, inWords(error));
  }

  function ready() {
    return portOf(port.value) !== null && /^[0-9]{6}$/.test(digits()) && !busy;
  }

  function digits() {
    return code.value.replace(/[\s-]/g, "");
  }

  function refresh() {
    go.enable(ready());
    go.say(busy ? "Pairing…" : "Pair");
  }

  async function confirm() {
    if (!ready()) {
      say(problem, "Write the port and the six digits that “takebridge pair” shows.");
      return;
    }
    busy = true;
    say(problem, "");
    refresh();
    try {
      await link.pair(Number(portOf(port.value)), digits());
      app.say("This panel is paired with the bridge.");
      paired();
    } catch (error) {
      say(problem, inWords(/** @type {any} */ (error)));
      code.set("");
    }
    busy = false;
    refresh();
  }
  refresh();
  const el = h(
    "div",
    { class: "card" },
    h("div", { class: "title" }, "Pair with the bridge"),
    h(
      "div",
      { class: "label wrap" },
      "On this computer run “takebridge pair”. It shows a port and six digits, good once and for a minute.",
    ),
    h("div", { class: "row" }, port.el, code.el, go.el),
    problem,
  );
  return { el, confirm };
}

module.exports = { connectionSheet, pairingForm };
