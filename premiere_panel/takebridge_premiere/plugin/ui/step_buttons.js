"use strict";

/** The primary button with its reason, and the others below it. Where one is off, the reason stands there. */

const { button } = require("./controls.js");
const { h, say, show } = require("./dom.js");
const { primary } = require("./primary.js");
const { putSheet } = require("./put_sheet.js");
const { sendSheet } = require("./send_sheet.js");
const { connectionOf, factsOf, seenLink, whyNotGenerate } = require("./selectors.js");
const { capital } = require("./words.js");

/** @param {import("./app.js").App} app */
function stepButtons(app) {
  const { state, acts } = app;
  const main = button("", press, { look: "primary", class: "wide" });
  const reason = h("div", { class: "caption wrap" });
  const push = button("Push clip", acts.push, { class: "half" });
  const generate = button("Generate take", acts.generate, { class: "half" });
  const send = button("Send to canvas…", () => sendSheet(app), { class: "half" });
  const put = button("Put on timeline…", () => putSheet(app), { class: "half" });
  const told = h("div", { class: "caption wrap told" });
  const again = button("Try again", () => state.get().again && state.get().again(), { look: "toggle" });
  /** @type {import("./primary.js").Primary} */
  let now = primary(factsOf(state.get()));

  function press() {
    /** @type {Record<string, () => void>} */
    const does = {
      push: acts.push,
      generate: acts.generate,
      send: () => sendSheet(app),
      put: acts.putPinned,
      review: () => state.set({ tab: "trip" }),
      reconnect: () => app.sheets.connection(),
    };
    if (now.enabled && does[now.act]) {
      does[now.act]();
    }
  }

  function draw() {
    const known = state.get();
    now = primary(factsOf(known));
    main.say(now.label);
    main.enable(now.enabled);
    main.look("primary");
    main.el.classList.toggle("settled", now.quiet);
    const live = connectionOf(known).live;
    const linked = seenLink(known) !== null;
    const problem = known.clip && known.clip.problem && !linked;
    const canPush = live && !known.doing && Boolean(known.clip) && !problem;
    const why = whyNotGenerate(known);
    const price = acts.priceWords();
    push.enable(canPush);
    send.enable(canPush);
    generate.enable(live && !why);
    generate.say(`Generate take${!price ? "" : price.startsWith("~") ? ` ${price}` : ` · ${price}`}`);
    put.enable(live && !known.doing && Boolean(known.canvasId));
    say(reason, reasonWords(now, why, price, linked));
    show(reason, Boolean(reason.textContent));
    const news = known.told && known.told !== reason.textContent ? known.told : "";
    say(told, news);
    show(told, Boolean(news));
    show(again.el, Boolean(news && known.again && !known.doing));
  }

  state.on(null, draw);
  draw();
  const others = h("div", { class: "halves" }, push.el, generate.el, send.el, put.el);
  return {
    el: h(
      "div",
      { class: "stack" },
      main.el,
      reason,
      others,
      h("div", { class: "row top" }, h("div", { class: "grow" }, told), again.el),
    ),
  };
}

/**
 * @param {import("./primary.js").Primary} now
 * @param {string} why
 * @param {string} price
 * @param {boolean} linked
 */
function reasonWords(now, why, price, linked) {
  if (now.act === "generate" && price) {
    return `${now.reason} ${capital(price)}.`;
  }
  if (now.reason) {
    return now.reason;
  }
  return why && linked ? `No take can be generated: ${why}` : "";
}

module.exports = { stepButtons };
