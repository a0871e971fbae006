"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { film, openRig, START, trackOf } = require("./edit_rig.js");

const TAKE = "/takes/SH010_take03.mov";
const LABEL = "TakeBridge: place “SH010_take03.mov”";

function placing(id, at = 100, frames = 30, source = 5, track = "V1") {
  return {
    media_id: id,
    track: trackOf(track),
    start_record_frame: START + at,
    end_record_frame: START + at + frames,
    start_source_frame: source,
    end_source_frame: source + frames,
  };
}

for (const version of ["25.6.0", "26.2.0", "26.3.0"]) {
  test(`a take is placed where it was asked for, and undone in one step (${version})`, async () => {
    const rig = openRig({ version });
    const id = await rig.bring(TAKE, 60);
    const [before, sound] = [rig.truth(), [rig.lay("A1"), rig.lay("A2")]];
    const { items, changed } = await rig.done("clip.place", placing(id), await rig.expect());
    assert.equal(changed, true);
    const [item] = items;
    assert.deepEqual([item.start_record_frame, item.end_record_frame], [START + 100, START + 130]);
    assert.deepEqual([item.left_offset_frame, item.start_source_frame, item.end_source_frame], [5, 5, 35]);
    assert.equal(item.media.path, TAKE);
    assert.deepEqual(rig.lay("V1").at(-1), [100, 30, 5, "SH010_take03.mov"]);
    assert.deepEqual([rig.lay("A1"), rig.lay("A2")], sound);
    assert.deepEqual([rig.itemAt(TAKE)[0].in, rig.itemAt(TAKE)[0].out], [null, null]);
    assert.equal(rig.person.undo(), LABEL);
    assert.deepEqual(rig.truth(), before);
  });
}

test("the in- and out-points a person set are as they were", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const frame = rig.world.sequence().frame;
  Object.assign(rig.itemAt(TAKE)[0], { in: 2n * frame, out: 9n * frame });
  await rig.done("clip.place", placing(id), await rig.expect());
  assert.deepEqual([rig.itemAt(TAKE)[0].in, rig.itemAt(TAKE)[0].out], [2n * frame, 9n * frame]);
});

test("what is there already is not placed again, even when the revision moved on", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const expect = await rig.expect();
  const first = await rig.done("clip.place", placing(id), expect);
  const steps = rig.labels();
  assert.deepEqual(await rig.done("clip.place", placing(id), expect), { ...first, changed: false });
  assert.deepEqual(rig.labels(), steps);
});

test("the track one above the last is made, and nothing moves", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const before = ["V1", "V2", "A1", "A2"].map((track) => rig.lay(track));
  const { items } = await rig.done("clip.place", placing(id, 0, 50, 0, "V3"), await rig.expect());
  assert.deepEqual(items[0].track, { type: "video", index: 3 });
  assert.deepEqual(rig.lay("V3"), [[0, 50, 0, "SH010_take03.mov"]]);
  assert.deepEqual(["V1", "V2", "A1", "A2"].map((track) => rig.lay(track)), before);
  assert.equal(rig.world.sequence().audio.length, 2);
  assert.equal(rig.person.undo(), LABEL);
  assert.equal(rig.world.sequence().video.length, 2);
  await rig.refused("not_found", "clip.place", placing(id, 0, 50, 0, "V4"), await rig.expect());
});

test("an occupied span is refused, and nothing is overwritten", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  for (const at of [0, 20, 71, 99]) {
    const error = await rig.refused("host_rejected", "clip.place", placing(id, at), await rig.expect());
    assert.match(error.message, /nothing is overwritten/);
  }
});

