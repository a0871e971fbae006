"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { openRig, START, TAGS, trackOf } = require("./edit_rig.js");

const [TAKE2, TAKE3] = ["/takes/SH010_take02.mov", "/takes/SH010_take03.mov"];
const BIN = ["TakeBridge", "SH010"];
const LABEL = "TakeBridge: put “SH010_take03.mov” in the place of “SH010_take02.mov”";

/** A film with take 2 of ours above clip a, frames 5 to 55 of it. */
async function stacked(options = {}) {
  const rig = openRig(options);
  const id = await rig.bring(TAKE2, 60);
  const at = { start_record_frame: START, end_record_frame: START + 50, start_source_frame: 5, end_source_frame: 55 };
  await rig.done("clip.place", { media_id: id, track: trackOf("V3"), ...at }, await rig.expect());
  rig.file(TAKE3, 60);
  return rig;
}

async function swapping(rig, more = {}, track = "V3", name = "SH010_take02.mov") {
  const item = await rig.item(track, name);
  return {
    ...(await rig.ref(track, name)),
    media_path: item.media.path,
    path: TAKE3,
    bin: BIN,
    tags: { ...TAGS, "takebridge.take": "take-9" },
    frame_count: 60,
    start_source_frame: 5,
    end_source_frame: 55,
    ...more,
  };
}

for (const version of ["25.6.0", "26.2.0", "26.3.0"]) {
  test(`a take of ours is overwritten by another as one undo step (${version})`, async () => {
    const rig = await stacked({ version });
    const [args, expect] = [await swapping(rig), await rig.expect()];
    const rest = ["V1", "V2", "A1", "A2"].map((track) => rig.lay(track));
    const steps = rig.labels().length;
    const result = await rig.done("clip.swap", args, expect);
    assert.deepEqual([result.way, result.reused, result.changed], ["overwrite", false, true]);
    assert.deepEqual([result.before.media.path, result.after.media.path], [TAKE2, TAKE3]);
    assert.equal(result.after.key, args.clip);
    assert.equal(result.after.left_offset_frame, 5);
    assert.deepEqual(rig.lay("V3"), [[0, 50, 5, "SH010_take03.mov"]]);
    assert.deepEqual(["V1", "V2", "A1", "A2"].map((track) => rig.lay(track)), rest);
    assert.equal(rig.labels().length, steps + 2);
    assert.equal((await rig.item("V3", "SH010_take03.mov")).key, args.clip);
    assert.equal(rig.person.undo(), LABEL);
    assert.deepEqual(rig.lay("V3"), [[0, 50, 5, "SH010_take02.mov"]]);
  });
}

test("what is shown already is not swapped again", async () => {
  const rig = await stacked();
  const [args, expect] = [await swapping(rig), await rig.expect()];
  const { after } = await rig.done("clip.swap", args, expect);
  const steps = rig.labels();
  const again = await rig.done("clip.swap", args, expect);
  assert.deepEqual(again, { before: after, after, way: "overwrite", reused: true, changed: false });
  assert.deepEqual(rig.labels(), steps);
});

test("name, switch, stamp and markers of the clip stay", async () => {
  const rig = await stacked();
  const ref = await rig.ref("V3", "SH010_take02.mov");
  await rig.done("clip.rename", { ...ref, name: "SH010 hero" }, await rig.expect());
  await rig.done("clip.set_enabled", { ...ref, enabled: false }, await rig.expect());
  await rig.done("clip.stamp", { ...ref, stamp: "tb-0123456789ab" }, await rig.expect());
  await rig.done("marker.add", { clip: ref, source_frame: 12, name: "Blink", color: "Green" }, await rig.expect());
  const { after } = await rig.done("clip.swap", await swapping(rig, {}, "V3", "SH010 hero"), await rig.expect());
  assert.deepEqual([after.name, after.enabled, after.key, after.media.path], ["SH010 hero", false, ref.clip, TAKE3]);
  const item = await rig.item("V3", "SH010 hero", { marks: true });
  assert.equal(item.stamp, "tb-0123456789ab");
  assert.deepEqual(item.markers.map(({ source_frame: frame, name }) => [frame, name]), [[12, "Blink"]]);
  assert.equal(rig.itemAt(TAKE3)[0].name, "SH010_take03.mov");
  assert.match(rig.labels().at(-1), /keep name and switch/);
});

