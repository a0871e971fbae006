"use strict";

/** The calls of a round trip, in order. What only names and pictures hang on may fail quietly. */

const { hostOf } = require("./connection_words.js");
const { placeOf, samePlan, undisputed } = require("./trip_model.js");

const LOOKS = ["marks", "selected", "playhead"];

/** @typedef {import("./trip_model.js").Found} Found */

/**
 * @template T
 * @param {Promise<T>} asked
 * @param {T} otherwise
 * @returns {Promise<T>}
 */
async function quietly(asked, otherwise) {
  try {
    return await asked;
  } catch (_) {
    return otherwise;
  }
}

/**
 * Make a dry run and gather what shows it. Changes nothing. Rejects with what a round trip is refused with.
 * @param {import("./app.js").App} app
 * @param {string} canvasId
 * @param {Record<string, string>} choices
 * @returns {Promise<Found>}
 */
async function whatChanged(app, canvasId, choices) {
  const { api } = app;
  const trip = await api.roundtrip({ canvas_id: canvasId, dry_run: true, choices });
  const [links, canvas, trips] = await Promise.all([
    quietly(api.links(canvasId), []),
    quietly(canvasNow(app, canvasId), null),
    quietly(api.roundtrips(canvasId), []),
  ]);
  const places = trip.conflicts.length ? await placesOf(api, trip.conflicts) : [];
  return Object.freeze({ trip, choices: { ...choices }, links, canvas, trips, places, takes: hasTakes(app) });
}

/** @param {import("./app.js").App} app @param {string} canvasId */
async function canvasNow({ api, state }, canvasId) {
  const { snapshot } = state.get();
  return snapshot && snapshot.canvas.id === canvasId ? snapshot.canvas : (await api.canvas(canvasId)).canvas;
}

/**
 * Whether the connected editor keeps several takes on one clip; Premiere does not.
 * @param {import("./app.js").App} app
 */
function hasTakes({ state }) {
  const { status, session } = state.get();
  const own = hostOf(status, session);
  return Boolean(own && (own.capabilities || []).includes("clip.add_take"));
}

/**
 * Look at the editor's clips until all that are in question were seen. A version may not know every way to look.
 * @param {any} api
 * @param {any[]} conflicts
 */
async function placesOf(api, conflicts) {
  const wanted = conflicts.filter((one) => one.editor);
  /** @type {import("./trip_model.js").Place[]} */
  const found = [];
  for (const mode of LOOKS) {
    if (wanted.every((one) => placeOf(one, found))) {
      break;
    }
    /** @type {any} */
    const look = await quietly(api.look(mode), null);
    found.push(...(look ? look.clips.map((/** @type {any} */ clip) => ({ session: look.session, clip })) : []));
  }
  return found;
}

/**
 * Whether the plan that was seen is still the plan; when it is another one, that.
 * @param {import("./app.js").App} app
 * @param {string} canvasId
 * @param {Found} seen
 * @returns {Promise<Found | null>} null where it is the same
 */
async function anotherPlan(app, canvasId, seen) {
  const now = await app.api
    .roundtrip({ canvas_id: canvasId, dry_run: true, choices: seen.choices })
    .catch((/** @type {any} */ error) => {
      if (error.details && error.details.unknown) {
        return null; // a colleague has decided one of the conflicts
      }
      throw error;
    });
  return now && samePlan(now, seen.trip) ? null : whatChanged(app, canvasId, {});
}

/**
 * Apply exactly the plan that was seen; when it is another one by now, give that and change nothing.
 * @param {import("./app.js").App} app
 * @param {string} canvasId
 * @param {Found} seen
 * @param {object} agreed `{choices, keep_copy, generate, max_micros, allow_unknown}`
 * @returns {Promise<{trip: any, trips: any[], found: Found | null}>} `trip` null: nothing was done, `found` is the plan
 */
async function applySeen(app, canvasId, seen, agreed) {
  const found = await anotherPlan(app, canvasId, seen);
  if (found) {
    return { trip: null, trips: found.trips, found };
  }
  return act(app, { canvas_id: canvasId, dry_run: false, ...agreed });
}

/** @param {import("./app.js").App} app @param {any} request that changes something */
async function act({ api }, request) {
  const trip = await api.roundtrip(request);
  return { trip, trips: await quietly(api.roundtrips(request.canvas_id), []), found: null };
}

/** Take the open cut as the base; merges nothing. @param {import("./app.js").App} app @param {string} canvasId */
function newBase(app, canvasId) {
  return act(app, { canvas_id: canvasId, dry_run: false, new_base: true });
}

/** End what was cut off: finished when nobody edited since, else undone. @param {any} app @param {string} canvasId */
function finishOrUndo(app, canvasId) {
  return act(app, { canvas_id: canvasId, dry_run: false, resume: true });
}

/**
 * Put the undisputed takes of exactly the plan that was seen on the timeline, and look again. One clip that fails does
 * not stop the others.
 * @param {import("./app.js").App} app
 * @param {string} canvasId
 * @param {Found} seen
 * @returns {Promise<{done: any[] | null, found: Found}>} `done` null: the plan had become another one
 */
async function putRest(app, canvasId, seen) {
  const other = await anotherPlan(app, canvasId, seen);
  if (other) {
    return { done: null, found: other };
  }
  const takes = undisputed(seen);
  const done = await app.api.put({ canvas_id: canvasId, links: Object.keys(takes), takes, how: "take" });
  return { done, found: await whatChanged(app, canvasId, {}) };
}

module.exports = { applySeen, finishOrUndo, newBase, putRest, quietly, whatChanged };
