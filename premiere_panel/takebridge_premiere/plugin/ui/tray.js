"use strict";

/** The tray: all takes of the clip's node. Only tiles that can be seen are there, so 300 takes scroll like 30. */

const { every } = require("../link/clock.js");
const { choice, segments } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const edits = require("./edits.js");
const { ratingOf } = require("./rating.js");
const { allTakes, nodeOf } = require("./selectors.js");
const { provenance } = require("./take_facts.js");
const { FILTERS, ORDERS, emptyWords, layout, moved, tilesOf } = require("./tiles.js");
const { createTile } = require("./tray_tile.js");
const { trayVerbs } = require("./tray_verbs.js");

/** Where a host sends no scroll or resize events, a look now and then does. */
const LOOK_MS = 250;
const SECOND_MS = 1_000;

/** @param {import("./app.js").App} app */
function tray(app) {
  const { state, acts } = app;
  const filter = segments(
    Object.entries(FILTERS).map(([value, label]) => ({ value, label })),
    (value) => set({ filter: value }),
  );
  const order = choice({
    name: "Order of the takes",
    options: Object.entries(ORDERS).map(([value, label]) => ({ value, label })),
    onChange: (value) => set({ order: value }),
  });
  const inside = h("div", { class: "tray-inside" });
  const room = h("div", { class: "tray-room scrolls", "data-stop": true, title: "Takes" }, inside);
  const empty = h("div", { class: "empty" });
  const line = h("div", { class: "label one-line figures stays" });
  const verbs = trayVerbs(app, { does });
  /** @type {Map<string, ReturnType<typeof createTile>>} */
  const views = new Map();
  /** @type {ReturnType<typeof createTile>[]} */
  const spare = [];
  /** @type {import("./tiles.js").Tile[]} */
  let tiles = [];
  let columns = 3;
  let opened = false;
  let seen = "";

  /** @param {Record<string, string>} changes */
  function set(changes) {
    state.set(changes);
    app.memory.keep(changes);
  }

  // --- drawing

  function draw() {
    if (!opened) {
      return;
    }
    const now = state.get();
    tiles = tilesOf(now);
    keepRing(now);
    filter.set(now.filter);
    order.set(now.order);
    const count = allTakes(now).filter((take) => !take.hidden).length;
    filter.say("all", count ? `All ${count}` : "All");
    const words = tiles.length ? "" : emptyWords(now);
    say(empty, words);
    show(empty, Boolean(words));
    show(room, tiles.length > 0);
    const tile = ringed();
    say(line, tile && tile.take ? provenance(tile.take) : tile ? tile.spoken : "");
    show(line, Boolean(tile));
    verbs.draw(tile, now, nodeOf(now));
    drawTiles();
  }

  /** @param {Record<string, any>} now */
  function keepRing(now) {
    if (tiles.length && !tiles.some((tile) => tile.key === now.ring)) {
      const first = tiles.find((tile) => tile.pinned) || tiles.find((tile) => tile.take) || tiles[0];
      state.set({ ring: first.key });
    }
  }

  function ringed() {
    return tiles.find((tile) => tile.key === state.get().ring) || null;
  }

  function drawTiles() {
    const width = room.clientWidth - 4;
    if (width <= 0) {
      return;
    }
    const found = layout({ width, height: room.clientHeight, scrollTop: room.scrollTop, count: tiles.length });
    columns = found.columns;
    seen = [room.clientWidth, room.clientHeight, room.scrollTop].join("|");
    inside.style.setProperty("height", `${found.total}px`);
    const visible = tiles.slice(found.first, found.last);
    const keys = new Set(visible.map((tile) => tile.key));
    for (const [key, view] of views) {
      if (!keys.has(key)) {
        views.delete(key);
        view.leave();
        spare.push(view);
      }
    }
    const { ring } = state.get();
    visible.forEach((tile, at) => {
      const view = views.get(tile.key) || spare.pop() || made();
      views.set(tile.key, view);
      view.draw(tile, found.place(found.first + at), found, tile.key === ring);
    });
    spare.forEach((view) => view.el.style.setProperty("top", "-1000px"));
  }

  function made() {
    const view = createTile({
      pictures: app.pictures,
      press: (key) => state.set({ ring: key }),
      open: (key) => state.set({ ring: key, big: "take" }),
    });
    inside.appendChild(view.el);
    return view;
  }

  /** Draw when the room is another one, or was scrolled. */
  function resized() {
    if (opened && seen !== [room.clientWidth, room.clientHeight, room.scrollTop].join("|")) {
      drawTiles();
    }
  }

  // --- doing

  /** @param {number} index */
  function ringAt(index) {
    const tile = tiles[index];
    if (!tile) {
      return;
    }
    state.set({ ring: tile.key });
    const found = layout({
      width: room.clientWidth - 4,
      height: room.clientHeight,
      scrollTop: room.scrollTop,
      count: tiles.length,
    });
    const { top } = found.place(index);
    if (top < room.scrollTop) {
      room.scrollTop = top;
    } else if (top + found.tileHeight > room.scrollTop + room.clientHeight) {
      room.scrollTop = top + found.tileHeight - room.clientHeight + 4;
    }
    drawTiles();
  }

  /** The key acts on the tile with the ring. @param {string} name @param {number} [stars] */
  function does(name, stars = 0) {
    const tile = ringed();
    const node = nodeOf(state.get());
    if (!tile || !node) {
      return;
    }
    if (!tile.take) {
      if (name === "cancel") {
        acts.cancel(tile.job.job);
      }
      return;
    }
    /** @type {Record<string, () => void>} */
    const verb = {
      pin: () => acts.edit(edits.pin(node, tile.take), tile.key),
      stars: () => acts.edit(edits.rate(tile.take, ratingOf(stars)), tile.key),
      pick: () => acts.edit(edits.rate(tile.take, "keep"), tile.key),
      reject: () => rejected(tile),
      clear: () => acts.edit(edits.clear(tile.take), tile.key),
      lock: () => acts.edit(edits.lock(node), tile.key),
      put: () => acts.putTake(tile.take),
      view: () => state.set({ big: state.get().big ? "" : "take" }),
    };
    verb[name]();
  }

  /**
   * Rejected, the tile leaves; the ring goes to the one that takes its place.
   * @param {import("./tiles.js").Tile} tile
   */
  function rejected(tile) {
    const at = tiles.indexOf(tile);
    const next = tiles[at + 1] || tiles[at - 1];
    acts.edit(edits.reject(tile.take), tile.key);
    if (next && state.get().filter !== "rejected" && !tile.take.hidden) {
      state.set({ ring: next.key });
    }
  }

  /** @param {any} event @returns {boolean} whether the key meant something here */
  function letters(event) {
    const at = app.shell.keys.at();
    const here = at === null || at === room;
    if (!tiles.length || event.altKey || event.ctrlKey || event.metaKey) {
      return false;
    }
    if (here && /^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
      const index = tiles.findIndex((tile) => tile.key === state.get().ring);
      ringAt(moved(Math.max(0, index), event.key, columns, tiles.length));
      return true;
    }
    if (here && event.key === "Enter") {
      does("pin");
      return true;
    }
    if (/^[0-5]$/.test(event.key)) {
      does("stars", Number(event.key));
      return true;
    }
    const verb = /** @type {Record<string, string>} */ ({ p: "pick", x: "reject", u: "clear" })[
      event.key.toLowerCase()
    ];
    if (verb) {
      does(verb);
    }
    return Boolean(verb);
  }

  room.addEventListener("scroll", resized);
  if (typeof ResizeObserver === "function") {
    new ResizeObserver(resized).observe(room);
  }
  every(app.clock, LOOK_MS, resized);
  every(app.clock, SECOND_MS, () => opened && tiles.some((tile) => tile.job) && state.set({ now: app.clock.now() }));
  state.on(
    ["clip", "snapshot", "canvasId", "jobs", "filter", "order", "ring", "now", "undoable", "standing", "big", "doing"],
    draw,
  );
  const bar = h("div", { class: "row wraps stays" }, filter.el, h("div", { class: "grow" }), order.el);
  fill(inside);
  return {
    el: h("div", { class: "tray" }, bar, empty, room, line, verbs.el),
    /** @param {boolean} on */
    open(on) {
      opened = on;
      draw();
    },
    resized,
    letters,
    ringed,
    room,
    step: (/** @type {number} */ by) => {
      const index = tiles.findIndex((tile) => tile.key === state.get().ring);
      ringAt(Math.min(tiles.length - 1, Math.max(0, index + by)));
    },
  };
}

module.exports = { tray };