test("sound is placed on a sound track, and no picture with it", async () => {
  const rig = openRig();
  const path = "/takes/voice.wav";
  const id = await rig.bring(path, 60, { audio: true, picture: false });
  const video = ["V1", "V2"].map((track) => rig.lay(track));
  const { items } = await rig.done("clip.place", placing(id, 60, 30, 5, "A1"), await rig.expect());
  assert.deepEqual(items[0].track, { type: "audio", index: 1 });
  assert.deepEqual(rig.lay("A1").at(-1), [60, 30, 5, "voice.wav"]);
  assert.deepEqual(["V1", "V2"].map((track) => rig.lay(track)), video);
  await rig.done("clip.place", placing(id, 10, 30, 5, "A3"), await rig.expect());
  assert.deepEqual(rig.lay("A3"), [[10, 30, 5, "voice.wav"]]);
});

test("sound that comes with a picture is taken off again", async () => {
  const rig = openRig();
  const id = await rig.bring("/takes/talk.mov", 60, { audio: true });
  const sound = [rig.lay("A1"), rig.lay("A2")];
  const { items } = await rig.done("clip.place", placing(id), await rig.expect());
  assert.equal(items.length, 1);
  assert.deepEqual([rig.lay("A1"), rig.lay("A2")], sound);
  assert.deepEqual(rig.lay("V1").at(-1), [100, 30, 5, "talk.mov"]);
  assert.deepEqual(
    rig.labels().slice(-2),
    ["TakeBridge: place “talk.mov”", "TakeBridge: take the sound of “talk.mov” off again"],
  );
});

test("where no sound track is free, a picture with sound is refused and no sound is overwritten", async () => {
  const rig = openRig();
  const id = await rig.bring("/takes/talk.mov", 60, { audio: true });
  await rig.done("clip.delete", { clips: [await rig.ref("V1", "a")] }, await rig.expect());
  await rig.refused("host_rejected", "clip.place", placing(id, 0, 30), await rig.expect());
  const silent = await rig.bring(TAKE, 60);
  await rig.done("clip.place", placing(silent, 0, 30), await rig.expect());
});

test("a range the media does not have, or of another length, is refused", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const expect = await rig.expect();
  await rig.refused("host_rejected", "clip.place", placing(id, 100, 30, 31), expect);
  const slow = await rig.bring("/takes/fifty.mov", 120, { rate: "50" });
  const error = await rig.refused("host_rejected", "clip.place", placing(slow, 100, 30, 0), await rig.expect());
  assert.deepEqual(error.details, { asked_frames: 30, placed_frames: 15 });
  for (const args of [placing(id, 100, 0), placing(id, 100, 30, -1), { ...placing(id), media_id: 7 }]) {
    await rig.refused("invalid_param", "clip.place", args, expect);
  }
  await rig.refused("invalid_param", "clip.place", placing(id, -10, 30), await rig.expect());
  await rig.refused("invalid_param", "clip.place", { ...placing(id), track: { type: "subtitle", index: 1 } }, expect);
});

test("media of another rate fills the frames it lasts", async () => {
  const rig = openRig();
  const id = await rig.bring("/takes/fifty.mov", 120, { rate: "50" });
  const args = { ...placing(id, 100, 30), start_source_frame: 10, end_source_frame: 70 };
  const { items } = await rig.done("clip.place", args, await rig.expect());
  assert.deepEqual([items[0].start_source_frame, items[0].end_source_frame], [10, 70]);
});

test("a still is placed", async () => {
  const rig = openRig();
  const id = await rig.bring("/takes/board.png", 1);
  const { items } = await rig.done("clip.place", placing(id, 100, 30, 0), await rig.expect());
  assert.deepEqual([items[0].kind, items[0].end_record_frame - items[0].start_record_frame], ["still", 30]);
});

test("what is laid in another length is taken off again and refused", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const before = rig.lay("V1");
  const shorten = () => {
    const track = rig.world.sequence().video[0];
    const laid = track.items.find((one) => one.item === id);
    laid.end -= rig.world.sequence().frame;
  };
  rig.person.when("Project.lockedAccess", () => rig.person.when("Project.getActiveSequence", shorten));
  const answer = await rig.run("clip.place", placing(id), await rig.expect());
  assert.deepEqual([answer.outcome, answer.error.code], ["not_applied", "host_rejected"]);
  assert.deepEqual(answer.error.details, { asked_frames: 30, placed_frames: 29 });
  assert.deepEqual(rig.lay("V1"), before);
});

