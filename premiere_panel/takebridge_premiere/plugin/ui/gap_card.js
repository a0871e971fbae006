"use strict";

/** One gap and what it is to be filled with: its neighbours' frames, prompt, model, lengths, price. */

const { button, check, choice, field } = require("./controls.js");
const { h, say, show } = require("./dom.js");
const words = require("./gap_words.js");

const PICTURE = 320;

/** @typedef {import("./gap_words.js").Gap} Gap */

/** @param {import("./app.js").App} app @param {{changed: () => void, park: () => void}} on */
function gapCard(app, on) {
  const title = h("div", { class: "title figures grow wrap" });
  const there = button("Show", on.park, { look: "quiet", name: "Show the gap in the sequence" });
  const before = side(app, "Use last frame before", tell);
  const after = side(app, "Use first frame after", tell);
  const make = h("div", { class: "gap-make" });
  const prompt = field({ name: "Prompt", lines: 3, placeholder: "What happens in the gap", onInput: tell });
  const model = choice({ name: "Model", onChange: tell });
  const limits = h("div", { class: "label wrap" });
  const price = h("div", { class: "label wrap figures" });
  const leftOut = h("div", { class: "warning wrap" });
  const el = h(
    "div",
    { class: "card gone" },
    h("div", { class: "row" }, title, there.el),
    h("div", { class: "gap-sides" }, before.el, after.el),
    row("Make", make),
    row("Prompt", prompt.el),
    row("Model", model.el),
    limits,
    price,
    leftOut,
  );
  /** @type {Gap | null} */
  let gap = null;
  /** @type {any[]} */
  let models = [];

  const chosen = () => models.find((one) => one.id === model.value) || null;

  /** @param {Gap | null} next @param {string} session of the editor that was looked at */
  function showGap(next, session) {
    const same = words.samePlace(gap, next);
    gap = next;
    show(el, Boolean(gap));
    if (gap && !same) {
      say(title, words.gapTitle(gap));
      say(make, `A video of ${words.gapLength(gap)}`);
      before.show(gap.before, gap.before_frame, session);
      after.show(gap.after, gap.after_frame, session);
    }
    draw();
  }

  /** Offer these models; the one that was chosen stays. @param {any[]} found */
  function showModels(found) {
    const was = model.value;
    models = words.fittingGaps(found);
    const none = [{ value: "", label: "No model makes video here" }];
    model.options(models.length ? models.map((one) => ({ value: one.id, label: words.modelWords(one) })) : none);
    model.set(models.some((one) => one.id === was) ? was : models.length ? models[0].id : "");
    model.enable(models.length > 0);
    draw();
  }

  function draw() {
    const one = chosen();
    const cost = gap && one ? words.priceWords(one, gap) : "";
    line(limits, gap && one ? words.limitsWords(one, gap) : "");
    line(price, cost ? `${cost} Making the shot is free.` : "");
    line(leftOut, one ? words.leftOutWords(one, { first: before.wanted(), last: after.wanted() }) : "");
  }

  function tell() {
    draw();
    on.changed();
  }

  /** @param {string} canvasId @returns {Record<string, unknown> | null} what to ask the bridge for */
  function request(canvasId) {
    const one = chosen();
    return gap && one
      ? {
          canvas_id: canvasId,
          track_index: gap.track_index,
          start_record_frame: gap.start_record_frame,
          end_record_frame: gap.end_record_frame,
          prompt: prompt.value.trim(),
          model: one.id,
          use_before: before.wanted(),
          use_after: after.wanted(),
        }
      : null;
  }

  return {
    el,
    showGap,
    showModels,
    request,
    gap: () => gap,
    hasModels: () => models.length > 0,
    whyNot: () => words.whyNotFill(chosen(), gap, prompt.value.trim()),
    forget() {
      before.forget();
      after.forget();
    },
  };
}

/**
 * A neighbour's frame, and whether it is to be used.
 * @param {import("./app.js").App} app
 * @param {string} label
 * @param {() => void} changed
 */
function side(app, label, changed) {
  const none = h("div", { class: "gap-none" });
  const image = h("img", { class: "gap-picture gone" });
  let use = true;
  let lose = () => {};
  let there = false;
  const tick = check(label, use, (on) => {
    use = on;
    changed();
  });

  /** @param {string} clip @param {number | null} frame @param {string} session */
  function showFrame(clip, frame, session) {
    lose();
    lose = () => {};
    show(image, false);
    there = Boolean(clip) && frame !== null && frame !== undefined;
    use = there;
    tick.set(there);
    show(tick.el, there);
    say(none, there ? "" : clip ? "no picture here" : "no clip here");
    if (there) {
      lose = app.pictures.clipFrame(session, clip, frame, PICTURE, (/** @type {string} */ url) => {
        image.src = url;
        show(image, true);
      });
    }
  }
  return {
    el: h("div", { class: "gap-side" }, h("div", { class: "gap-well" }, none, image), tick.el),
    show: showFrame,
    wanted: () => there && use,
    forget: () => lose(),
  };
}

/** @param {any} element @param {string} text words, or nothing at all */
function line(element, text) {
  say(element, text);
  show(element, Boolean(text));
}

/** @param {string} name @param {any} control */
function row(name, control) {
  return h("div", { class: "form-row" }, h("div", { class: "form-name" }, name), control);
}

module.exports = { gapCard };