test("a name of its own comes along in the same undo step", async () => {
  const rig = await stacked();
  await rig.done(
    "clip.rename",
    { ...(await rig.ref("V3", "SH010_take02.mov")), name: "SH010 hero" },
    await rig.expect(),
  );
  const { after } = await rig.done("clip.swap", await swapping(rig, {}, "V3", "SH010 hero"), await rig.expect());
  assert.equal(after.name, "SH010 hero");
  assert.equal(rig.person.undo(), "TakeBridge: put “SH010_take03.mov” in the place of “SH010 hero”");
  assert.deepEqual(rig.lay("V3"), [[0, 50, 5, "SH010 hero"]]);
});

test("the person's own clip is swapped in its place, and its sound stays", async () => {
  const rig = openRig();
  rig.file(TAKE3, 60);
  const { before, after, way } = await rig.done("clip.swap", await swapping(rig, {}, "V1", "a"), await rig.expect());
  assert.deepEqual([before.name, after.name, way, after.media.path], ["a", "a", "overwrite", TAKE3]);
  assert.deepEqual([rig.lay("V1"), rig.lay("A1")], [[[0, 50, 5, "a"], [50, 50, 0, "b"]], [[0, 50, 10, "a"]]]);
});

test("a clip of the person's with effects is refused, and nothing is imported", async () => {
  const rig = openRig();
  rig.file(TAKE3, 60);
  rig.person.dropEffect("V1", "a", "Lumetri");
  for (const way of ["auto", "overwrite", "relink"]) {
    const error = await rig.refused(
      "unsupported_item",
      "clip.swap",
      await swapping(rig, { way }, "V1", "a"),
      await rig.expect(),
    );
    assert.match(error.message, way === "relink" ? /not brought in by TakeBridge/ : /would lose Lumetri\b/);
    assert.match(error.hint, /above/);
  }
  assert.equal(rig.itemAt(TAKE3).length, 0);
});

test("transitions and other speeds are no less than effects", async () => {
  const rig = openRig();
  rig.file(TAKE3, 60);
  rig.person.transition("V1", "b");
  for (const name of ["a", "b"]) {
    const error = await rig.refused(
      "unsupported_item",
      "clip.swap",
      await swapping(rig, {}, "V1", name),
      await rig.expect(),
    );
    assert.match(error.message, /transitions/);
  }
  rig.person.undo();
  rig.person.setSpeed("V1", "b", 2);
  const error = await rig.refused(
    "unsupported_item",
    "clip.swap",
    await swapping(rig, {}, "V1", "b"),
    await rig.expect(),
  );
  assert.match(error.message, /another speed/);
});

for (const way of ["auto", "relink"]) {
  test(`a take of ours with effects is relinked and keeps them (${way})`, async () => {
    const rig = await stacked();
    rig.person.dropEffect("V3", 0, "Lumetri");
    const [args, expect] = [await swapping(rig, { way }), await rig.expect()];
    const result = await rig.done("clip.swap", args, expect);
    assert.deepEqual([result.way, result.changed], ["relink", true]);
    assert.deepEqual(
      [result.after.media.path, result.after.key, result.after.style],
      [TAKE3, args.clip, result.before.style],
    );
    assert.ok(rig.world.sequence().video[2].items[0].effects.some((effect) => effect.name === "Lumetri"));
    assert.deepEqual(rig.lay("V3"), [[0, 50, 5, "SH010_take03.mov"]]);
    const [relinked] = rig.itemAt(TAKE3).filter((item) => item.id === rig.world.sequence().video[2].items[0].item);
    assert.deepEqual([relinked.metadata["takebridge.take"], relinked.name], ["take-9", "SH010_take03.mov"]);
    assert.equal(rig.world.calls.get("ClipProjectItem.changeMediaFilePath"), 1);
    const again = await rig.done("clip.swap", args, expect);
    assert.deepEqual([again.changed, again.after.media.path], [false, TAKE3]);
    assert.equal(rig.world.calls.get("ClipProjectItem.changeMediaFilePath"), 1);
  });
}

