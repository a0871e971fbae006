"use strict";

/**
 * Lists of a round trip: changes clip by clip, and cards of lines. A long list is shown in pages, so that a page never
 * draws more than it holds.
 */

const { button } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { linkOf, placeOf, shownBy } = require("./trip_model.js");
const { canvasDid, youDid } = require("./trip_words.js");

/** Rows that stand there at first, and rows of a page. */
const FIRST = 8;
const PAGE = 40;

/**
 * @typedef {{el: any, show(count: number): void, from(): number, to(): number, goTo(index: number): void}} Pager
 */

/**
 * Buttons that leaf through `count` things; `from` and `to` (exclusive) are those to be drawn. With `first` less than a
 * page a list begins folded.
 * @param {{what: string, page?: number, first?: number, turned: () => void}} how
 * @returns {Pager}
 */
function pager({ what, page = PAGE, first = page, turned }) {
  let count = 0;
  let at = 0;
  let folded = first < page;
  const words = h("div", { class: "caption figures grow" });
  const all = button("", () => turn(0, false), { look: "quiet" });
  const back = button("‹ Back", () => turn(at - page), { look: "quiet", name: `Back to the ${what} before` });
  const next = button("Next ›", () => turn(at + page), { look: "quiet", name: `On to the ${what} after` });
  const el = h("div", { class: "row gone" }, words, all.el, back.el, next.el);

  /** @param {number} to @param {boolean} [fold] */
  function turn(to, fold = false) {
    at = Math.max(0, Math.min(to, Math.floor(Math.max(0, count - 1) / page) * page));
    folded = fold;
    draw();
    turned();
  }

  const folds = () => folded && count > first;
  const to = () => Math.min(count, folds() ? first : at + page);

  function draw() {
    const several = !folds() && count > page;
    say(words, several || folds() ? `${at + 1}–${to()} of ${count}` : "");
    all.say(`Show all ${count}`);
    show(all.el, folds());
    show(back.el, several);
    show(next.el, several);
    back.enable(at > 0);
    next.enable(at + page < count);
    show(el, several || folds());
  }

  return {
    el,
    show(number) {
      count = number;
      at = 0;
      folded = first < page;
      draw();
    },
    from: () => at,
    to,
    goTo(index) {
      turn(Math.floor(index / page) * page);
    },
  };
}

/**
 * What a round trip does, clip by clip: what you did, what the canvas did; then what became of it.
 * @param {{park: (frame: number) => void, turned: () => void}} parts
 */
function changesTable({ park, turned }) {
  const head = h(
    "div",
    { class: "trip-row trip-head" },
    ["Clip", "You", "Canvas"].map((name) => h("div", { class: "trip-cell caption" }, name)),
  );
  const rows = h("div", { class: "stack tight" });
  const pages = pager({
    what: "changes",
    first: FIRST,
    turned: () => {
      draw();
      turned();
    },
  });
  const el = h("div", { class: "trip-table gone" }, head, rows, pages.el);
  /** @type {import("./trip_model.js").Found | null} */
  let found = null;
  /** @type {{words: string, tone: string} | null} */
  let results = null;

  function draw() {
    const edits = found ? found.trip.edits.slice(pages.from(), pages.to()) : [];
    fill(
      rows,
      edits.map((/** @type {any} */ one) => changeRow(one, /** @type {any} */ (found), results, park)),
    );
  }

  return {
    el,
    /** @param {import("./trip_model.js").Found | null} next */
    show(next) {
      found = next;
      pages.show(next ? next.trip.edits.length : 0);
      show(el, Boolean(next && next.trip.edits.length));
      draw();
    },
    /** Say of every change what became of it. @param {{words: string, tone: string} | null} next */
    results(next) {
      if (next !== results) {
        results = next;
        draw();
      }
    },
  };
}

/**
 * @param {any} entry
 * @param {import("./trip_model.js").Found} found
 * @param {{words: string, tone: string} | null} result
 * @param {(frame: number) => void} park
 */
function changeRow(entry, found, result, park) {
  const shown = shownBy(entry);
  const link = shown ? found.links.find((one) => one.id === shown.link) || null : null;
  const name = link ? link.shot : entry.name || "a clip";
  const cells = [name, youDid(entry, link, found.canvas), canvasDid(entry, found.takes)];
  const at = frameOf(entry, found);
  const go = at === null ? undefined : { click: () => park(at) };
  const ended = result ? ` Result: ${result.words}` : "";
  const spoken = `${entry.name || name}. You: ${cells[1]}. Canvas: ${cells[2]}.${ended}`;
  return h(
    "div",
    { class: "trip-row", "data-stop": true, title: go ? `${spoken} Enter shows it in the timeline.` : spoken, on: go },
    cells.map((words) => h("div", { class: "trip-cell wrap figures" }, words)),
    result
      ? h("div", { class: `trip-result tone-${result.tone}` }, `${GLYPH[result.tone] || "·"} ${result.words}`)
      : null,
  );
}

/** @type {Record<string, string>} */
const GLYPH = { fresh: "✓", stale: "▲", failed: "✕" };

/**
 * Where a clip begins in the timeline: as the editor has it now, else as it was handed over.
 * @param {any} entry
 * @param {import("./trip_model.js").Found} found
 * @returns {number | null}
 */
function frameOf(entry, found) {
  const place = placeOf(entry, found.places);
  if (place) {
    return place.clip.start_record_frame;
  }
  const shown = shownBy(entry);
  const link = shown
    ? found.links.find((one) => one.id === shown.link)
    : linkOf(entry, found.links, found.places);
  return link ? link.start_record_frame : null;
}

/** A card of lines below a title; hidden while there are none. @param {string} title @param {...any} below */
function listed(title, ...below) {
  const room = h("div", { class: "stack tight" });
  const pages = pager({ what: "lines", first: FIRST, turned: () => draw() });
  const el = h("div", { class: "card gone" }, h("div", { class: "title" }, title), room, pages.el, below);
  /** @type {string[]} */
  let lines = [];

  function draw() {
    fill(
      room,
      lines.slice(pages.from(), pages.to()).map((line) => h("div", { class: "wrap figures" }, line)),
    );
  }
  return {
    el,
    /** @param {string[]} next */
    say(next) {
      lines = next;
      pages.show(lines.length);
      show(el, lines.length > 0);
      draw();
    },
  };
}

/** A card that says what is so and offers one thing to do about it. @param {string} words @param {() => void} press */
function askCard(words, press) {
  const head = h("div", { class: "wrap" });
  const cause = h("div", { class: "label wrap" });
  const act = button(words, press);
  const el = h("div", { class: "card trip-notice gone" }, head, cause, h("div", { class: "row" }, act.el));
  return {
    el,
    /** @param {{head: string, cause: string, button?: string, code?: string} | null} card @param {boolean} may */
    show(card, may) {
      show(el, Boolean(card));
      if (card) {
        say(head, card.head);
        say(cause, card.cause);
        show(cause, Boolean(card.cause));
        act.say(card.button || words);
        act.enable(may);
        el.setAttribute("title", card.code ? `code: ${card.code}` : card.head);
      }
    },
  };
}

module.exports = { askCard, changesTable, frameOf, listed, pager };
