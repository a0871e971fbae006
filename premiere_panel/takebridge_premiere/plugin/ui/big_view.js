"use strict";

/**
 * A bigger view of the ringed take: its poster, then single cells of its sprite while scrubbing; flipped, the clip's
 * own
 * frame at the same place. Pictures, never a film: random seeks in what providers send take most of a second.
 */

const { button, facts } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { content, frameCount, recipe, whatDiffers } = require("./take_facts.js");
const { pinnedTake } = require("./selectors.js");

const FETCH_WIDTH = 640;

/**
 * @param {import("./app.js").App} app
 * @param {{ringed: () => any, step: (by: number) => void}} tray
 */
function bigView(app, tray) {
  const { state, pictures } = app;
  const still = h("img", { class: "big-still gone" });
  const sheet = h("img", { class: "big-sheet" });
  const cell = h("div", { class: "big-cell gone" }, sheet);
  const label = h("div", { class: "big-label" });
  const well = h("div", { class: "big-well" }, still, cell, label);
  const mark = h("div", { class: "scrub-mark" });
  const scrub = h("div", { class: "scrub", "data-stop": true, title: "Scrub (← →)" }, mark);
  const counter = h("div", { class: "label figures" });
  const back = button("◂", () => step(-1), { look: "quiet", name: "Back" });
  const on = button("▸", () => step(1), { look: "quiet", name: "On" });
  const before = button("▴", () => tray.step(-1), { look: "quiet", name: "Previous take" });
  const next = button("▾", () => tray.step(1), { look: "quiet", name: "Next take" });
  const flip = button("Flip to clip", flipped, { look: "toggle", name: "Flip between take and clip (Q)" });
  const told = button("Recipe", () => show(recipeBox, recipeBox.classList.contains("gone")), { look: "toggle" });
  const close = button("✕", () => state.set({ big: "" }), { look: "quiet", name: "Close the view" });
  const recipeBox = h("div", { class: "recipe scrolls gone" });
  /** The place from 0 to 1; null: the poster. @type {number | null} */
  let place = null;
  /** @type {any} */
  let cells = null;
  let shown = "";
  let side = "take";
  /** @type {(() => void)[]} */
  let lost = [];

  function take() {
    const tile = tray.ringed();
    return tile ? tile.take : null;
  }

  function draw() {
    if (!state.get().big) {
      shown = "";
      return;
    }
    const found = take();
    const wanted = found ? content(found) : "";
    if (wanted !== shown) {
      shown = wanted;
      fresh(found, wanted);
    }
    words(found);
    drawPicture();
  }

  /**
   * Another take: the old picture stays until the new one is there, and so does the place.
   * @param {any} found
   * @param {string} wanted
   */
  function fresh(found, wanted) {
    lost.forEach((lose) => lose());
    lost = [];
    cells = null;
    if (!wanted) {
      return;
    }
    lost.push(
      pictures.poster(wanted, (/** @type {string} */ url) => shown === wanted && side === "take" && posterIs(url)),
    );
    if (frameCount(found)) {
      lost.push(pictures.sprite(wanted, (/** @type {any} */ sprite) => shown === wanted && spriteIs(sprite)));
    }
    fill(recipeBox, facts(recipe(found)), differs(found));
  }

  /** @param {any} found */
  function differs(found) {
    const pinned = pinnedTake(state.get());
    return pinned && pinned.id !== found.id
      ? h("div", { class: "label wrap" }, `Against take ${pinned.seq}. ${whatDiffers(pinned, found)}`)
      : null;
  }

  /** @param {string} url */
  function posterIs(url) {
    still.src = url;
    drawPicture();
  }

  /** @param {any} sprite */
  function spriteIs(sprite) {
    if (sprite.cells && sprite.cells.count > 0) {
      cells = sprite.cells;
      sheet.src = sprite.url;
      drawPicture();
    }
  }

  function drawPicture() {
    const asCell = side === "take" && place !== null && cells !== null;
    show(cell, asCell);
    show(still, !asCell && Boolean(still.src));
    mark.style.setProperty("left", `${Math.round((place || 0) * 100)}%`);
    if (asCell) {
      drawCell();
    }
  }

  function drawCell() {
    const index = cellAt();
    const room = { width: well.clientWidth, height: well.clientHeight };
    const scale = Math.min(room.width / cells.width, room.height / cells.height);
    const width = Math.floor(cells.width * scale);
    const height = Math.floor(cells.height * scale);
    const rows = Math.ceil(cells.count / cells.columns);
    /** @type {[any, string, number][]} */
    const sizes = [
      [cell, "width", width],
      [cell, "height", height],
      [cell, "left", Math.floor((room.width - width) / 2)],
      [cell, "top", Math.floor((room.height - height) / 2)],
      [sheet, "width", width * cells.columns],
      [sheet, "height", height * rows],
      [sheet, "left", -width * (index % cells.columns)],
      [sheet, "top", -height * Math.floor(index / cells.columns)],
    ];
    sizes.forEach(([el, name, value]) => el.style.setProperty(name, `${value}px`));
  }

  function cellAt() {
    return Math.min(cells.count - 1, Math.floor((place || 0) * cells.count));
  }

  /** The frame a cell shows, as the bridge cuts them. */
  function frameAt() {
    const frames = take() ? frameCount(take()) : null;
    if (!frames || !cells || place === null) {
      return "";
    }
    const frame = Math.floor(((2 * cellAt() + 1) * frames) / (2 * cells.count));
    return `frame ${frame + 1} of ${frames}`;
  }

  /** @param {any} found */
  function words(found) {
    const tile = tray.ringed();
    const name = !found
      ? ""
      : tile && tile.inTimeline
        ? `In timeline · take ${found.seq}`
        : `Previewing take ${found.seq}`;
    say(label, side === "clip" ? "Your clip" : name);
    show(label, Boolean(label.textContent));
    say(counter, frameAt());
    flip.say(side === "clip" ? "Flip to take" : "Flip to clip");
    flip.check(side === "clip");
    flip.enable(Boolean(state.get().clip && state.get().look));
    [back, on].forEach((one) => one.enable(Boolean(cells) || side === "clip"));
  }

  function flipped() {
    side = side === "clip" ? "take" : "clip";
    if (side === "take") {
      shown = "";
      draw();
    } else {
      clipFrame();
    }
    words(take());
  }

  function clipFrame() {
    const { clip, look } = state.get();
    if (!clip || !look) {
      return;
    }
    const last = clip.end_record_frame - clip.start_record_frame - 1;
    const at = clip.start_record_frame + Math.round((place === null ? 0.5 : place) * last);
    lost.push(
      pictures.clipFrame(look.session, clip.clip, at, FETCH_WIDTH, (/** @type {string} */ url) => {
        if (side === "clip") {
          posterIs(url);
        }
      }),
    );
  }

  /** @param {number} to from 0 to 1 */
  function scrubbed(to) {
    place = Math.min(1, Math.max(0, to));
    if (side === "clip") {
      clipFrame();
    }
    words(take());
    drawPicture();
  }

  /** @param {number} by cells */
  function step(by) {
    const count = cells ? cells.count : 48;
    const now = place === null ? (by > 0 ? -1 : count) : Math.min(count - 1, Math.floor(place * count));
    scrubbed((Math.min(count - 1, Math.max(0, now + by)) + 0.5) / count);
  }

  /** @param {any} event */
  function pointed(event) {
    const room = scrub.getBoundingClientRect();
    scrubbed((event.clientX - room.left) / Math.max(1, room.width));
  }
  let pressed = false;
  scrub.addEventListener("mousedown", (/** @type {any} */ event) => {
    pressed = true;
    pointed(event);
  });
  scrub.addEventListener("mousemove", (/** @type {any} */ event) => pressed && pointed(event));
  scrub.addEventListener("mouseup", () => (pressed = false));
  scrub.addEventListener("mouseleave", () => (pressed = false));

  state.on(["big", "ring", "snapshot", "clip"], draw);
  const controls = h(
    "div",
    { class: "row wraps" },
    back.el,
    on.el,
    before.el,
    next.el,
    flip.el,
    told.el,
    h("div", { class: "grow" }),
    counter,
    close.el,
  );
  return {
    el: h("div", { class: "big gone" }, well, scrub, controls, recipeBox),
    /** @param {any} event */
    letters(event) {
      if (!state.get().big || event.ctrlKey || event.metaKey || event.altKey) {
        return false;
      }
      if (event.key.toLowerCase() === "q") {
        flipped();
        return true;
      }
      const steps = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 })[event.key];
      if (steps && app.shell.keys.at() === scrub) {
        step(steps);
        return true;
      }
      return false;
    },
  };
}

module.exports = { bigView };