test("relinking is refused for another in-point or media used elsewhere, not for copies of the sequence", async () => {
  const rig = await stacked();
  rig.person.dropEffect("V3", 0, "Lumetri");
  const slipped = await swapping(rig, { start_source_frame: 8, end_source_frame: 58 });
  assert.match(
    (await rig.refused("unsupported_item", "clip.swap", slipped, await rig.expect())).message,
    /another frame/,
  );
  await rig.done("timeline.duplicate", { name: "Cut TakeBridge safety" }, await rig.expect());
  const [item] = rig.itemAt(TAKE2);
  const at = {
    start_record_frame: START + 200,
    end_record_frame: START + 210,
    start_source_frame: 0,
    end_source_frame: 10,
  };
  await rig.done("clip.place", { media_id: item.id, track: trackOf("V2"), ...at }, await rig.expect());
  const error = await rig.refused("unsupported_item", "clip.swap", await swapping(rig), await rig.expect());
  assert.match(error.message, /used by other clips/);
  rig.person.undo();
  assert.equal((await rig.done("clip.swap", await swapping(rig), await rig.expect())).way, "relink");
});

test("a relink that Premiere does not do leaves the clip", async () => {
  const rig = await stacked();
  rig.person.dropEffect("V3", 0, "Lumetri");
  rig.person.quirk("relinkFails");
  const answer = await rig.run("clip.swap", await swapping(rig), await rig.expect());
  assert.deepEqual([answer.outcome, answer.error.code], ["not_applied", "host_rejected"]);
  assert.equal((await rig.item("V3", "SH010_take02.mov")).media.path, TAKE2);
  assert.equal(rig.world.calls.get("ClipProjectItem.changeMediaFilePath"), 1);
});

test("a file of another length than said stays in its bin, and the clip is not touched", async () => {
  const rig = await stacked();
  rig.file(TAKE3, 58);
  const answer = await rig.run("clip.swap", await swapping(rig), await rig.expect());
  assert.deepEqual([answer.outcome, answer.error.code], ["not_applied", "host_rejected"]);
  assert.match(answer.error.message, /has 58 frames, not 60/);
  assert.deepEqual(rig.lay("V3"), [[0, 50, 5, "SH010_take02.mov"]]);
  assert.equal(rig.itemAt(TAKE3).length, 1);
});

test("what the clip plays by now, and where it lies, must be as it was", async () => {
  const rig = await stacked();
  const [args, expect] = [await swapping(rig), await rig.expect()];
  await rig.refused("timeline_changed", "clip.swap", { ...args, media_path: "/takes/other.mov" }, expect);
  for (const bad of [{ frame_count: 40 }, { end_source_frame: 54 }, { way: "magic" }, { path: "x.mov" }, { bin: [] }]) {
    await rig.refused("invalid_param", "clip.swap", { ...args, ...bad }, expect);
  }
  rig.person.trim("V3", 0, 0, 4);
  await rig.refused("timeline_changed", "clip.swap", args, expect);
  rig.person.undo();
  rig.person.when("Project.importFiles", () => rig.person.move("V3", 0, 7));
  const answer = await rig.run("clip.swap", args, expect);
  assert.deepEqual([answer.outcome, answer.error.code], ["not_applied", "timeline_changed"]);
  assert.deepEqual(rig.lay("V3"), [[7, 50, 5, "SH010_take02.mov"]]);
});

test("sound of the new file is taken off again", async () => {
  const rig = await stacked();
  rig.file(TAKE3, 60, { audio: true });
  rig.person.delete("A1", "a");
  const { after } = await rig.done("clip.swap", await swapping(rig), await rig.expect());
  assert.equal(after.media.path, TAKE3);
  assert.deepEqual(rig.lay("A1"), []);
});

test("where sound lies on every track, a file with sound comes by a detour, and no sound is touched", async () => {
  const rig = await stacked();
  rig.file(TAKE3, 60, { audio: true });
  await rig.bring(TAKE3, 60, { audio: true });
  const truth = () => {
    const [{ sequences }] = Object.values(rig.truth().projects);
    return Object.values(sequences)[0];
  };
  const [was, steps] = [truth(), rig.labels().length];
  const args = await swapping(rig);
  const { after } = await rig.done("clip.swap", args, await rig.expect());
  assert.deepEqual([after.media.path, after.key, after.left_offset_frame], [TAKE3, args.clip, 5]);
  assert.deepEqual(truth().audio, was.audio);
  assert.deepEqual(truth().video.slice(0, 2), was.video.slice(0, 2));
  assert.deepEqual(rig.lay("V3"), [[0, 50, 5, "SH010_take03.mov"]]);
  assert.deepEqual(rig.labels().slice(steps + 1), [
    "TakeBridge: bring “SH010_take03.mov” behind the end of the sequence",
    LABEL,
  ]);
  rig.person.undo();
  rig.person.undo();
  assert.deepEqual([truth().video, truth().audio], [was.video, was.audio]);
});

