"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { HOUR, agent, clip, film, open } = require("./rig.js");

const AT = HOUR["24000/1001"];
const namesOf = ({ items }) => items.map(({ name, track }) => `${track.type[0]}${track.index} ${name}`);

test("the clip under the playhead is the one that is seen", async () => {
  const host = open();
  const under = async (frame) => {
    host.person.playhead(frame);
    return namesOf(await host.ask("selection.get"));
  };
  assert.deepEqual(await under(0), ["v1 a"]);
  assert.deepEqual(await under(99), ["v1 a"]);
  assert.deepEqual(await under(100), ["v1 b"]);
  assert.deepEqual(await under(120), ["v2 c"]);
  assert.deepEqual(await under(140), ["v1 b"]);
  assert.deepEqual(await under(150), []);
  host.person.disable("V2", 0);
  assert.deepEqual(await under(125), ["v1 b"]);
  host.person.disable("V2", 0, false);
  host.person.muteTrack("V2");
  assert.deepEqual(await under(125), ["v1 b"]);
  host.person.disable("V1", 1);
  assert.deepEqual(await under(125), ["v1 b"], "a clip nobody sees is still the one that is meant");
});

test("the revision is that of the tracks of the items returned", async () => {
  const host = open();
  host.person.playhead(10);
  const { timeline, items } = await host.ask("selection.get", { mode: "playhead" });
  const whole = await host.ask("timeline.snapshot", { tracks: [{ type: "video", index: 1 }] });
  assert.equal(timeline.revision, whole.timeline.revision);
  assert.deepEqual(items[0], (await host.ask("timeline.snapshot")).items[0]);
});

test("the selected clips are those selected, picture and sound", async () => {
  const host = open();
  assert.deepEqual(namesOf(await host.ask("selection.get", { mode: "selected" })), []);
  host.person.select(["A1", 1], ["V1", 1], ["V2", 0]);
  assert.deepEqual(namesOf(await host.ask("selection.get", { mode: "selected" })), ["v1 b", "v2 c", "a1 b"]);
  assert.deepEqual(host.world.faults, []);
});

test("between the marks is what lies there at least partly", async () => {
  const host = open();
  const marked = async (from, to) => {
    host.person.mark(from, to);
    return namesOf(await host.ask("selection.get", { mode: "marks" }));
  };
  assert.deepEqual(await marked(null, null), []);
  assert.deepEqual(await marked(99, 100), ["v1 a", "a1 a"]);
  assert.deepEqual(await marked(100, 120), ["v1 b", "a1 b"]);
  assert.deepEqual(await marked(130, null), ["v1 b", "v2 c", "a1 b"]);
  assert.deepEqual(await marked(null, 50), ["v1 a", "a1 a"]);
});

test("another mode is refused", async () => {
  for (const mode of ["all", "constructor", 3]) {
    await assert.rejects(open().ask("selection.get", { mode }), { code: "invalid_param" });
  }
});

test("a peek says where the person is, with the keys of a snapshot", async () => {
  const host = open();
  host.person.playhead(121);
  host.person.select(["V1", 0], ["A1", 0]);
  const peek = await host.ask("selection.peek");
  const { timeline, items } = await host.ask("timeline.snapshot");
  const key = (name, type) => items.find((item) => item.name === name && item.track.type === type).key;
  assert.deepEqual(peek, {
    project_id: timeline.project_id,
    timeline_id: timeline.timeline_id,
    timecode: "01:00:05:01",
    record_frame: AT + 121,
    clip: key("c", "video"),
    selected: [key("a", "video"), key("a", "audio")],
  });
});

test("while nothing moved a peek is at most eight calls and says the same", async () => {
  const many = Array.from({ length: 300 }, (_none, at) => clip(`s${at}`, at * 10, 10));
  const host = open({ film: film({ tracks: { video: [many, []], audio: [many] } }) });
  host.person.playhead(1500);
  host.person.select(["V1", 3], ["V1", 4], ["A1", 3]);
  const first = await host.ask("selection.peek");
  for (let round = 0; round < 3; round += 1) {
    const before = host.calls();
    assert.deepEqual(await host.ask("selection.peek"), first);
    assert.ok(host.calls() - before <= 8, `${host.calls() - before} calls`);
    host.clock.go(1000);
  }
});

