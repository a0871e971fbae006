"use strict";

/**
 * The round trip: what changed, what to decide, apply, what became of it. As the Resolve panel's trip_tab.py: same
 * words, same order.
 */

const { bar, button, check } = require("./controls.js");
const { as, h, say, show } = require("./dom.js");
const { tripBody } = require("./trip_body.js");
const { follow } = require("./trip_events.js");
const { createFlow } = require("./trip_flow.js");
const { sentChoices } = require("./trip_model.js");
const { ceilingWords } = require("./trip_money.js");
const { cutOffWords, progressWords } = require("./trip_outcome.js");
const { askCard } = require("./trip_rows.js");
const { takesSheet } = require("./trip_sheet.js");
const { apartWords, applyWords, laterWords } = require("./trip_words.js");
const { counted } = require("./words.js");

const FIRST = "See what you and the canvas changed since both last agreed. Looking changes nothing and costs nothing.";
const CUT_OFF =
  "It is finished if nobody edited the timeline since, else what it did is taken back. Open that timeline.";
const NO_CANVAS = "Choose or make a canvas on the first page.";

/** @param {import("./app.js").App} app */
function tripPage(app) {
  const flow = createFlow(app);
  const body = tripBody(app, flow, moved);
  const top = tripTop(app, flow);
  const foot = tripFoot(flow, { apply, undecided });
  const area = h("div", { class: "trip-area scrolls" }, top.cards, body.el);
  const el = h("div", { class: "trip-page" }, top.el, area, foot.el);
  let open = false;
  /** @type {any} */
  let sheet = null;

  /** The ring stands where its control stands. */
  function moved() {
    if (app.shell) {
      app.shell.keys.draw();
    }
  }

  /** Apply what is shown; where takes are to be made for it, ask about their price first. */
  function apply() {
    const { cost, changes } = flow.facts();
    if (flow.hindrance()) {
      return;
    }
    if (!cost) {
      flow.apply();
    } else if (!sheet || !sheet.isOpen()) {
      const { trip } = flow.now().found;
      sheet = takesSheet(app, { canvasId: flow.canvas(), trip, changes, agreed: flow.apply });
    }
  }

  function undecided() {
    const stop = body.conflicts.toUndecided();
    if (stop && app.shell) {
      app.shell.keys.go(stop);
    }
  }

  function draw() {
    if (sheet && sheet.isOpen() && flow.hindrance()) {
      sheet.close(); // what was to be agreed to is no longer so
    }
    if (!open) {
      return;
    }
    top.draw();
    body.draw();
    foot.draw();
    moved();
  }

  follow(app, flow);
  flow.choose(app.state.get().canvasId);
  flow.store.on(null, draw);
  app.state.on(["standing", "status", "canvasId", "doing"], draw);
  area.addEventListener("scroll", moved);
  return {
    el,
    show() {
      open = true;
      draw();
    },
    hide() {
      open = false;
    },
    confirm: apply,
    /** Choose by letter in the conflict that has the ring. @param {any} event */
    letters(event) {
      const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
      return bare && body.conflicts.letter(app.shell ? app.shell.keys.at() : null, event.key);
    },
  };
}

/**
 * The button that looks, how far it is, and what is to be known before anything else.
 * @param {import("./app.js").App} app
 * @param {any} flow
 */
