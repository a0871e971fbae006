"use strict";

/** What the tray shows, in which order, and which part of it can be seen. Pure. */

const { isActive, moment } = require("./job_words.js");
const { starsOf } = require("./rating.js");
const { allTakes, jobsOf, nodeOf, pinnedTake, shownTake } = require("./selectors.js");
const { model, modelTitle, price } = require("./take_facts.js");
const { clock, takeName } = require("./words.js");

const FILTERS = { all: "All", picks: "Picks", unrated: "Unrated", rejected: "Rejected" };
const ORDERS = { newest: "Newest", oldest: "Oldest", stars: "Stars", price: "Price" };

const LEAST_WIDTH = 98;
const GAP = 6;
/** Height of the words below a picture. */
const WORDS = 50;
/** Rows drawn beyond what can be seen, so that a quick wheel shows no empty space. */
const SPARE_ROWS = 2;

/**
 * @typedef {{key: string, take: any, job: any, title: string, stars: string, model: string, price: string, pinned:
 *   boolean,
 *   inTimeline: boolean, rejected: boolean, previz: boolean, spoken: string}} Tile
 */

/** @param {Record<string, any>} state @returns {Tile[]} what is being made first, then takes as filtered and ordered */
function tilesOf(state) {
  const node = nodeOf(state);
  if (!node) {
    return [];
  }
  const pinned = pinnedTake(state);
  const shown = shownTake(state);
  const making = state.filter === "all" ? jobsOf(state).filter((job) => job.node === node.id && isActive(job)) : [];
  const takes = allTakes(state).filter((take) => passes(take, state.filter));
  const marks = { pinned: pinned ? pinned.id : "", shown: shown ? shown.id : "" };
  return [
    ...making.map((job) => jobTile(job, state.now)),
    ...ordered(takes, state.order).map((take) => takeTile(take, marks)),
  ];
}

/** @param {any} take @param {string} filter */
function passes(take, filter) {
  if (filter === "rejected") {
    return take.hidden === true;
  }
  if (take.hidden) {
    return false;
  }
  return filter === "picks" ? take.rating === "keep" : filter === "unrated" ? !take.rating : true;
}

/** @param {any[]} takes oldest first @param {string} order */
function ordered(takes, order) {
  const newest = [...takes].reverse();
  if (order === "oldest") {
    return takes;
  }
  if (order === "stars") {
    return newest.sort((one, other) => starsOf(other.rating) - starsOf(one.rating));
  }
  const cost = (/** @type {any} */ take) => take.cost_actual_micros ?? take.cost_estimated_micros ?? Infinity;
  return order === "price" ? newest.sort((one, other) => cost(one) - cost(other)) : newest;
}

/** @param {any} take @param {{pinned: string, shown: string}} marks @returns {Tile} */
function takeTile(take, marks) {
  const stars = starsOf(take.rating);
  const tile = {
    key: take.id,
    take,
    job: null,
    title: String(take.seq),
    stars: "★".repeat(stars),
    model: model(take),
    price: price(take),
    pinned: take.id === marks.pinned,
    inTimeline: take.id === marks.shown,
    rejected: take.hidden === true,
    previz: take.previz === true,
  };
  const words = [
    `Take ${take.seq}`,
    tile.pinned ? "pinned" : "",
    tile.inTimeline ? "in timeline" : "",
    tile.rejected ? "rejected" : "",
    stars ? `${stars} star${stars === 1 ? "" : "s"}` : "",
    tile.previz ? "previz" : "",
    tile.model,
    tile.price,
  ];
  return { ...tile, spoken: words.filter(Boolean).join(", ") };
}

/** @param {any} job @param {number} now @returns {Tile} */
function jobTile(job, now) {
  const begun = moment(job.created_at);
  const running = job.status === "InProgress" && begun !== null;
  const words = running ? clock(Math.max(0, Math.floor((now - begun) / 1000))) : "Pending";
  return {
    key: job.job,
    take: null,
    job,
    title: "New take",
    stars: "",
    model: modelTitle(job.model),
    price: words,
    pinned: false,
    inTimeline: false,
    rejected: false,
    previz: false,
    spoken: `New take, ${words}`,
  };
}

/** @param {Tile} tile @returns {string} what tells one drawing of a tile from another */
function drawing(tile) {
  return [
    tile.key,
    tile.title,
    tile.stars,
    tile.model,
    tile.price,
    tile.pinned,
    tile.inTimeline,
    tile.rejected,
    tile.previz,
  ].join("|");
}

/**
 * How tiles lie in a room, and which of them can be seen: `first` to `last`, ends exclusive.
 * @param {{width: number, height: number, scrollTop: number, count: number}} room
 */
function layout({ width, height, scrollTop, count }) {
  const columns = Math.max(2, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
  const tileWidth = Math.max(60, Math.floor((width - GAP * (columns - 1)) / columns));
  const tileHeight = Math.round((tileWidth * 9) / 16) + WORDS;
  const rows = Math.ceil(count / columns);
  const from = Math.max(0, Math.floor(scrollTop / (tileHeight + GAP)) - SPARE_ROWS);
  const to = Math.min(rows, Math.ceil((scrollTop + height) / (tileHeight + GAP)) + SPARE_ROWS);
  return {
    columns,
    tileWidth,
    tileHeight,
    total: Math.max(0, rows * (tileHeight + GAP) - GAP),
    first: Math.min(count, from * columns),
    last: Math.min(count, to * columns),
    place: (/** @type {number} */ index) => ({
      left: (index % columns) * (tileWidth + GAP),
      top: Math.floor(index / columns) * (tileHeight + GAP),
    }),
  };
}

/**
 * Where the ring goes with an arrow key; it stays where there is no further tile.
 * @param {number} index
 * @param {string} key
 * @param {number} columns
 * @param {number} count
 */
function moved(index, key, columns, count) {
  /** @type {Record<string, number>} */
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (key === "Home") {
    return 0;
  }
  if (key === "End") {
    return count - 1;
  }
  const next = index + (steps[key] || 0);
  return next >= 0 && next < count ? next : key === "ArrowDown" && index < count - 1 ? count - 1 : index;
}

/** @param {Record<string, any>} state @returns {string} why the tray is empty, "" when it is not */
function emptyWords(state) {
  if (!state.clip) {
    return "Takes of the clip show here.";
  }
  if (!nodeOf(state)) {
    return "Nothing is made of this clip yet.";
  }
  if (allTakes(state).length && state.filter !== "all") {
    /** @type {Record<string, string>} */
    const none = { picks: "No take is picked yet.", unrated: "Every take is rated.", rejected: "No take is rejected." };
    return none[state.filter] || "";
  }
  return allTakes(state).length ? "Every take is rejected. “Rejected” shows them." : "No take yet.";
}

/** @param {any} take @returns {string} */
function named(take) {
  return takeName(take.seq);
}

module.exports = { FILTERS, GAP, ORDERS, drawing, emptyWords, layout, moved, named, tilesOf };
