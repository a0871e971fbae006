"use strict";

/** The round trip's tab with a bridge written down for it: what it answers to looks and to applying. */

const { openPanel } = require("./acting.js");
const { harbour } = require("./stand_in_bridge.js");
const reel = require("../support/trip_facts.js");

/** The plan of the documentation's picture: three changes, two conflicts, a request, a clip that goes. */
function twoConflicts() {
  return reel.trip({
    edits: [reel.edit(1, { head: 3, tail: 4 }), reel.edit(2), reel.edit(4, { head: -6, tail: 6 })],
    conflicts: [reel.conflict(3, "content", "editor", "canvas", "both"), reel.conflict(5, "deleted_by_editor")],
    removed: [reel.removed(5)],
    requests: [reel.request(4)],
    price: reel.price(),
    sentence: "7 steps; 1 request for takes ($1.40–3.20); 2 conflicts to decide; 1 clip removed.",
  });
}

/**
 * What the bridge knows and answers. `trip` may be changed while the page runs.
 * @param {any} [given] as openTrip has it
 */
function tripFacts({ plan = twoConflicts(), applied: ended = null, trips = [], shots = 5, put = [], facts = {} } = {}) {
  const trip = { plan, applied: ended, trips };
  const one = (answer, body) => (typeof answer === "function" ? answer(body) : answer);
  const answers = {
    "POST /api/roundtrips": (body) => one(body.dry_run ? trip.plan : trip.applied, body),
    "GET /api/roundtrips": () => trip.trips,
  };
  const reelOf = { canvases: { canvas_1: "Reel 2" }, canvas: reel.canvas(shots), states: {}, links: reel.links(shots) };
  return { trip, facts: { ...harbour(), ...reelOf, clips: [reel.seen(3)], put, answers, ...facts } };
}

/**
 * @param {any} t
 * @param {any} [given] `plan` a dry run's answer (or a function of the request), `applied` that of applying, `trips`
 *   those there were, `shots` how many, `put` what became of takes, `facts` more that the bridge knows
 */
async function openTrip(t, given = {}) {
  const { trip, facts } = tripFacts(given);
  const { size } = given;
  const panel = await openPanel(t, { size, facts });
  const { page, bridge } = panel;
  await page.locator(".strip-words", { hasText: "REEL 2 v14" }).waitFor();
  await page.locator(".tab", { hasText: "Round trip" }).click();
  const sent = () => bridge.sent("POST", "/api/roundtrips").map((call) => call.body);
  const button = (words) => page.locator(".button:visible", { hasText: words }).first();
  const ready = () => page.locator(".trip-top .button:not([disabled])").waitFor();
  await ready();
  const choose = (number, words) =>
    page.locator(".conflict").nth(number).locator(".conflict-choice", { hasText: words }).click();
  const looked = async () => {
    await button("What changed").click();
    await page.locator(".trip-body > .stack > .title").waitFor();
    await ready();
  };
  return { ...panel, trip, facts, sent, button, choose, looked, ready };
}

const COPY = "REEL 2 v14 (TakeBridge safety copy 1-9f3a)";
const plain = () => reel.trip({ edits: [reel.edit(1, { head: 3 }), reel.edit(2)], sentence: "4 steps." });
const applied = (more = {}) =>
  reel.trip({ ...plain(), dry_run: false, outcome: "applied", trip: reel.pastTrip(), ...more });

/** A promise that is kept when the test says so. */
function held() {
  let keep = () => {};
  const kept = new Promise((resolve) => {
    keep = resolve;
  });
  return { kept, keep };
}

/** The table of changes as words, row by row. */
const rowsOf = (page) =>
  page
    .locator(".trip-row:not(.trip-head)")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));

const isOff = async (button) => (await button.getAttribute("disabled")) !== null;

module.exports = { COPY, applied, held, isOff, openTrip, plain, rowsOf, tripFacts, twoConflicts };
