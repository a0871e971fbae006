"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { HOUR, agent, clip, film, open } = require("./rig.js");

const AT = HOUR["24000/1001"];

test("a snapshot says every clip where it lies, with absolute frames", async () => {
  const host = open();
  const { timeline, items } = await host.ask("timeline.snapshot");
  assert.equal(timeline.rate, "24000/1001");
  assert.equal(timeline.start_record_frame, AT);
  assert.equal(timeline.end_record_frame, AT + 150);
  assert.deepEqual([timeline.width, timeline.height, timeline.drop_frame], [1920, 1080, false]);
  const places = items.map((item) => [
    item.track.type,
    item.track.index,
    item.start_record_frame - AT,
    item.end_record_frame - AT,
  ]);
  assert.deepEqual(places, [
    ["video", 1, 0, 100],
    ["video", 1, 100, 150],
    ["video", 2, 120, 140],
    ["audio", 1, 0, 100],
    ["audio", 1, 100, 150],
  ]);
  const [first] = items;
  assert.deepEqual([first.kind, first.name, first.speed, first.speed_percent], ["clip", "a", "1", 100]);
  assert.deepEqual([first.left_offset_frame, first.start_source_frame, first.end_source_frame], [10, 10, 110]);
  assert.deepEqual(
    [first.media.path, first.media.rate, first.media.online, first.media.start_timecode],
    ["/media/a.mov", "24000/1001", true, "00:00:00:00"],
  );
  assert.ok(first.look && first.style && first.look !== first.style);
  assert.deepEqual(host.world.faults, []);
});

test("pictures and sounds of one item over one span are reported linked", async () => {
  const { items } = await open().ask("timeline.snapshot");
  const [a, b, c, soundA, soundB] = items;
  assert.deepEqual(a.linked, [soundA.key]);
  assert.deepEqual(soundB.linked, [b.key]);
  assert.deepEqual(c.linked, []);
});

test("with detail only the named clips are read in full", async () => {
  const host = open();
  const { items } = await host.ask("timeline.snapshot");
  const { items: some } = await host.ask("timeline.snapshot", { detail: [items[1].key] });
  assert.deepEqual(
    some.map(({ key, kind }) => [key, kind]),
    items.map(({ key }, at) => [key, at === 1 ? "clip" : "unread"]),
  );
  assert.deepEqual(some[1], items[1]);
  assert.deepEqual(some[0].media, { id: "", name: "a.mov", path: "/media/a.mov" });
});

test("a revision is the same again, whatever was read beside it, and another after each edit", async () => {
  const host = open();
  const revision = async (args) => (await host.ask("timeline.snapshot", args)).timeline.revision;
  const first = await revision({});
  assert.equal(await revision({ marks: true }), first);
  assert.equal(await revision({ detail: [] }), first);
  const sound = await revision({ tracks: [{ type: "audio", index: 1 }] });
  const edits = [
    () => host.person.rename("V1", 0, "renamed"),
    () => host.person.disable("V1", 1),
    () => host.person.slip("V1", 1, 2),
    () => host.person.trim("V2", 0, 0, 5),
    () => host.person.relink("c.mov", "/media/other.mov"),
    () => host.person.transition("V1", 1),
  ];
  const seen = new Set([first]);
  for (const edit of edits) {
    edit();
    const now = await revision({});
    assert.ok(!seen.has(now), String(edit));
    seen.add(now);
    assert.equal(await revision({ tracks: [{ type: "audio", index: 1 }] }), sound);
  }
});

test("kinds are told: still, nested, title, generator, adjustment layer, multicam, and what is offline", async () => {
  const kinds = [
    clip("still", 0, 10, { path: "/media/board.PNG", kind: "still" }),
    clip("inner", 10, 10, { path: "", kind: "nested" }),
    clip("Main title", 20, 10, { path: "", kind: "title" }),
    clip("Color Matte", 30, 10, { path: "", kind: "generator" }),
    clip("Adjustment Layer", 40, 10, { path: "", kind: "adjustment" }),
    clip("gone", 50, 10, { kind: "offline" }),
    clip("angles", 60, 10),
  ];
  const host = open({ film: film({ tracks: { video: [kinds], audio: [] } }) });
  host.world.always(host.world.state.active, (project) => {
    Object.values(project.items).find(({ name }) => name === "angles.mov").kind = "multicam";
  });
  const { items } = await host.ask("timeline.snapshot");
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ["still", "nested", "title", "generator", "adjustment", "clip", "multicam"],
  );
  assert.deepEqual(
    items.map(({ media }) => media && media.online),
    [true, true, null, null, null, false, true],
  );
  assert.equal(items[0].left_offset_frame, undefined);
  assert.equal(items[0].media.frame_count, 1);
});

