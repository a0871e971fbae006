"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { film, openRig, START } = require("./edit_rig.js");

test("a clip is disabled, enabled, and undone by name", async () => {
  const rig = openRig();
  const [ref, expect] = [await rig.ref("V1", "a"), await rig.expect()];
  const off = await rig.done("clip.set_enabled", { ...ref, enabled: false }, expect);
  assert.deepEqual([off.before.enabled, off.after.enabled, off.changed], [true, false, true]);
  assert.equal(off.after.key, ref.clip);
  assert.equal((await rig.done("clip.set_enabled", { ...ref, enabled: false }, expect)).changed, false);
  assert.equal(rig.person.undo(), "TakeBridge: disable “a”");
  assert.equal((await rig.item("V1", "a")).enabled, true);
});

test("a clip is named, and its media keeps its name", async () => {
  const rig = openRig();
  const [ref, expect] = [await rig.ref("V1", "b"), await rig.expect()];
  const { before, after } = await rig.done("clip.rename", { ...ref, name: "SH020 – “Übergang”" }, expect);
  assert.deepEqual([before.name, after.name, after.key], ["b", "SH020 – “Übergang”", ref.clip]);
  assert.equal(after.media.name, "b.mov");
  assert.equal((await rig.done("clip.rename", { ...ref, name: "SH020 – “Übergang”" }, expect)).changed, false);
  assert.equal(rig.person.undo(), "TakeBridge: name “b” “SH020 – “Übergang””");
  assert.equal(rig.world.sequence().video[0].items[1].name, "b");
});

test("a label is given to media that is this clip's alone", async () => {
  const rig = openRig();
  const [ref, expect] = [await rig.ref("V1", "b"), await rig.expect()];
  assert.equal((await rig.done("clip.set_color", { ...ref, color: "Orange" }, expect)).changed, true);
  assert.equal(rig.itemAt("/film/b.mov")[0].color, rig.ppro.Constants.ProjectItemColorLabel.MANGO);
  assert.equal((await rig.done("clip.set_color", { ...ref, color: "Orange" }, expect)).changed, false);
  assert.equal(rig.person.undo(), "TakeBridge: colour “b”");
  await rig.refused("invalid_param", "clip.set_color", { ...ref, color: "Octarine" }, expect);
  const sound = await rig.ref("V1", "a");
  assert.equal((await rig.done("clip.set_color", { ...sound, color: "Teal" }, expect)).changed, true);
});

test("a label that would colour other clips is refused", async () => {
  const clips = [
    { name: "a", path: "/film/a.mov", start: 0, length: 50 },
    { name: "again", path: "/film/a.mov", start: 60, length: 50 },
  ];
  const rig = openRig({ film: film({ tracks: { video: [clips], audio: [[]] } }) });
  const error = await rig.refused(
    "unsupported_item",
    "clip.set_color",
    { ...(await rig.ref("V1", "a")), color: "Teal" },
    await rig.expect(),
  );
  assert.match(error.message, /1 other clip\./);
});

const CHANGES = [
  ["clip.set_enabled", { enabled: false }],
  ["clip.rename", { name: "new" }],
  ["clip.set_color", { color: "Teal" }],
  ["clip.stamp", { stamp: "tb-0123456789ab" }],
  ["clip.delete", {}],
];

function argsOf(verb, ref, more) {
  return verb === "clip.delete" ? { clips: [ref] } : { ...ref, ...more };
}

for (const [verb, more] of CHANGES) {
  test(`${verb} is refused on what is not as it was seen`, async () => {
    const rig = openRig();
    const [ref, expect] = [await rig.ref("V1", "b"), await rig.expect()];
    await rig.refused("invalid_param", verb, argsOf(verb, ref, more));
    await rig.refused(
      "invalid_param",
      verb,
      argsOf(verb, { ...ref, track: { type: "video", index: 0 } }, more),
      expect,
    );
    await rig.refused("timeline_switched", verb, argsOf(verb, ref, more), { ...expect, project_id: "another" });
    await rig.refused("timeline_changed", verb, argsOf(verb, { ...ref, start_record_frame: START + 49 }, more), expect);
    rig.person.move("V1", "b", 10);
    await rig.refused("timeline_changed", verb, argsOf(verb, ref, more), expect);
    rig.person.undo();
    rig.person.rename("V2", "c", "other");
    await rig.refused("timeline_changed", verb, argsOf(verb, ref, more), expect);
    rig.person.undo();
    rig.person.when("Project.lockedAccess", () => rig.person.razor("V1", "b", 10));
    const late = await rig.run(verb, argsOf(verb, ref, more), expect);
    assert.deepEqual([late.outcome, late.error.code], ["not_applied", "timeline_changed"]);
    assert.equal(rig.labels().at(-1), "Razor");
    rig.person.closeSequence();
    await rig.refused("timeline_switched", verb, argsOf(verb, ref, more), expect);
  });
}

