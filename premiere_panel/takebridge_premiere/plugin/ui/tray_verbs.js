"use strict";

/** What can be done with the ringed take, as buttons: everything a key does is here too. */

const { button } = require("./controls.js");
const { h, show } = require("./dom.js");
const { MOST_STARS, starsOf, titleOf } = require("./rating.js");

/**
 * @param {import("./app.js").App} app
 * @param {{does: (name: string, stars?: number) => void}} parts
 */
function trayVerbs(app, { does }) {
  const stars = Array.from({ length: MOST_STARS }, (_, n) =>
    button("☆", () => does("stars", n + 1), { look: "quiet", class: "star", name: `${titleOf(n + 1)} (${n + 1})` }),
  );
  const make = (/** @type {string} */ name, /** @type {string} */ words, /** @type {string} */ tip) =>
    button(words, () => does(name), { look: "toggle", name: tip });
  const pin = make("pin", "Pin", "Pin the ringed take (Enter in the tray)");
  const put = make("put", "Put take", "Put this take on the timeline");
  const pick = make("pick", "Pick", "Keep (P)");
  const reject = make("reject", "Reject", "Hides, never deletes (X)");
  const clear = make("clear", "Clear", "No rating, not rejected (U)");
  const lock = make("lock", "Lock", "Lock or unlock the node");
  const view = make("view", "View", "Look at it larger");
  const cancel = make("cancel", "Cancel job", "Stop making it");
  const undo = button("Undo", () => app.acts.undo(), {
    look: "toggle",
    name: "Take back the newest pin or rating made here (Ctrl+Z)",
  });
  const takeOnly = [pin, put, pick, reject, clear, lock, view];

  /**
   * @param {import("./tiles.js").Tile | null} tile
   * @param {Record<string, any>} now
   * @param {any} node
   */
  function draw(tile, now, node) {
    const take = tile ? tile.take : null;
    const count = take ? starsOf(take.rating) : 0;
    stars.forEach((one, n) => {
      one.say(n < count ? "★" : "☆");
      one.enable(Boolean(take));
      show(one.el, Boolean(take));
    });
    takeOnly.forEach((one) => show(one.el, Boolean(take)));
    show(cancel.el, Boolean(tile && tile.job));
    const number = take ? ` take ${take.seq}` : "";
    pin.say(tile && tile.pinned ? `Pinned${number}` : `Pin${number}`);
    pin.enable(Boolean(take && !(tile && tile.pinned)));
    put.say(`Put${number}`);
    put.enable(Boolean(take && !(tile && tile.inTimeline) && !now.doing));
    pick.check(Boolean(take && take.rating === "keep"));
    reject.say(take && take.hidden ? "Rejected" : "Reject");
    reject.enable(Boolean(take && !take.hidden));
    clear.enable(Boolean(take && (take.hidden || take.rating)));
    lock.say(node && node.locked ? "Unlock" : "Lock");
    lock.check(Boolean(node && node.locked));
    view.check(Boolean(now.big));
    show(undo.el, now.undoable > 0);
  }

  const el = h(
    "div",
    { class: "row wraps verbs stays" },
    cancel.el,
    h(
      "div",
      { class: "row tight" },
      stars.map((one) => one.el),
    ),
    pin.el,
    put.el,
    view.el,
    pick.el,
    reject.el,
    clear.el,
    lock.el,
    undo.el,
  );
  return { el, draw };
}

module.exports = { trayVerbs };
