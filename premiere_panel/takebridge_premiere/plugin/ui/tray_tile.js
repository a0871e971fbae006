"use strict";

/** One tile of the tray. Views are used again for other takes while scrolling: nothing is built in a scroll. */

const { h, say, show } = require("./dom.js");
const { GLYPHS, WORDS } = require("./marks.js");
const { drawing } = require("./tiles.js");
const { content } = require("./take_facts.js");

/** @param {string} token */
function badge(token) {
  return h("div", { class: `badge badge-${token} gone` }, `${GLYPHS[token]} ${WORDS[token]}`);
}

/**
 * @param {{pictures: any, press: (key: string) => void, open: (key: string) => void}} parts
 */
function createTile({ pictures, press, open }) {
  const image = h("img", { class: "tile-picture gone" });
  const doing = h("div", { class: "tile-doing gone" });
  const inTimeline = badge("in_timeline");
  const pinned = badge("pinned");
  const previz = badge("previz");
  const rejected = h("div", { class: "badge badge-rejected gone" }, "✕ Rejected");
  const well = h(
    "div",
    { class: "tile-well" },
    image,
    doing,
    h("div", { class: "badges" }, inTimeline, pinned, previz, rejected),
  );
  const title = h("div", { class: "tile-title figures" });
  const stars = h("div", { class: "tile-stars" });
  const model = h("div", { class: "tile-line one-line" });
  const price = h("div", { class: "tile-line figures one-line" });
  const el = h("div", { class: "tile" }, well, h("div", { class: "tile-head" }, title, stars), model, price);
  let key = "";
  let drawn = "";
  let shown = "";
  let lose = () => {};
  el.addEventListener("mousedown", () => press(key));
  el.addEventListener("dblclick", () => open(key));

  /** @param {any} tile */
  function picture(tile) {
    const wanted = tile.take ? content(tile.take) : "";
    if (wanted === shown) {
      return;
    }
    shown = wanted;
    lose();
    show(image, false);
    lose = wanted
      ? pictures.poster(wanted, (/** @type {string} */ url) => {
          image.src = url;
          show(image, true);
        })
      : () => {};
  }

  return {
    el,
    /**
     * @param {any} tile
     * @param {{left: number, top: number}} place
     * @param {{tileWidth: number, tileHeight: number}} size
     * @param {boolean} ringed
     */
    draw(tile, place, size, ringed) {
      key = tile.key;
      el.style.setProperty("left", `${place.left}px`);
      el.style.setProperty("top", `${place.top}px`);
      el.style.setProperty("width", `${size.tileWidth}px`);
      el.style.setProperty("height", `${size.tileHeight}px`);
      el.classList.toggle("ringed", ringed);
      const now = `${drawing(tile)}|${size.tileWidth}`;
      if (now === drawn) {
        picture(tile);
        return;
      }
      drawn = now;
      well.style.setProperty("height", `${Math.round((size.tileWidth * 9) / 16)}px`);
      say(title, tile.title);
      say(stars, tile.stars);
      say(model, tile.model);
      say(price, tile.price);
      el.setAttribute("title", tile.spoken);
      show(inTimeline, tile.inTimeline);
      show(pinned, tile.pinned);
      show(previz, tile.previz);
      show(rejected, tile.rejected);
      show(doing, Boolean(tile.job));
      say(
        doing,
        tile.job ? `${tile.job.status === "InProgress" ? GLYPHS.in_progress : GLYPHS.pending} ${tile.price}` : "",
      );
      show(price, !tile.job);
      picture(tile);
    },
    /** Out of sight: its picture need not be fetched any more. */
    leave() {
      lose();
      key = "";
      shown = "";
      drawn = "";
    },
  };
}

module.exports = { createTile };
