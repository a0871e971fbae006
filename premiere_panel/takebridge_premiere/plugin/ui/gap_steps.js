"use strict";

/** The three steps of a gap behind one button: make its shot, generate it, put its take into the gap. */

const { fromWire } = require("../link/faults.js");
const { button } = require("./controls.js");
const { h, say, show } = require("./dom.js");
const { primaryWords, putWords } = require("./gap_words.js");
const { labelPrice } = require("./plan_words.js");
const { connectionOf } = require("./selectors.js");

/** @typedef {import("./gap_words.js").Shot} Shot */

/**
 * @param {import("./app.js").App} app
 * @param {{card: any, shot: (gap: any) => Shot | null, whyNot: (shot: Shot | null) => string, loadLinks: () => void,
 *   wasPut: (gap: any) => void}} page
 */
function gapSteps(app, page) {
  const { api, state, acts } = app;
  const { card } = page;
  const reason = h("div", { class: "caption wrap warning" });
  const told = h("div", { class: "caption wrap told" });
  const retry = button("Try again", () => state.get().again && state.get().again(), { look: "toggle" });
  const again = button("Make another shot", () => makeShot(), {
    name: "With the prompt and model as they are set now; the other one stays on the canvas",
  });
  const go = button("", goOn, { look: "primary", class: "wide" });
  const step = h("div", { class: "stack" }, reason, go.el, h("div", { class: "row end" }, again.el));
  const el = h(
    "div",
    { class: "clip-foot" },
    step,
    h("div", { class: "row top" }, h("div", { class: "grow" }, told), retry.el),
  );
  /** What the shot that waits for its take costs, asked once for each state of the canvas. */
  let priced = { key: "", words: "" };

  function draw() {
    const now = state.get();
    const gap = card.gap();
    const shot = page.shot(gap);
    const why = gap ? page.whyNot(shot) : "";
    price(shot);
    show(step, Boolean(gap));
    go.say(now.doing || primaryWords(shot, priced.words));
    go.enable(!why && !now.doing);
    show(again.el, Boolean(shot) && shot?.standing !== "making");
    again.enable(!page.whyNot(null) && !now.doing);
    say(reason, why);
    const news = now.told && now.told !== why ? now.told : "";
    say(told, news);
    show(told, Boolean(news));
    show(retry.el, Boolean(news && now.again && !now.doing));
  }

  /** @param {Shot | null} shot */
  function price(shot) {
    const { canvasId, snapshot } = state.get();
    const asks = shot && shot.standing === "no_take" && connectionOf(state.get()).live;
    const key = asks ? [canvasId, shot.node.id, snapshot.rev, snapshot.epoch].join("|") : "";
    if (key === priced.key) {
      return;
    }
    priced = { key, words: "" };
    if (asks) {
      api.plan(canvasId, { kind: "node", nodes: [shot.node.id] }).then(
        (/** @type {any} */ found) => {
          if (priced.key === key) {
            priced = { key, words: labelPrice(found) };
            draw();
          }
        },
        () => {}, // the plan says it when it is opened
      );
    }
  }

  /** Do the next step of the gap. */
  function goOn() {
    if (go.el.hasAttribute("disabled") || !card.gap()) {
      return;
    }
    const shot = page.shot(card.gap());
    if (!shot) {
      makeShot();
    } else if (shot.take) {
      putTake(shot);
    } else {
      generate(shot);
    }
  }

  /** Make a shot for the gap on the canvas, in one step; nothing is generated yet. */
  function makeShot() {
    const gap = card.gap();
    const call = async () => {
      const canvasId = await acts.someCanvas();
      const made = await api.fillGap(card.request(canvasId));
      return { canvasId, made };
    };
    acts.work("Making the shot…", call, async (/** @type {any} */ { canvasId, made }) => {
      acts.tell([`${made.shot} is on the canvas.`, ...(made.notes || [])].join(" "), true);
      acts.showCanvas(canvasId);
      page.loadLinks();
      if (gap === card.gap()) {
        generate({ node: { id: made.nodes.video, title: made.shot } }, canvasId);
      }
    });
  }

  /** Show plan and price of a shot; it runs when that is confirmed. @param {any} shot */
  function generate({ node }, canvasId = state.get().canvasId) {
    app.sheets.plan({ canvasId, node, again: false, about: "" });
  }

  /** @param {Shot} shot */
  function putTake({ link, take }) {
    const { canvasId } = state.get();
    const gap = card.gap();
    const request = { canvas_id: canvasId, links: [link.id], takes: { [link.id]: take.id }, how: "take" };
    acts.work(`Putting take ${take.seq}…`, () => api.put(request), (/** @type {any[]} */ [clip]) => {
      if (!clip) {
        acts.tell("Nothing was put: the shot has no pinned take. Pin a take, then try again.");
        return;
      }
      if (clip.error) {
        app.tell(fromWire(clip.error), clip.shot);
        return;
      }
      acts.tell(putWords(clip.sentence, clip.shot), true);
      page.wasPut(gap);
    });
  }

  return { el, draw, goOn };
}

module.exports = { gapSteps };
