"use strict";

/** A conflict as a card: what both did, a picture of each side, the choices. Nothing is picked for a person. */

const { button } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { GLYPHS, WORDS } = require("./marks.js");
const { picksOf, pictureOf, sidesOf } = require("./trip_model.js");
const { frameOf, pager } = require("./trip_rows.js");
const { choiceWords, toYou } = require("./trip_words.js");

/** From this width on, in pixels, the pictures stand beside the choices. */
const WIDE = 640;
const PAGE = 12;
/** @type {Record<string, string>} */
const LETTERS = { t: "editor", c: "canvas", b: "both", l: "later" };

/**
 * @typedef {import("./trip_model.js").Found} Found
 * @typedef {{id: string, el: any, set(choice: string): void, lock(on: boolean): void, forget(): void}} Card
 */

/**
 * All conflicts, a page of cards at a time.
 * @param {import("./app.js").App} app
 * @param {{pick: (id: string, choice: any) => void, park: (frame: number) => void, turned: () => void}} parts
 */
function conflictCards(app, { pick, park, turned }) {
  const room = h("div", { class: "stack" });
  const pages = pager({
    what: "conflicts",
    page: PAGE,
    turned: () => {
      draw();
      turned();
    },
  });
  const el = h("div", { class: "conflicts gone" }, room, pages.el);
  /** @type {Found | null} */
  let found = null;
  /** @type {Card[]} */
  let cards = [];
  /** @type {Record<string, string>} */
  let picked = {};
  let locked = false;

  function draw() {
    cards.forEach((card) => card.forget());
    const entries = found ? found.trip.conflicts.slice(pages.from(), pages.to()) : [];
    const parts = { pick, park };
    cards = entries.map((/** @type {any} */ one) => conflictCard(app, one, /** @type {Found} */ (found), parts));
    fill(
      room,
      cards.map((card) => card.el),
    );
    mark();
  }

  function mark() {
    cards.forEach((card) => {
      card.set(picked[card.id] || "");
      card.lock(locked);
    });
  }

  return {
    el,
    /** @param {Found | null} next */
    show(next) {
      found = next;
      pages.show(next ? next.trip.conflicts.length : 0);
      show(el, Boolean(next && next.trip.conflicts.length));
      draw();
    },
    /** @param {Record<string, string>} next @param {boolean} lock whether nothing may be chosen now */
    mark(next, lock) {
      picked = next;
      locked = lock;
      mark();
    },
    /** Go to the page of the first conflict that is not decided. */
    toUndecided() {
      const at = found ? found.trip.conflicts.findIndex((/** @type {any} */ one) => !picked[one.id]) : -1;
      if (at >= 0) {
        pages.goTo(at);
        const card = cards.find((one) => one.id === /** @type {Found} */ (found).trip.conflicts[at].id);
        return card ? card.el.querySelector("[data-choice]") : null;
      }
      return null;
    },
    /** Choose by letter in the conflict that has the ring. @param {any} at @param {string} key @returns {boolean} */
    letter(at, key) {
      const card = at ? cards.find((one) => one.el.contains(at)) : null;
      const choice = LETTERS[key.toLowerCase()];
      const row = card && choice ? card.el.querySelector(`[data-choice="${choice}"]`) : null;
      if (!row || row.hasAttribute("disabled")) {
        return false;
      }
      row.click();
      return true;
    },
  };
}

/**
 * @param {import("./app.js").App} app
 * @param {any} entry
 * @param {Found} found
 * @param {{pick: (id: string, choice: any) => void, park: (frame: number) => void}} parts
 * @returns {Card}
 */