test("retimed clips say their speed exactly and the frames they show", async () => {
  const clips = [
    clip("slow", 0, 100, { in: 20, speed: 0.5 }),
    clip("back", 100, 40, { in: 8, reversed: true }),
    clip("fast", 140, 30, { speed: 1.5, reversed: true }),
  ];
  const { items } = await open({ film: film({ tracks: { video: [clips], audio: [] } }) }).ask("timeline.snapshot");
  assert.deepEqual(
    items.map((item) => [item.speed, item.speed_percent, item.start_source_frame, item.end_source_frame]),
    [
      ["1/2", 50, 20, 70],
      ["-1", -100, 48, 8],
      ["-3/2", -150, 45, 0],
    ],
  );
});

test("a time remap is not taken for 100 %", async () => {
  const host = open();
  host.world.change(host.world.state.active, "Remap", (project) => {
    const [piece] = project.sequences[project.active].video[0].items;
    piece.out = piece.in + (piece.out - piece.in) * 2n;
  });
  const { items } = await host.ask("timeline.snapshot");
  assert.deepEqual([items[0].speed, items[0].source_unknown, items[0].start_source_frame], ["", true, undefined]);
});

test("media of another rate counts its own frames, sound those of the sequence", async () => {
  const media = { "/media/pal.mov": { frames: 500, rate: "25", width: 1280, height: 720, audio: true } };
  const pal = clip("pal", 0, 48, { path: "/media/pal.mov", in: 24 });
  const host = open({ film: film({ media, tracks: { video: [[pal]], audio: [[pal]] } }) });
  const { items } = await host.ask("timeline.snapshot", { marks: true });
  // 24 frames of 23.976 are 1.001 s: frame 25 of 25 fps is on screen; 72 frames end at 3.003 s, within frame 75.
  assert.deepEqual([items[0].left_offset_frame, items[0].end_source_frame], [25, 76]);
  assert.deepEqual([items[0].media.rate, items[0].media.frame_count], ["25", 500]);
  assert.deepEqual([items[1].left_offset_frame, items[1].end_source_frame], [24, 72]);
});

test("sound cut between frames begins on the frame begun", async () => {
  const host = open();
  host.world.change(host.world.state.active, "Nudge", (project) => {
    const sequence = project.sequences[project.active];
    const [piece] = sequence.audio[0].items;
    piece.end -= sequence.frame / 3n;
    piece.out -= sequence.frame / 3n;
  });
  const { items } = await host.ask("timeline.snapshot", { tracks: [{ type: "audio", index: 1 }] });
  assert.deepEqual([items[0].start_record_frame - AT, items[0].end_record_frame - AT], [0, 99]);
});

test("marks add markers, in and out, tracks and stamps", async () => {
  const host = open();
  host.person.mark(20, 60);
  host.person.muteTrack("V2");
  const { timeline, items } = await host.ask("timeline.snapshot", { marks: true });
  assert.deepEqual(timeline.markers, [
    { record_frame: AT + 30, duration_frames: 5, color: "Red", name: "here", note: "look", data: "" },
  ]);
  assert.deepEqual([timeline.marked_start_record_frame, timeline.marked_end_record_frame], [AT + 20, AT + 60]);
  assert.deepEqual(timeline.tracks, [
    { type: "video", index: 1, name: "Video 1", enabled: true },
    { type: "video", index: 2, name: "Video 2", enabled: false },
    { type: "audio", index: 1, name: "Audio 1", enabled: true },
  ]);
  assert.equal(timeline.project_rate, "24000/1001");
  assert.deepEqual(items[0].markers, []);
  assert.equal(items[0].stamp, "");
});

test("a marker without length stands for its frame, and no marks are no span", async () => {
  const { timeline } = await open({ film: film({ markers: [{ frame: 3, name: "x" }] }) }).ask("timeline.snapshot", {
    marks: true,
  });
  assert.deepEqual(
    timeline.markers.map(({ record_frame, duration_frames }) => [record_frame - AT, duration_frames]),
    [[3, 1]],
  );
  assert.equal(timeline.marked_start_record_frame, undefined);
});