function tripTop(app, flow) {
  const look = button("What changed", flow.look, { look: "primary", name: "What changed since both last agreed" });
  const status = h("div", { class: "label grow wrap" });
  const progress = bar();
  const cutOff = askCard("Finish or undo", flow.finish);
  const notice = askCard("Try again", flow.look);
  const base = askCard("Make this cut the base", flow.makeBase);
  const outcome = h("div", { class: "trip-outcome wrap" });
  const undo = h("div", { class: "label wrap" });
  const first = h("div", { class: "card wrap" }, FIRST);
  const said = h("div", { class: "stack tight gone" }, outcome, undo);
  const cards = h("div", { class: "trip-tops" }, cutOff.el, notice.el, base.el, said, first);
  const el = h("div", { class: "trip-top" }, h("div", { class: "row" }, look.el, status), progress.el);

  /** @param {any} now @param {boolean} there */
  function statusWords(now, there) {
    if (now.stage === "applying") {
      return now.progress && now.progress.total ? progressWords(now.progress) : now.doing;
    }
    if (!there) {
      return "The bridge is away";
    }
    return flow.canvas() ? now.parked : NO_CANVAS;
  }

  function draw() {
    const now = flow.now();
    const there = flow.isThere();
    const may = there && !flow.busy() && Boolean(flow.canvas());
    const fresh = now.stage === "planned" && !now.stale && there;
    const names = /** @type {Record<string, string>} */ ({ looking: "Looking…", applying: "Applying…" });
    look.say(names[now.stage] || "What changed");
    look.enable(may);
    look.look(fresh ? "plain" : "primary");
    say(status, statusWords(now, there));
    const total = now.progress ? now.progress.total : 0;
    show(progress.el, total > 0);
    progress.set(now.progress ? now.progress.done : 0, total);
    const idle = !app.state.get().doing;
    cutOff.show(now.cutOff ? { head: cutOffWords(now.cutOff), cause: CUT_OFF } : null, may && idle);
    notice.show(now.notice, may);
    base.show(now.base, may && idle);
    const tone = now.outcome ? now.outcome.tone : "";
    say(outcome, now.outcome ? now.outcome.words : "");
    as(outcome, "said-", tone);
    say(undo, now.undo);
    show(undo, Boolean(now.undo));
    show(said, Boolean(now.outcome));
    show(first, !now.found && ["idle", "looking"].includes(now.stage) && !now.base);
  }

  return { el, cards, draw };
}

/**
 * What is kept safe, why nothing can be applied yet, and the two buttons.
 * @param {any} flow
 * @param {{apply: () => void, undecided: () => void}} parts
 */
function tripFoot(flow, { apply, undecided }) {
  const copy = h("div", { class: "label wrap" });
  const keep = check("Keep the safety copy afterwards", false, (on) => flow.set({ keep: on }));
  const reason = h("div", { class: "warning wrap grow" });
  const go = button("Go there", undecided, { look: "quiet", name: "Go to the first conflict that is not decided" });
  const preview = button("Preview result", flow.preview, { name: "Look at what your choices lead to" });
  const act = button("", apply, { look: "primary", class: "trip-apply" });
  const el = h(
    "div",
    { class: "trip-foot gone" },
    copy,
    keep.el,
    h("div", { class: "row" }, reason, go.el),
    h("div", { class: "row end wraps" }, preview.el, act.el),
  );

  function draw() {
    const now = flow.now();
    const { found, picked } = now;
    const planned = now.stage === "planned" && Boolean(found);
    show(el, planned);
    if (!planned) {
      return;
    }
    const { later, changes, apart, cost, keep: kept } = flow.facts();
    const why = flow.hindrance();
    const decided = sentChoices(picked);
    const safe = changes > 0 && !later;
    say(copy, safe ? `A safety copy of “${found.trip.timeline}” is made before the first change.` : "");
    show(copy, safe);
    keep.set(kept);
    show(keep.el, safe);
    say(reason, why || laterWords(picked, apart, changes - apart, found.takes));
    show(reason, Boolean(reason.textContent));
    const open = found.trip.conflicts.some((/** @type {any} */ one) => !picked[one.id]);
    show(go.el, open && found.trip.conflicts.length > 1);
    show(preview.el, Object.keys(decided).length > 0 && !sameChoices(decided, found.choices));
    preview.enable(flow.isThere() && !now.stale);
    act.say(later ? apartWords(apart) : cost ? makeWords(cost, changes) : applyWords(changes));
    act.enable(!why && (!later || apart > 0));
  }

  return { el, draw };
}

/** @param {any} cost @param {number} changes what the button says before the price is agreed to */
function makeWords(cost, changes) {
  const then = changes ? `, then apply ${counted(changes, "change")}` : "";
  return `Make ${counted(cost.jobs, "take")} · ${ceilingWords(cost)}${then}…`;
}

/** @param {Record<string, string>} one @param {Record<string, string>} other */
function sameChoices(one, other) {
  const [a, b] = [Object.entries(one), Object.keys(other)];
  return a.length === b.length && a.every(([id, choice]) => other[id] === choice);
}

module.exports = { tripPage };
