"use strict";

/** Consent to the takes a merged cut asks for: what they are for, what they cost at most, what is applied then. */

const { button, facts, field } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { consentWords, isUnknown, purseOf, stopAt, takeLines, takesHindrance } = require("./trip_money.js");
const { counted, inWords, microsOf } = require("./words.js");

/**
 * @param {import("./app.js").App} app
 * @param {{canvasId: string, trip: any, changes: number,
 *   agreed: (money: {generate: true, max_micros: number, allow_unknown: boolean}) => void}} wanted
 */
function takesSheet(app, { canvasId, trip, changes, agreed }) {
  const cost = trip.price;
  const lines = h("div", { class: "card gone" });
  const amount = field({
    name: "How much may be paid at most",
    placeholder: "5.00",
    width: "90px",
    onInput: draw,
    onEnter: go,
  });
  const most = h("div", { class: "row" }, h("div", { class: "label" }, "At most $"), amount.el);
  const problem = h("div", { class: "problem" });
  const yes = button("", go, { look: "primary" });
  /** @type {import("./trip_money.js").Purse | null} */
  let purse = null;

  async function look() {
    try {
      const [headroom, spent] = await Promise.all([app.api.remaining(canvasId), app.api.spend()]);
      const today = new Date(app.clock.now()).toISOString().slice(0, 10);
      purse = purseOf(headroom, spent, today, cost.currency);
      draw();
    } catch (error) {
      say(problem, inWords(/** @type {any} */ (error)));
    }
  }

  const allowed = () => (isUnknown(cost) ? microsOf(amount.value) : null);
  const stuck = () => (purse ? takesHindrance(cost, purse, allowed()) : null);

  function draw() {
    const found = stuck();
    show(lines, Boolean(purse));
    if (purse) {
      fill(lines, facts(takeLines(trip, purse, changes)));
    }
    yes.say(found && found.scope ? `${found.words} · Change budget` : consentWords(cost, changes, allowed()));
    yes.enable(Boolean(purse) && (!found || Boolean(found.scope)));
    say(problem, found && !found.scope ? found.words : "");
  }

  function go() {
    const found = stuck();
    if (!purse || !sheet.isOpen() || (found && !found.scope)) {
      return;
    }
    if (found) {
      app.sheets.budget(look);
      return;
    }
    sheet.close();
    agreed({ generate: true, max_micros: stopAt(cost, allowed()), allow_unknown: isUnknown(cost) });
  }

  show(most, isUnknown(cost));
  const cancel = button("Cancel", () => sheet.close());
  const sheet = app.ask({
    title: `Make ${counted(cost.jobs, "take")} first`,
    body: [lines, most, problem],
    foot: [cancel.el, h("div", { class: "grow" }), yes.el],
    confirm: go,
  });
  draw();
  look();
  return sheet;
}

module.exports = { takesSheet };