test("clip markers are told only of media that is used once", async () => {
  const twice = [clip("a", 0, 10), clip("a", 10, 10, { in: 20 }), clip("b", 20, 10, { in: 5 })];
  const host = open({ film: film({ tracks: { video: [twice], audio: [] } }) });
  host.world.always(host.world.state.active, (project) => {
    const { frame } = project.sequences[project.active];
    for (const item of Object.values(project.items).filter(({ path }) => path)) {
      item.markers.push({
        guid: "m",
        name: "on media",
        comments: "",
        type: "Comment",
        color: 0,
        start: frame * 7n,
        duration: 0n,
      });
    }
  });
  const { items } = await host.ask("timeline.snapshot", { marks: true });
  assert.deepEqual(
    items.map(({ markers }) => markers.map(({ source_frame }) => source_frame)),
    [[], [], [7]],
  );
});

test("a stamp kept in the sequence follows its clip, after a restart too", async () => {
  const host = open();
  const { fingerprintOf, STAMPS_PROPERTY } = agent("keys");
  const { pieces } = await host.read();
  const stamps = { "tb-0123456789ab": fingerprintOf(pieces[0]), "not a stamp": fingerprintOf(pieces[1]) };
  host.world.always(host.world.state.active, (project) => {
    project.sequences[project.active].properties[STAMPS_PROPERTY] = { value: JSON.stringify(stamps), persistent: true };
  });
  const stamped = async (stage) => {
    const { result } = await agent("snapshot").snapshot(stage, { marks: true });
    return result.items.filter(({ stamp }) => stamp).map(({ name, stamp }) => [name, stamp]);
  };
  const ours = [["a", "tb-0123456789ab"]];
  assert.deepEqual(await stamped(host.stage), ours);
  host.person.trim("V1", 0, 0, 30);
  assert.deepEqual(await stamped(host.stage), ours);
  host.person.trim("V1", 0, 12, 0);
  assert.deepEqual(await stamped(host.stage), ours, "its start, end and in-point are all others by now");
  host.person.undo();
  host.person.undo();
  host.person.move("V1", 0, 400);
  const restarted = agent("stage").createStage({ ppro: host.ppro, version: "26.3.0", clock: host.clock });
  assert.deepEqual(await stamped(restarted), ours, "moved while nobody looked");
});

test("broken stamps are no stamps", async () => {
  const host = open();
  host.world.always(host.world.state.active, (project) => {
    project.sequences[project.active].properties["takebridge.stamps"] = { value: "{not json", persistent: true };
  });
  const { items } = await host.ask("timeline.snapshot", { marks: true });
  assert.ok(items.every(({ stamp }) => stamp === ""));
});

test("what a person changed on a clip shows in its look, what they did not does not", async () => {
  const host = open();
  const look = async () => (await host.ask("timeline.snapshot")).items.map((item) => [item.look, item.style]);
  const [before] = [await look()];
  host.person.move("V2", 0, 3);
  assert.deepEqual(await look(), before);
  host.person.setParameter("V1", 0, "Motion", "Scale", 120);
  const scaled = await look();
  assert.notDeepEqual(scaled[0], before[0]);
  assert.deepEqual(scaled.slice(1), before.slice(1));
  host.person.dropEffect("V1", 1, "Lumetri");
  assert.notDeepEqual((await look())[1], scaled[1]);
  host.person.disable("V2", 0);
  const disabled = await look();
  assert.equal(disabled[2][1], before[2][1]);
  assert.notEqual(disabled[2][0], before[2][0]);
});

test("effects beyond the defaults are told from those every clip has", async () => {
  const host = open();
  const changed = async () =>
    (await host.read({ detail: "full" })).pieces.map(({ effects }) =>
      effects.filter((one) => one.changed).map(({ name }) => name),
    );
  assert.deepEqual(await changed(), [[], [], [], [], []]);
  host.person.setParameter("V1", 0, "Opacity", "Opacity", 50);
  host.person.animate("V1", 1, "Motion", "Position", 0, 10);
  host.person.dropEffect("V2", 0, "Gaussian Blur 2");
  assert.deepEqual(await changed(), [["AE.ADBE Opacity"], ["AE.ADBE Motion"], ["AE.ADBE Gaussian Blur 2"], [], []]);
});

