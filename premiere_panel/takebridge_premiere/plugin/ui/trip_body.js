"use strict";

/** What a round trip would do, on one page: changes, conflicts, what is asked for, what goes, what there was. */

const { button, check } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { conflictCards } = require("./trip_conflict.js");
const { endedWords } = require("./trip_outcome.js");
const { changesTable, listed } = require("./trip_rows.js");
const words = require("./trip_words.js");

const FEW = 3;

/**
 * @param {import("./app.js").App} app
 * @param {ReturnType<import("./trip_flow.js").createFlow>} flow
 * @param {() => void} moved what stood somewhere stands elsewhere
 */
function tripBody(app, flow, moved) {
  const head = h("div", { class: "title wrap" });
  const about = h("div", { class: "label wrap" });
  const sentence = h("div", { class: "label wrap" });
  const place = h("div", { class: "label wrap trip-place" });
  const table = changesTable({ park: flow.park, turned: moved });
  const conflicts = conflictCards(app, { pick: flow.pick, park: flow.park, turned: moved });
  const make = check("Make these takes first", false, (on) => flow.set({ make: on }));
  const cost = h("div", { class: "label figures trip-cost" });
  const asked = listed("Takes it asks for", make.el, cost);
  const removed = listed("Clips that go");
  const notes = listed("Notes");
  const written = listed("What to do now");
  const past = pastCard(app);
  const el = h(
    "div",
    { class: "trip-body" },
    h("div", { class: "stack tight" }, head, about, sentence),
    written.el,
    place,
    table.el,
    conflicts.el,
    asked.el,
    removed.el,
    notes.el,
    past.el,
  );
  /** @type {any} */
  let drawn = null;
  let wasSettled = false;

  /** @param {any} now */
  function drawPlan(now) {
    const { found, settled } = now;
    const trip = found ? found.trip : null;
    const { snapshot } = app.state.get();
    const title = found && found.canvas ? found.canvas.title : snapshot ? snapshot.canvas.title : "";
    say(about, trip ? words.about(trip, found.trips, title, app.clock.now()) : "");
    say(head, trip && !settled ? words.headline(trip) : "");
    say(sentence, trip && !settled ? words.toYou(trip.sentence) : "");
    if (found !== drawn) {
      table.show(found);
    }
    if (found !== drawn || settled !== wasSettled) {
      conflicts.show(settled ? null : found);
      asked.say(trip && !settled ? trip.requests.map(words.requestWords) : []);
      removed.say(trip ? trip.removed.map(words.removedWords) : []);
      notes.say(trip ? words.ownNotes(trip.notes) : []);
    }
    drawn = found;
    wasSettled = settled;
  }

  function draw() {
    const now = flow.now();
    const { found, settled, stage } = now;
    drawPlan(now);
    table.results(now.results);
    conflicts.mark(now.picked, stage !== "planned");
    const price = found && !settled ? words.priceWords(found.trip.price) : "";
    make.set(now.make);
    show(make.el, Boolean(price));
    say(cost, price);
    show(cost, Boolean(price));
    const { inPlace, keep } = flow.facts();
    say(place, settled ? "" : words.placeWords(inPlace, keep));
    show(place, Boolean(inPlace) && !settled);
    written.say(now.written);
    past.show(now.trips);
  }

  return { el, draw, conflicts };
}

/** The round trips there were, the newest first. @param {import("./app.js").App} app */
function pastCard(app) {
  const rows = h("div", { class: "stack tight" });
  let all = false;
  /** @type {any[]} */
  let trips = [];
  const more = button("", () => whole(), { look: "quiet", name: "Show all round trips" });
  const el = h("div", { class: "card gone" }, h("div", { class: "title" }, "Round trips so far"), rows, more.el);

  function whole() {
    all = true;
    draw();
  }

  function draw() {
    const shown = all ? trips : trips.slice(0, FEW);
    fill(
      rows,
      shown.map((one) => pastRow(one, app.clock.now())),
    );
    more.say(`Show all ${trips.length}`);
    show(more.el, shown.length < trips.length);
    show(el, trips.length > 0);
  }

  return {
    el,
    /** @param {any[]} next */
    show(next) {
      if (next !== trips) {
        trips = next;
        draw();
      }
    },
  };
}

/** @param {any} one @param {number} now */
function pastRow(one, now) {
  const whole = [`${words.ageOf(one.created_at, now)}: ${endedWords(one)}`, ...one.steps].join("\n");
  return h(
    "div",
    { class: "trip-past", title: whole },
    h("div", { class: "trip-when caption figures" }, words.clockOf(one.created_at, now)),
    h("div", { class: "grow wrap" }, `${one.timeline}: ${endedWords(one)}`),
  );
}

module.exports = { tripBody };