for (const [verb, more] of CHANGES.filter(([name]) => !["clip.set_color", "clip.stamp"].includes(name))) {
  test(`${verb} is refused on a locked track`, async () => {
    const rig = openRig();
    rig.person.lockTrack("V1");
    const ref = await rig.ref("V1", "b");
    const error = await rig.refused("host_rejected", verb, argsOf(verb, ref, more), await rig.expect());
    assert.match(error.hint, /Unlock the track/);
  });
}

test("clips are deleted with gaps left, and sound that is not listed stays", async () => {
  const rig = openRig();
  const [refs, expect] = [[await rig.ref("V1", "a"), await rig.ref("V2", "c")], await rig.expect()];
  const before = rig.truth();
  const { deleted, changed } = await rig.done("clip.delete", { clips: refs }, expect);
  assert.deepEqual([deleted, changed], [refs.map((ref) => ref.clip).sort(), true]);
  assert.deepEqual(rig.lay("V1"), [[50, 50, 0, "b"]]);
  assert.deepEqual(rig.lay("A1"), [[0, 50, 10, "a"]]);
  assert.deepEqual(await rig.done("clip.delete", { clips: refs }, expect), { deleted, changed: false });
  assert.equal(rig.person.undo(), "TakeBridge: delete 2 clips");
  assert.deepEqual(rig.truth(), before);
  await rig.refused("invalid_param", "clip.delete", { clips: [] }, await rig.expect());
});

test("picture and sound are deleted together when both are listed", async () => {
  const rig = openRig();
  const clips = [await rig.ref("V1", "a"), await rig.ref("A1", "a")];
  await rig.done("clip.delete", { clips }, await rig.expect());
  assert.deepEqual([rig.lay("V1"), rig.lay("A1")], [[[50, 50, 0, "b"]], []]);
  assert.equal(rig.labels().length, 1);
});

test("a stamp is kept with the sequence and the media, and follows the clip", async () => {
  const rig = openRig();
  const [ref, expect, stamp] = [await rig.ref("V1", "b"), await rig.expect(), "tb-0123456789ab"];
  const { item, places, changed } = await rig.done("clip.stamp", { ...ref, stamp }, expect);
  assert.deepEqual([item.stamp, item.key, places, changed], [stamp, ref.clip, ["marker", "metadata"], true]);
  assert.equal((await rig.done("clip.stamp", { ...ref, stamp }, expect)).changed, false);
  assert.equal(rig.itemAt("/film/b.mov")[0].metadata["takebridge.stamp"], stamp);
  const kept = rig.world.sequence().properties["takebridge.stamps"];
  assert.equal(kept.persistent, true);
  assert.deepEqual(Object.keys(JSON.parse(kept.value)), [stamp]);
  rig.person.move("V1", "b", 20);
  assert.equal((await rig.item("V1", "b", { marks: true })).stamp, stamp);
  rig.person.undo();
  assert.equal(rig.person.undo(), "TakeBridge: write our id on “b”");
  assert.equal((await rig.item("V1", "b", { marks: true })).stamp, "");
});

test("a clip has one stamp, a stamp one clip, and another clip's id in the media is left alone", async () => {
  const clips = [
    { name: "a", path: "/film/a.mov", start: 0, length: 50 },
    { name: "again", path: "/film/a.mov", start: 60, length: 50 },
  ];
  const rig = openRig({ film: film({ tracks: { video: [clips], audio: [[]] } }) });
  const [one, two] = ["tb-000000000001", "tb-000000000002"];
  await rig.done("clip.stamp", { ...(await rig.ref("V1", "a")), stamp: one }, await rig.expect());
  const second = await rig.done("clip.stamp", { ...(await rig.ref("V1", "again")), stamp: two }, await rig.expect());
  assert.deepEqual(second.places, ["marker"]);
  assert.equal(rig.itemAt("/film/a.mov")[0].metadata["takebridge.stamp"], one);
  await rig.done("clip.stamp", { ...(await rig.ref("V1", "again")), stamp: one }, await rig.expect());
  const { items } = await rig.snapshot({ marks: true });
  assert.deepEqual(items.map((item) => item.stamp), ["", one]);
  await rig.refused(
    "invalid_param",
    "clip.stamp",
    { ...(await rig.ref("V1", "a")), stamp: "tb-XYZ" },
    await rig.expect(),
  );
});

test("the project is saved, and one that never was is not", async () => {
  const rig = openRig();
  const { project_name: name } = await rig.done("project.save");
  assert.equal(name, "Film.prproj");
  assert.equal(rig.world.project().saves, 1);
  const fresh = openRig({ film: film({ path: "" }) });
  const error = await fresh.refused("host_rejected", "project.save");
  assert.match(error.message, /never saved/);
});
