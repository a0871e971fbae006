"use strict";

/** The plan and its price, before anything that costs: the same button repeats count and ceiling. */

const { button, facts, field } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { ceiling, confirmWords, hindrance, leftWords, planLines } = require("./plan_words.js");
const { exactly, inWords, microsOf } = require("./words.js");

/** Errors that leave open whether it was done. */
const OPEN = ["answer_lost", "timeout"];

/**
 * The part that shows a plan and asks for consent; the send sheet has it too.
 * @param {import("./app.js").App} app
 * @param {{canvasId: string, nodes: () => string[], begun: () => void}} wanted
 */
function consent(app, { canvasId, nodes, begun }) {
  const { api } = app;
  const lines = h("div", { class: "card gone" });
  const amount = field({ name: "How much may be paid at most", placeholder: "5.00", width: "90px", onInput: draw });
  const most = h("div", { class: "row gone" }, h("div", { class: "label" }, "Pay at most $"), amount.el);
  const problem = h("div", { class: "problem" });
  const go = button("Looking up the price…", confirm, { look: "primary" });
  /** @type {any} */
  let plan = null;
  let left = "";
  let busy = false;
  let canvas = canvasId;

  const stopAt = () => (plan && plan.unknown_prices ? microsOf(amount.value) : null);
  const scope = () => ({ kind: nodes().length === 1 ? "node" : "selection", nodes: nodes() });

  async function look(id = canvas) {
    canvas = id;
    busy = true;
    draw();
    try {
      const [found, headroom] = await Promise.all([api.plan(canvas, scope()), api.remaining(canvas)]);
      plan = found;
      left = leftWords(headroom);
      say(problem, "");
    } catch (error) {
      plan = null;
      say(problem, inWords(/** @type {any} */ (error)));
    }
    busy = false;
    draw();
  }

  function draw() {
    show(lines, plan !== null);
    if (plan) {
      fill(lines, facts(planLines(plan, left)));
    }
    show(most, Boolean(plan && plan.unknown_prices));
    const stuck = plan ? hindrance(plan, stopAt()) : null;
    if (busy || !plan) {
      go.say(busy ? "Wait for the answer…" : "The price is not known yet");
      go.enable(false);
    } else if (stuck) {
      go.say(stuck.scope ? `${stuck.words} · Change budget` : confirmWords(plan, null));
      go.enable(Boolean(stuck.scope));
      say(problem, stuck.scope ? "" : stuck.words);
    } else {
      go.say(confirmWords(plan, stopAt()));
      go.enable(true);
      say(problem, "");
    }
  }

  async function confirm() {
    if (busy || !plan) {
      return;
    }
    const stuck = hindrance(plan, stopAt());
    if (stuck) {
      if (stuck.scope) {
        app.sheets.budget(() => look());
      }
      return;
    }
    busy = true;
    const words = confirmWords(plan, stopAt());
    const agreed = {
      digest: plan.digest,
      max_micros: Math.max(ceiling(plan), stopAt() || 0),
      allow_unknown: plan.unknown_prices > 0,
    };
    draw();
    try {
      await api.run(canvas, scope(), agreed);
      app.say(`Generating ${words.replace(/^Generate /, "")}.`);
      app.state.set({ jobsOpen: true });
      busy = false;
      begun();
    } catch (error) {
      busy = false;
      app.tell(error, "Generate");
      await look();
      say(problem, inWords(/** @type {any} */ (error)));
    }
  }

  return { lines, most, problem, go, look, confirm, hasPlan: () => plan !== null };
}

/**
 * @param {import("./app.js").App} app
 * @param {{canvasId: string, node: any, again: boolean, about: string}} wanted `again`: the node is up to date, one
 *   more
 *   take of it is asked for; `about` is what the last one cost
 */
function planSheet(app, wanted) {
  return wanted.again ? againSheet(app, wanted) : nodeSheet(app, wanted);
}

/** @param {import("./app.js").App} app @param {{canvasId: string, node: any}} wanted */
function nodeSheet(app, { canvasId, node }) {
  const asked = consent(app, { canvasId, nodes: () => [node.id], begun: () => sheet.close() });
  const cancel = button("Not now", () => sheet.close());
  const sheet = app.ask({
    title: "Generate take",
    body: [h("div", { class: "title" }, node.title), asked.lines, asked.most, asked.problem],
    foot: [cancel.el, h("div", { class: "grow" }), asked.go.el],
    confirm: asked.confirm,
  });
  asked.look();
}

/**
 * One more take of a node that is up to date: the planner has nothing to price, so a person names the most.
 * @param {import("./app.js").App} app
 * @param {{canvasId: string, node: any, about: string}} wanted
 */
function againSheet(app, { canvasId, node, about }) {
  const { api } = app;
  const problem = h("div", { class: "problem" });
  const amount = field({
    name: "How much may be paid at most",
    placeholder: "5.00",
    width: "90px",
    onInput: draw,
    onEnter: confirm,
  });
  const go = button("", confirm, { look: "primary" });
  const free = about === "free";
  let asked = false;

  const micros = () => (free ? 0 : microsOf(amount.value));

  function draw() {
    const most = micros();
    go.say(
      free ? "Generate 1 take · free" : most === null ? "Generate 1 take" : `Generate 1 take · up to ${exactly(most)}`,
    );
    go.enable(most !== null && !asked);
  }

  /** Once: Enter may be held down, and where the answer got lost nobody knows whether it is being paid for. */
  async function confirm() {
    const most = micros();
    if (asked) {
      return;
    }
    if (most === null) {
      say(problem, "Write an amount such as 5 or 0.50.");
      return;
    }
    asked = true;
    draw();
    try {
      app.loading.takeJob(
        await api.generate(canvasId, node.id, { again: true, ...(most ? { max_micros: most } : {}) }),
      );
      app.state.set({ jobsOpen: true });
      sheet.close();
    } catch (error) {
      app.tell(error, "Generate");
      say(problem, inWords(/** @type {any} */ (error)));
      asked = OPEN.includes(/** @type {any} */ (error).code);
      draw();
    }
  }
  const last = about && !free ? `; the last one was ${about}` : "";
  const words = `“${node.title}” is up to date. One more take is made from the same recipe${last}.`;
  const sheet = app.ask({
    title: "One more take",
    body: [
      h("div", { class: "wrap" }, words),
      free ? null : h("div", { class: "row" }, h("div", { class: "label" }, "Pay at most $"), amount.el),
      problem,
    ],
    foot: [button("Not now", () => sheet.close()).el, h("div", { class: "grow" }), go.el],
    confirm,
  });
  draw();
}

module.exports = { consent, planSheet };