test("a track that is not there is refused by name", async () => {
  const host = open();
  await assert.rejects(host.ask("timeline.snapshot", { tracks: [{ type: "video", index: 9 }] }), {
    code: "not_found",
    message: "The sequence has no video track 9.",
  });
  await assert.rejects(host.ask("timeline.snapshot", { tracks: [{ type: "subtitle", index: 1 }] }), {
    code: "not_found",
  });
  await assert.rejects(host.ask("timeline.snapshot", { tracks: [{ type: "video", index: 0 }] }), {
    code: "invalid_param",
  });
});

test("a sequence closed while it is read is said so, and nothing is guessed", async () => {
  const members = [
    "VideoClipTrackItem.getStartTime",
    "Sequence.getTimebase",
    "VideoTrack.getTrackItems",
    "ClipProjectItem.getMedia",
  ];
  for (const member of members) {
    const host = open();
    host.person.when(member, () => host.person.closeSequence());
    await assert.rejects(host.ask("timeline.snapshot"), { code: "timeline_switched" }, member);
  }
});

test("a clip deleted while it is read is an error in words, not a hole", async () => {
  const host = open();
  host.person.when("VideoClipTrackItem.getName", () => host.person.delete("V1", 0));
  await assert.rejects(host.ask("timeline.snapshot"), ({ code, message }) => {
    assert.ok(["host_rejected", "timeline_changed"].includes(code), code);
    return !/undefined|null|TypeError/.test(message);
  });
});

test("nothing open is not found", async () => {
  const host = open();
  host.person.closeSequence();
  await assert.rejects(host.ask("timeline.snapshot"), {
    code: "not_found",
    message: "No sequence is open in Premiere.",
  });
  host.person.closeProject();
  await assert.rejects(host.ask("timeline.snapshot"), { code: "not_found" });
});

test("drop-frame is read from the constants of this Premiere", async () => {
  for (const [rate, dropFrame] of [
    ["30000/1001", true],
    ["30000/1001", false],
    ["60000/1001", true],
    ["60000/1001", false],
    ["25", false],
  ]) {
    const host = open({ film: film({ rate, dropFrame, start: "01:00:00:00" }) });
    const { timeline } = await host.ask("timeline.snapshot");
    assert.deepEqual([timeline.rate, timeline.drop_frame], [rate, dropFrame]);
  }
});

/** Read a thousand clips; returns how long it took and the calls a clip. */
async function thousand(host, args) {
  const [calls, began] = [host.calls(), performance.now()];
  const { items } = await host.ask("timeline.snapshot", args);
  assert.equal(items.length, 1000);
  return { took: performance.now() - began, calls: (host.calls() - calls) / 1000 };
}

test("a thousand clips are read in three seconds at 2 ms a call when calls overlap", async (t) => {
  const many = Array.from({ length: 500 }, (_none, at) => clip(`shot${at}`, at * 10, 10));
  const host = open({ film: film({ tracks: { video: [many], audio: [many] } }), latencyMs: 2, lanes: 64 });
  // With marks every component of every clip is read too, which two busy cores need longer for.
  for (const [args, most, limit] of [
    [{}, 14, 3000],
    [{ detail: [] }, 10, 3000],
    [{ marks: true }, 40, 6000],
  ]) {
    // Others may be using the machine: what it can do is the best of some tries.
    let best = await thousand(host, args);
    for (let again = 0; again < 4 && best.took > limit; again += 1) {
      const next = await thousand(host, args);
      best = next.took < best.took ? next : best;
    }
    t.diagnostic(`${JSON.stringify(args)}: ${Math.round(best.took)} ms, ${best.calls.toFixed(1)} calls a clip`);
    assert.ok(best.took < limit, `${best.took} ms`);
    assert.ok(best.calls <= most, `${best.calls} calls a clip`);
  }
});

test("at most 64 calls are unanswered at a time, and after a refusal no more are made", async () => {
  const { gather } = agent("asking");
  let [open64, most, made] = [0, 0, 0];
  const call = (at) => async () => {
    [open64, made] = [open64 + 1, made + 1];
    most = Math.max(most, open64);
    await new Promise(setImmediate);
    open64 -= 1;
    if (at === 100) throw new Error("no");
    return at;
  };
  assert.deepEqual(
    await gather(Array.from({ length: 90 }, (_none, at) => call(at))),
    Array.from({ length: 90 }, (_none, at) => at),
  );
  assert.equal(most, 64);
  made = 0;
  await assert.rejects(gather(Array.from({ length: 500 }, (_none, at) => call(at))), { message: "no" });
  await new Promise(setImmediate);
  assert.ok(made < 300, `${made}`);
});