for (const [member, times] of [
  ["SequenceEditor.createOverwriteItemAction", 2],
  ["SequenceEditor.createCloneTrackItemAction", 1],
]) {
  test(`a clip deleted before ${member}: nothing of the detour stays`, async () => {
    const rig = await stacked();
    await rig.bring(TAKE3, 60, { audio: true });
    const [args, expect, sound] = [await swapping(rig), await rig.expect(), [rig.lay("A1"), rig.lay("A2")]];
    rig.person.when(member, () => rig.person.delete("V1", "b"), times);
    const answer = await rig.run("clip.swap", args, expect);
    assert.notEqual(answer.outcome, "verified");
    assert.equal(answer.error.code, "timeline_changed");
    assert.deepEqual([rig.lay("A1"), rig.lay("A2")], sound);
    assert.deepEqual(rig.lay("V1"), [[0, 50, 10, "a"]]);
    assert.equal(rig.lay("V3").length, 1);
  });
}

test("a locked track refuses a swap", async () => {
  const rig = openRig();
  rig.file(TAKE3, 60);
  rig.person.lockTrack("V1");
  const answer = await rig.run("clip.swap", await swapping(rig, {}, "V1", "a"), await rig.expect());
  assert.deepEqual([answer.outcome, answer.error.code], ["not_applied", "host_rejected"]);
  assert.match(answer.error.hint, /Unlock the track/);
  assert.deepEqual(rig.lay("V1"), [[0, 50, 10, "a"], [50, 50, 0, "b"]]);
});

test("media is pointed at another file, everywhere, once", async () => {
  const rig = await stacked();
  const [id, expect] = [rig.itemAt(TAKE2)[0].id, await rig.expect()];
  const { media, changed } = await rig.done("media.replace", { media_id: id, path: TAKE3 }, expect);
  assert.deepEqual([media.id, media.path, changed], [id, TAKE3, true]);
  assert.deepEqual(rig.itemAt(TAKE3)[0].metadata, TAGS);
  assert.equal((await rig.done("media.replace", { media_id: id, path: TAKE3 }, expect)).changed, false);
  assert.equal(rig.world.calls.get("ClipProjectItem.changeMediaFilePath"), 1);
});

test("media is not pointed at a shorter or a missing file", async () => {
  const rig = await stacked();
  const [id, expect] = [rig.itemAt(TAKE2)[0].id, await rig.expect()];
  rig.file("/takes/short.mov", 40);
  const short = await rig.refused("host_rejected", "media.replace", { media_id: id, path: "/takes/short.mov" }, expect);
  assert.match(short.message, /40 frames, the old one 60/);
  await rig.refused("host_rejected", "media.replace", { media_id: id, path: "/takes/absent.mov" }, expect);
  await rig.refused("not_found", "media.replace", { media_id: "gone", path: TAKE3 }, expect);
  await rig.refused("invalid_param", "media.replace", { media_id: id, path: "x.mov" }, expect);
  rig.person.rename("V1", "a", "renamed");
  await rig.refused("timeline_changed", "media.replace", { media_id: id, path: TAKE3 }, expect);
});

test("a clip moved in the last moment of a swap is told, and one undo brings it back", async () => {
  const rig = openRig();
  rig.file(TAKE3, 60);
  const [args, expect] = [await swapping(rig, {}, "V2", "c"), await rig.expect()];
  rig.person.when("Properties.hasValue", () => rig.person.move("V2", "c", 20));
  const answer = await rig.run("clip.swap", args, expect);
  assert.deepEqual([answer.outcome, answer.error.code], ["committed_unverified", "timeline_changed"]);
  assert.match(rig.person.undo(), /in the place of “c”/);
  assert.deepEqual(rig.lay("V2"), [[20, 50, 0, "c"]]);
});