test("an edit since the reading is refused, and an edit in the last moment too", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const expect = await rig.expect();
  rig.person.trim("V1", "b", 0, 5);
  await rig.refused("timeline_changed", "clip.place", placing(id), expect);
  const fresh = await rig.expect();
  rig.person.when("Project.lockedAccess", () => rig.person.razor("V1", "b", 10));
  const answer = await rig.run("clip.place", placing(id), fresh);
  assert.deepEqual([answer.outcome, answer.error.code], ["not_applied", "timeline_changed"]);
  assert.equal(rig.labels().at(-1), "Razor");
});

test("a neighbour moved in the last moment is left alone, and the clip taken off again", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  rig.person.when("Project.lockedAccess", () => rig.person.move("V1", "b", 200));
  const answer = await rig.run("clip.place", placing(id), await rig.expect());
  assert.deepEqual([answer.outcome, answer.error.code], ["not_applied", "timeline_changed"]);
  assert.deepEqual(rig.lay("V1"), [[0, 50, 10, "a"], [250, 50, 0, "b"]]);
});

test("a clip moved under the new one in the last moment comes back with one undo", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  rig.person.when("Project.lockedAccess", () => rig.person.move("V1", "b", 65));
  const answer = await rig.run("clip.place", placing(id), await rig.expect());
  assert.deepEqual([answer.outcome, answer.error.code], ["committed_unverified", "timeline_changed"]);
  assert.match(answer.error.hint, /Undo the step/);
  assert.equal(rig.person.undo(), LABEL);
  assert.deepEqual(rig.lay("V1"), [[0, 50, 10, "a"], [115, 50, 0, "b"]]);
});

test("a locked track is refused with what to do", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  rig.person.lockTrack("V1");
  const error = await rig.refused("host_rejected", "clip.place", placing(id), await rig.expect());
  assert.match(error.hint, /Unlock/);
});

test("another sequence, a closed one and a gone medium are told", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const expect = await rig.expect();
  await rig.refused("not_found", "clip.place", placing("gone"), expect);
  await rig.refused("timeline_switched", "clip.place", placing(id), { ...expect, timeline_id: "another" });
  await rig.refused("invalid_param", "clip.place", placing(id));
  rig.person.when("ClipProjectItem.getMedia", () => rig.person.closeSequence());
  const closed = await rig.run("clip.place", placing(id), expect);
  assert.deepEqual([closed.outcome, closed.error.code], ["not_applied", "timeline_switched"]);
});

test("a sequence closed right after the write is told as uncertain", async () => {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const expect = await rig.expect();
  rig.person.when(
    "Project.lockedAccess",
    () => rig.person.when("Project.getActiveSequence", () => rig.person.closeSequence()),
  );
  const answer = await rig.run("clip.place", placing(id), expect);
  assert.deepEqual([answer.outcome, answer.error.code], ["committed_unverified", "timeline_switched"]);
});

test("a place at 23.976, 29.97 and 59.94 is exact to the tick", async () => {
  for (const rate of ["24000/1001", "30000/1001", "60000/1001"]) {
    const rig = openRig(
      { film: film({ rate, start: "00:00:00:00", tracks: { video: [[]], audio: [[]] }, markers: [] }) },
    );
    const id = await rig.bring(TAKE, 100, { rate });
    const args = { ...placing(id, 0, 33, 7), start_record_frame: 1001, end_record_frame: 1034 };
    const { items } = await rig.done("clip.place", args, await rig.expect());
    assert.deepEqual(rig.lay("V1"), [[1001, 33, 7, "SH010_take03.mov"]]);
    assert.deepEqual([items[0].left_offset_frame, items[0].end_source_frame], [7, 40]);
    const [piece] = rig.world.sequence().video[0].items;
    assert.equal(piece.start % rig.world.sequence().frame, 0n);
  }
});
