"use strict";

/** Put takes on the timeline: which clips, and in which of three ways. The safest is the default. */

const { button, radios, segments } = require("./controls.js");
const { h, say } = require("./dom.js");
const { pinnedTake, seenLink, shownTake } = require("./selectors.js");

/**
 * `how` is the bridge's word; Premiere has no native takes, so "take" lies above the clip and then changes its file.
 */
const WAYS = [
  {
    value: "above",
    label: "On a track above",
    about:
      "A new clip over yours, picture only, on the first free track. Your clip stays as it is. One undo takes it off.",
  },
  {
    value: "take",
    label: "Swap what lies above",
    about: "The clip of ours above yours changes its file and keeps its trim. Where there is none, it is laid above.",
  },
  {
    value: "replace",
    label: "In the clip's place",
    about:
      "Your clip gives way to the take on the same frames; its sound stays, one undo brings it back. " +
      "Refused where effects or keyframes would be lost.",
  },
];
const WHICH = [
  { value: "clip", label: "This clip" },
  { value: "selection", label: "Selection" },
  { value: "all", label: "All pinned" },
];

/** @param {import("./app.js").App} app */
function putSheet(app) {
  const { state } = app;
  let how = "above";
  let which = seenLink(state.get()) ? "clip" : "all";
  const whichBar = segments(WHICH, (value) => {
    which = value;
    draw();
  });
  const ways = radios(WAYS, (value) => {
    how = value;
    draw();
  });
  const about = h("div", { class: "label wrap" });
  const problem = h("div", { class: "problem" });
  const go = button("", confirm, { look: "primary" });
  const cancel = button("Cancel", () => sheet.close());

  function draw() {
    const now = state.get();
    const pinned = pinnedTake(now);
    const shown = shownTake(now);
    whichBar.set(which);
    ways.set(how);
    const one = pinned ? `take ${pinned.seq}` : "the take";
    const words = { clip: capitalised(one, how), selection: "Put the selection's takes", all: "Put all pinned takes" };
    go.say(/** @type {Record<string, string>} */ (words)[which]);
    const why = which === "clip" ? whyNot(now, pinned) : "";
    go.enable(!why);
    say(problem, why);
    const facts = {
      clip: shown ? `The clip shows take ${shown.seq} now.` : "The clip shows your own media now.",
      selection: "The clips selected in Premiere that were pushed to this canvas, each with its pinned take.",
      all: "Every clip of this canvas on the open sequence that does not show its pinned take.",
    };
    say(about, /** @type {Record<string, string>} */ (facts)[which]);
  }

  function confirm() {
    if (go.el.hasAttribute("disabled")) {
      return;
    }
    sheet.close();
    app.acts.put(/** @type {any} */ (how), /** @type {any} */ (which));
  }
  const sheet = app.ask({
    title: "Put on timeline",
    body: [
      whichBar.el,
      about,
      ways.el,
      h("div", { class: "label wrap" }, "Putting takes is free. The log says what became of each clip."),
      problem,
    ],
    foot: [cancel.el, h("div", { class: "grow" }), go.el],
    confirm,
  });
  draw();
}

/** @param {string} take @param {string} how */
function capitalised(take, how) {
  const words = { above: `Put ${take} above`, take: `Swap to ${take}`, replace: `Put ${take} in the clip's place` };
  return /** @type {Record<string, string>} */ (words)[how];
}

/** @param {any} state @param {any} pinned */
function whyNot(state, pinned) {
  if (!seenLink(state)) {
    return "This clip is not on the canvas: push it first.";
  }
  return pinned ? "" : "No take is pinned: choose one with Pin.";
}

module.exports = { WAYS, putSheet };
