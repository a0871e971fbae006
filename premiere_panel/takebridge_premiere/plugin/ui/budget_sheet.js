"use strict";

/** The budget of a day: what everybody together may spend. */

const { button, field } = require("./controls.js");
const { h, say } = require("./dom.js");
const { exactly, inWords, microsOf } = require("./words.js");

/**
 * @param {import("./app.js").App} app
 * @param {() => void} [then] once it was changed
 */
function budgetSheet(app, then = () => {}) {
  const { api, state } = app;
  const cap = state.get().caps.find((/** @type {any} */ one) => one.scope === "day" && !one.key);
  const amount = field({
    name: "Budget of a day, in dollars",
    placeholder: "50.00",
    value: cap ? exactly(cap.limit_micros).slice(1) : "",
    width: "110px",
    onEnter: save,
  });
  const problem = h("div", { class: "problem" });
  const set = button("Set budget", save, { look: "primary" });
  const none = button("No budget", () => change(api.removeCap()), { look: "plain" });
  none.enable(Boolean(cap));

  function save() {
    const micros = microsOf(amount.value);
    if (micros === null) {
      say(problem, "Write an amount such as 50 or 12.50.");
      return;
    }
    change(api.setCap(micros));
  }

  /** @param {Promise<any>} asked */
  async function change(asked) {
    try {
      state.set({ caps: await asked });
      app.say("The budget was changed.");
      sheet.close();
      then();
    } catch (error) {
      say(problem, inWords(/** @type {any} */ (error)));
    }
  }
  const sheet = app.ask({
    title: "Budget of a day",
    body: [
      h("div", { class: "label wrap" }, "Nothing is started that could pass it. The day is counted in UTC."),
      h("div", { class: "row" }, h("div", { class: "body" }, "$"), amount.el),
      problem,
    ],
    foot: [none.el, h("div", { class: "grow" }), set.el],
    confirm: save,
  });
}

module.exports = { budgetSheet };