test("a peek sees what moved without being told", async () => {
  const host = open();
  host.person.playhead(110);
  const at = async () => {
    const { clip: key } = await host.ask("selection.peek");
    const found = (await host.read()).pieces.find((piece) => piece.key === key);
    return found ? found.name : "";
  };
  assert.equal(await at(), "b");
  host.person.playhead(50);
  assert.equal(await at(), "a");
  host.person.move("V1", 0, 400);
  assert.equal(await at(), "");
  host.person.undo();
  host.clock.go(30000);
  assert.equal(await at(), "a");
  host.person.select(["V1", 1]);
  assert.equal((await host.ask("selection.peek")).selected.length, 1);
  const [before] = (await host.ask("selection.peek")).selected;
  host.person.select(["V2", 0]);
  const [after] = (await host.ask("selection.peek")).selected;
  assert.ok(before && after && before !== after);
});

test("a peek with nothing open is empty", async () => {
  const host = open();
  host.person.closeSequence();
  const peek = await host.ask("selection.peek");
  assert.deepEqual([peek.timeline_id, peek.record_frame, peek.clip, peek.selected], ["", null, "", []]);
  assert.notEqual(peek.project_id, "");
  host.person.closeProject();
  assert.equal((await host.ask("selection.peek")).project_id, "");
});

test("the playhead is parked on a frame of the sequence", async () => {
  const host = open();
  const { timeline } = await host.ask("timeline.snapshot");
  const set = (frame) => host.ask("playhead.set", { timeline_id: timeline.timeline_id, record_frame: frame });
  assert.equal((await set(AT + 42)).record_frame, AT + 42);
  assert.equal((await set(AT + 150)).record_frame, AT + 150);
  assert.equal(String(host.world.sequence().playhead), String(150n * 10594584000n));
  for (const frame of [AT - 1, AT + 151, 1.5, "3", null]) {
    await assert.rejects(set(frame), { code: "invalid_param" });
  }
  await assert.rejects(host.ask("playhead.set", { timeline_id: "other", record_frame: AT }), {
    code: "timeline_switched",
  });
});

test("parking on every frame comes back as that frame, at every rate", async () => {
  for (const rate of ["24000/1001", "24", "25", "30000/1001", "50", "60000/1001"]) {
    const host = open({ film: film({ rate, start: "00:59:58:00" }) });
    const { timeline } = await host.ask("timeline.snapshot", { tracks: [] });
    for (const at of [0, 1, 47, 149]) {
      const record_frame = timeline.start_record_frame + at;
      const peek = await host.ask("playhead.set", { timeline_id: timeline.timeline_id, record_frame });
      assert.equal(peek.record_frame, record_frame);
    }
  }
});

test("halving finds the clip among many", async () => {
  const gaps = Array.from({ length: 33 }, (_none, at) => clip(`s${at}`, at * 10, 7));
  const host = open({ film: film({ tracks: { video: [gaps], audio: [] } }) });
  const { pieces } = await host.read();
  for (let frame = 0; frame < 330; frame += 3) {
    host.person.playhead(frame);
    const piece = pieces.find(
      ({ start, end }) => start <= BigInt(frame) * 10594584000n && BigInt(frame) * 10594584000n < end,
    );
    assert.equal((await host.ask("selection.peek")).clip, piece ? piece.key : "");
  }
});

test("events make a peek look anew at once", async () => {
  const host = open();
  const { watch } = agent("watch");
  const stop = watch(
    host.stage,
    () => {},
    () => void (host.stage.memory.moved = true),
  );
  await new Promise(setImmediate);
  host.person.playhead(130);
  const seen = (await host.ask("selection.peek")).clip;
  host.person.disable("V2", 0);
  await new Promise(setImmediate);
  assert.notEqual((await host.ask("selection.peek")).clip, seen);
  stop();
});
