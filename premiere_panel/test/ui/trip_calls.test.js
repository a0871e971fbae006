"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Refusal } = require("../../takebridge_premiere/plugin/link/faults.js");
const { applySeen, whatChanged } = require("../../takebridge_premiere/plugin/ui/trip_calls.js");
const reel = require("../support/trip_facts.js");

const CHOICES = { "content:V1.2": "canvas" };

/** A panel whose bridge refuses choices as `error` says; `asked` are the round trips that came. */
function panel(error) {
  const asked = [];
  const api = {
    roundtrip: async (request) => {
      asked.push(request);
      if (error && Object.keys(request.choices || {}).length) {
        throw error;
      }
      return reel.trip({ edits: [reel.edit(1)] });
    },
    links: async () => [],
    canvas: async () => ({ canvas: reel.canvas(1) }),
    roundtrips: async () => [],
  };
  return { asked, app: { api, state: { get: () => ({ snapshot: null, status: null, session: "" }) } } };
}

const seen = { trip: reel.trip({ edits: [reel.edit(1), reel.edit(2)] }), choices: CHOICES };

test("what a colleague has decided meanwhile is shown, and nothing is applied", async () => {
  const { app, asked } = panel(new Refusal("usage", "No such conflict.", "", { details: { unknown: "content:V1.2" } }));
  const { trip, found } = await applySeen(app, "canvas_1", seen, { choices: CHOICES });
  assert.equal(trip, null);
  assert.deepEqual(found.choices, {});
  assert.equal(found.trip.edits.length, 1);
  assert.ok(asked.every((one) => one.dry_run));
});

test("any other refusal is told", async () => {
  const { app } = panel(new Refusal("usage", "That cannot be.", ""));
  await assert.rejects(applySeen(app, "canvas_1", seen, { choices: CHOICES }), /That cannot be/);
  await assert.rejects(whatChanged(app, "canvas_1", CHOICES), /That cannot be/);
});
