"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { film, openRig, START } = require("./edit_rig.js");

const MARK = { record_frame: START + 20, name: "Take 3", note: "too dark – “ü”", color: "Red", duration_frames: 12 };

for (const version of ["25.6.0", "26.3.0"]) {
  test(`a marker is added to the sequence, in its colour (${version})`, async () => {
    const rig = openRig({ version });
    const expect = await rig.expect();
    const { timeline_markers: marks, changed } = await rig.done("marker.add", MARK, expect);
    assert.equal(changed, true);
    const old = { record_frame: START + 5, duration_frames: 1, color: "Green", name: "Look", note: "", data: "" };
    assert.deepEqual(marks, [old, { ...MARK, data: "" }]);
    const [, made] = rig.world.sequence().markers;
    assert.equal(made.color, rig.ppro.Constants.MarkerColor.RED);
    assert.deepEqual(await rig.done("marker.add", MARK, expect), { timeline_markers: marks, changed: false });
    const steps = ["TakeBridge: add the marker “Take 3”", "TakeBridge: colour the marker “Take 3”"];
    assert.deepEqual(rig.labels(), steps);
    assert.deepEqual([rig.person.undo(), rig.person.undo()], [...steps].reverse());
    assert.equal(rig.world.sequence().markers.length, 1);
  });
}

test("a green marker of one frame is one undo step and a point", async () => {
  const rig = openRig();
  await rig.done("marker.add", { record_frame: START, color: "Mint" }, await rig.expect());
  assert.deepEqual(rig.labels(), ["TakeBridge: add a marker"]);
  assert.equal(rig.world.sequence().markers[0].duration, 0n);
  const { timeline_markers: marks } = await rig.done(
    "marker.add",
    { record_frame: START, color: "Mint" },
    await rig.expect(),
  );
  assert.equal(marks.length, 2);
});

test("a frame holds one marker", async () => {
  const rig = openRig();
  const expect = await rig.expect();
  const error = await rig.refused("host_rejected", "marker.add", { ...MARK, record_frame: START + 5 }, expect);
  assert.match(error.message, /“Look”/);
  rig.person.when("Project.lockedAccess", () => rig.person.addMarker(20, "Mine"));
  const late = await rig.run("marker.add", MARK, expect);
  assert.deepEqual([late.outcome, late.error.code], ["not_applied", "timeline_changed"]);
  assert.equal(rig.labels().at(-1), "Add Marker");
});

test("a marker is removed, only when it is the one meant", async () => {
  const rig = openRig();
  const expect = await rig.expect();
  await rig.refused("timeline_changed", "marker.remove", { record_frame: START + 5, name: "Other" }, expect);
  const gone = await rig.done("marker.remove", { record_frame: START + 5, name: "Look" }, expect);
  assert.deepEqual(gone, { timeline_markers: [], changed: true });
  assert.deepEqual(
    await rig.done("marker.remove", { record_frame: START + 5, name: "Look" }, expect),
    { timeline_markers: [], changed: false },
  );
  assert.equal(rig.person.undo(), "TakeBridge: remove the marker “Look”");
  assert.equal(rig.world.sequence().markers.length, 1);
});

test("markers that cannot be are refused", async () => {
  const rig = openRig();
  const expect = await rig.expect();
  for (const args of [
    { ...MARK, record_frame: START - 1 },
    { ...MARK, duration_frames: 0 },
    { ...MARK, color: "Octarine" },
    { name: "nowhere" },
  ]) {
    await rig.refused("invalid_param", "marker.add", args, expect);
  }
  await rig.refused("timeline_switched", "marker.add", MARK, { ...expect, timeline_id: "another" });
  rig.person.rename("V1", "a", "renamed");
  await rig.refused("timeline_changed", "marker.add", MARK, expect);
});

test("a clip marker stands at a frame of its media", async () => {
  const rig = openRig();
  const [clip, expect] = [await rig.ref("V1", "b"), await rig.expect()];
  const { item_markers: marks, changed } = await rig.done(
    "marker.add",
    { clip, source_frame: 12, name: "Here", color: "Blue" },
    expect,
  );
  assert.deepEqual([marks.length, changed, marks[0].source_frame, marks[0].color], [1, true, 12, "Blue"]);
  assert.equal(rig.itemAt("/film/b.mov")[0].markers[0].start, 12n * rig.world.sequence().frame);
  assert.deepEqual((await rig.item("V1", "b", { marks: true })).markers, marks);
  assert.equal(
    (await rig.done("marker.add", { clip, source_frame: 12, name: "Here", color: "Blue" }, expect)).changed,
    false,
  );
  assert.deepEqual(
    await rig.done("marker.remove", { clip, source_frame: 12 }, expect),
    { item_markers: [], changed: true },
  );
});

test("a clip whose media other clips play takes no marker", async () => {
  const clips = [
    { name: "a", path: "/film/a.mov", start: 0, length: 50 },
    { name: "again", path: "/film/a.mov", start: 60, length: 50 },
  ];
  const rig = openRig({ film: film({ tracks: { video: [clips], audio: [[]] } }) });
  const args = { clip: await rig.ref("V1", "a"), source_frame: 3, name: "x" };
  const error = await rig.refused("unsupported_item", "marker.add", args, await rig.expect());
  assert.match(error.hint, /on the sequence/);
});
