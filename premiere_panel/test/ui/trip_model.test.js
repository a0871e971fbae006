"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const reel = require("../support/trip_facts.js");
const model = require("../../takebridge_premiere/plugin/ui/trip_model.js");

const LINKS = reel.links(5);
const found = (trip, more = {}) => ({
  trip,
  choices: {},
  links: LINKS,
  canvas: reel.canvas(5),
  trips: [],
  places: [],
  takes: false,
  ...more,
});
const place = (clip) => ({ session: "s1", clip });

test("an entry is tied to its shot by what it names, by the clip, by its media", () => {
  assert.deepEqual(model.takesNamed("the canvas SH_0430 take 12, Größe-1.b take 3"), [
    ["SH_0430", 12],
    ["Größe-1.b", 3],
  ]);
  assert.equal(model.linkOf(reel.conflict(3), LINKS).id, "link_3");
  const time = reel.conflict(2, "time");
  assert.equal(model.linkOf(time, LINKS, [place(reel.seen(2))]).id, "link_2");
  assert.equal(model.linkOf(time, LINKS).id, "link_2");
  const twice = [reel.link(2), reel.link(2, { id: "link_9", shot: "SH_0490", clip_key: "clip_9" })];
  assert.equal(model.linkOf(time, twice), null);
  const windows = reel.link(2, { media_path: "D:\\footage\\A003_C002.mov" });
  assert.equal(model.linkOf(time, [windows]).id, "link_2");
});

test("of two clips of one name none is taken for the editor's", () => {
  const one = reel.seen(3);
  const other = { ...one, clip: "another" };
  assert.equal(model.placeOf(reel.conflict(3), [place(one)]).clip, one);
  assert.equal(model.placeOf(reel.conflict(3), [place(one), place(other)]), null);
  assert.equal(model.placeOf(reel.conflict(3), [place(one), place({ ...other, track_index: 2 })]).clip, one);
  assert.equal(model.placeOf(reel.conflict(3, "deleted_by_editor"), [place(one)]), null);
});

test("the canvas shows the pinned take behind the source", () => {
  const canvas = reel.canvas(5);
  const take = model.canvasTake(reel.conflict(3), reel.link(3), canvas);
  assert.equal(take.id, "take_3");
  assert.equal(model.pictureOf(take), "b3:43");
  assert.equal(model.pictureOf(null), "");
  canvas.nodes.node_3.pin = null;
  assert.equal(model.canvasTake(reel.conflict(3), reel.link(3), canvas), null); // what was pushed is not its answer
});

test("wires in a ring end", () => {
  const canvas = reel.canvas(1);
  canvas.wires.back = { id: "back", src_node: "node_1", dst_node: "source_1" };
  assert.equal(model.canvasTake(reel.conflict(1), reel.link(1), canvas).id, "take_1");
});

test("what an edit shows: frames of a take of ours, nothing else", () => {
  const shown = model.shownBy(reel.edit(2, { head: 3 }));
  assert.deepEqual([shown.link, shown.take, shown.start.n, shown.end.n], ["link_2", "take_2", 15n, 92n]);
  const media = { location: "/footage/a.mov", rate: "24/1" };
  const others = [{ op: "replace", media, source: [0, 1] }, { op: "x", media: null }, { op: "y", source: [1] }];
  for (const operation of others) {
    assert.equal(model.shownBy({ operations: [operation] }), null);
  }
});

test("takes that touch no conflict can go in by themselves, others not", () => {
  const moved = reel.edit(2);
  moved.operations.push({ op: "reshape" });
  const trip = reel.trip({
    edits: [reel.edit(1), moved, reel.edit(3), reel.edit(4)],
    conflicts: [reel.conflict(3), reel.conflict(5, "deleted_by_editor")],
  });
  assert.deepEqual(model.undisputed(found(trip)), { link_1: "take_1", link_4: "take_4" });
  const razored = reel.trip({ edits: [reel.edit(1), reel.edit(1)] });
  assert.deepEqual(model.undisputed(found(razored)), {});
  const sharing = reel.conflict(5, "time");
  sharing.covers.editor = [["video", 0, 0]]; // the clip of shot 1
  assert.deepEqual(model.undisputed(found(reel.trip({ edits: [reel.edit(1)], conflicts: [sharing] }))), {});
});

test("two looks are one plan only if they would do the same", () => {
  const one = reel.trip({ edits: [reel.edit(1, { head: 3 })], notes: ["A note."] });
  assert.ok(model.samePlan(one, reel.trip({ edits: [reel.edit(1, { head: 3 })] })));
  assert.ok(!model.samePlan(one, reel.trip({ edits: [reel.edit(1, { head: 4 })] })));
  assert.ok(!model.samePlan(one, reel.trip({ edits: one.edits, conflicts: [reel.conflict(3)] })));
  assert.ok(!model.samePlan(one, reel.trip({ edits: one.edits, timeline: "Another" })));
  assert.ok(!model.samePlan(reel.trip({ price: reel.price() }), reel.trip({ price: reel.price(1, 9_000_000) })));
});

test("nothing is picked where both sides count; a single way is; earlier picks stay", () => {
  const both = reel.conflict(3, "content", "editor", "canvas", "both");
  const only = reel.conflict(5, "time", "editor");
  assert.deepEqual(model.picksOf(both), ["editor", "canvas", "both", "later"]);
  assert.deepEqual({ ...model.keptPicks(reel.trip({ conflicts: [both, only] }), {}) }, { [only.id]: "editor" });
  const before = { [both.id]: "both", gone: "canvas" };
  assert.deepEqual({ ...model.keptPicks(reel.trip({ conflicts: [both] }), before) }, { [both.id]: "both" });
  const fewer = reel.conflict(3, "content", "editor", "canvas");
  assert.deepEqual({ ...model.keptPicks(reel.trip({ conflicts: [fewer] }), before) }, {});
});

test("apply counts the decisions for the canvas that the plan does not hold yet", () => {
  const trip = reel.trip({ edits: [reel.edit(1), reel.edit(2)], conflicts: [reel.conflict(3), reel.conflict(5)] });
  const [a, b] = trip.conflicts.map((one) => one.id);
  assert.equal(model.changesAfter(trip, {}, { [a]: "editor", [b]: "later" }), 2);
  assert.equal(model.changesAfter(trip, {}, { [a]: "canvas", [b]: "both" }), 4);
  assert.equal(model.changesAfter(trip, { [a]: "canvas" }, { [a]: "canvas", [b]: "editor" }), 2);
  assert.deepEqual(model.sentChoices({ [a]: "canvas", [b]: "later" }), { [a]: "canvas" });
});

test("a trip that did not end is found", () => {
  const cut = reel.pastTrip({ trip: "t2", state: "applying", ended_at: "" });
  assert.equal(model.leftOpen([reel.pastTrip(), cut]), cut);
  assert.equal(model.leftOpen([reel.pastTrip(), reel.pastTrip({ state: "left" })]), null);
});