function conflictCard(app, entry, found, { pick, park }) {
  const sides = sidesOf(entry, found);
  const shot = sides.link ? sides.link.shot : "";
  const name = shot && shot !== entry.name ? `${shot} · ${entry.name}` : entry.name;
  const at = frameOf(entry, found);
  const showing = /** @type {const} */ ({ look: "quiet", name: `Show ${entry.name} in the timeline` });
  const there = at === null ? null : button("Show", () => park(at), showing);
  const rows = picksOf(entry).map((choice) => choiceRow(entry, choice, found.takes, () => pick(entry.id, choice)));
  const yours = still("Your timeline");
  const theirs = still("Canvas");
  const parts = h(
    "div",
    { class: "conflict-parts" },
    h("div", { class: "row top conflict-stills" }, yours.el, theirs.el),
    h(
      "div",
      { class: "stack tight grow" },
      rows.map((row) => row.el),
    ),
  );
  const el = h(
    "div",
    { class: "card conflict", title: `Conflict: ${entry.name}. ${toYou(entry.text)}` },
    h(
      "div",
      { class: "row" },
      h("div", { class: "tone-conflict glyph" }, GLYPHS.conflict),
      h("div", { class: "title grow wrap" }, `${name} · ${WORDS.conflict}`),
      there && there.el,
    ),
    h("div", { class: "wrap figures" }, toYou(entry.text)),
    parts,
  );
  const watch = typeof ResizeObserver === "function" ? new ResizeObserver(() => arrange()) : null;
  function arrange() {
    parts.classList.toggle("beside", el.offsetWidth >= WIDE);
  }
  if (watch) {
    watch.observe(el);
  }
  showSides(app, entry, sides, yours, theirs);
  return {
    id: entry.id,
    el,
    set: (choice) => rows.forEach((row) => row.set(row.choice === choice)),
    lock: (on) => rows.forEach((row) => row.lock(on)),
    forget() {
      yours.forget();
      theirs.forget();
      if (watch) {
        watch.disconnect();
      }
    },
  };
}

/** @param {any} entry @param {any} choice @param {boolean} takes @param {() => void} press */
function choiceRow(entry, choice, takes, press) {
  const [name, meaning] = choiceWords(choice, entry.what, takes);
  const dot = h("div", { class: "radio-dot" }, "○");
  const el = h(
    "div",
    {
      class: "radio conflict-choice",
      "data-stop": true,
      "data-choice": choice,
      title: `${entry.name}: ${name}, ${meaning}`,
      on: { click: () => el.hasAttribute("disabled") || press() },
    },
    dot,
    h("div", { class: "conflict-name" }, name),
    h("div", { class: "label grow wrap" }, meaning),
  );
  return {
    choice,
    el,
    /** @param {boolean} on */
    set(on) {
      el.classList.toggle("checked", on);
      say(dot, on ? "●" : "○");
    },
    /** @param {boolean} on */
    lock(on) {
      if (on) {
        el.setAttribute("disabled", "");
      } else {
        el.removeAttribute("disabled");
      }
    },
  };
}

/** A small picture with what it is of. @param {string} caption */
function still(caption) {
  const words = h("div", { class: "still-words" });
  const picture = h("img", { class: "still-picture gone" });
  const below = h("div", { class: "caption" }, caption);
  let wanted = true;
  let cancel = () => {};
  return {
    el: h("div", { class: "still" }, h("div", { class: "still-well" }, words, picture), below),
    /** @param {string} text in the place of a picture */
    say: (text) => say(words, text),
    /** @param {string} text */
    caption: (text) => say(below, text),
    /** @param {string} url */
    draw(url) {
      if (wanted && url) {
        picture.src = url;
        show(picture, true);
      }
    },
    /** @param {() => void} call loses interest in a picture under way */
    on(call) {
      cancel = call;
    },
    isWanted: () => wanted,
    forget() {
      wanted = false;
      cancel();
    },
  };
}

/**
 * @param {import("./app.js").App} app
 * @param {any} entry
 * @param {ReturnType<typeof sidesOf>} sides
 * @param {ReturnType<typeof still>} yours
 * @param {ReturnType<typeof still>} theirs
 */
function showSides(app, entry, sides, yours, theirs) {
  /** The clip as it was when it was pushed, where the editor's own frame is not to be had. */
  function asPushed() {
    const content = pictureOf(sides.pushed);
    if (content && yours.isWanted()) {
      yours.caption("Your timeline, as it was pushed");
      yours.on(app.pictures.poster(content, yours.draw));
    }
  }
  if (!entry.editor) {
    yours.say("deleted");
  } else if (!sides.place) {
    asPushed();
  } else {
    const { session, clip } = sides.place;
    const at = Math.floor((clip.start_record_frame + clip.end_record_frame) / 2);
    app.api.clipFrame(session, clip.clip, at).then(yours.draw, asPushed);
  }
  const content = pictureOf(sides.canvas);
  if (entry.what === "dropped_by_canvas") {
    theirs.say("no longer there");
  } else if (content) {
    theirs.caption(`Canvas, take ${sides.canvas.seq}`);
    theirs.on(app.pictures.poster(content, theirs.draw));
  }
}

module.exports = { conflictCards };
