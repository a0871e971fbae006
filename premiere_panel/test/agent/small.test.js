"use strict";

/** What the strict fake cannot show: hosts that say less, or otherwise, than the typings promise. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { agent, clip, createClock, film, open } = require("./rig.js");

const { OpError, refusal, short, text, unsure } = agent("faults");

test("an error says on the wire what a person can do next", () => {
  const error = new OpError("timeline_changed", "The clip was moved.");
  assert.deepEqual(error.toWire(), {
    code: "timeline_changed",
    message: "The clip was moved.",
    hint: "Nothing of yours was overwritten. Repeat the command on the sequence as it is now.",
    retryable: true,
    details: {},
  });
  assert.equal(error.outcome, "not_applied");
  assert.equal(unsure(error).outcome, "committed_unverified");
  assert.equal(refusal(error, "do it"), error);
  assert.equal(refusal(new Error("disk full"), "write it").message, "Premiere refused to write it: disk full");
  assert.equal(refusal(undefined, "write it").message, "Premiere refused to write it.");
  assert.equal(new OpError("usage", "x".repeat(9000)).toWire().message.length, 4096);
});

test("half a character is never said, and a long name leaves room for what is said about it", () => {
  assert.equal(short(`${"a".repeat(254)}\u{1F3AC}`), `${"a".repeat(254)}\uFFFD`);
  assert.equal(text("\uDFAC and \u{1F3AC}"), "\uFFFD and \u{1F3AC}");
  const { message } = new OpError("host_rejected", `“${"n".repeat(4096)}” lies on a locked track.`).toWire();
  assert.equal(message, `“${"n".repeat(120)}…” lies on a locked track.`);
});

test("features are probed, and go by the version only where nothing can be probed", () => {
  const { createFeatures } = agent("features");
  const bare = { EncoderManager: { getManager() {} } };
  const full = { ...bare, ProjectConverter: { exportAAF() {}, exportAsOpenTimelineIO() {} } };
  const said = (ppro, version, names) => names.map(createFeatures(ppro, version));
  const names = ["export:otio", "export:aaf", "encoder", "selection:at-once", "unheard of", "constructor"];
  assert.deepEqual(said(full, "26.2.0", names), [true, true, true, false, false, false]);
  assert.deepEqual(said(bare, "26.3", names), [false, false, true, true, false, false]);
  assert.deepEqual(said(bare, "27.0.0 (Build 1)", names), [false, false, true, true, false, false]);
  assert.deepEqual(said({}, "", names), [false, false, false, false, false, false]);
});

/** A track item with one component of some values; `null` for a parameter that cannot be read. */
function itemWith(matchName, values) {
  const param = (value) => ({
    isTimeVarying: () => value === "moving",
    getStartValue: async () => {
      if (value === null) throw new Error("opaque");
      return { value: { value } };
    },
  });
  const component = {
    getMatchName: async () => matchName,
    getParamCount: () => values.length,
    getParam: (at) => param(values[at]),
  };
  return { getComponentChain: async () => ({ getComponentCount: () => 1, getComponentAtIndex: () => component }) };
}

test("only what is known to be a default counts as nothing", async () => {
  const { readEffects } = agent("effects");
  const half = { x: 0.5, y: 0.5 };
  const told = [
    ["AE.ADBE Motion", [half, 100, 100, true, 0, half, 0, 0, 0, 0, 0], false],
    ["AE.ADBE Motion", [half, 100, 100, true, 0, half, 0, 12, 0, 0, 0], true],
    ["AE.ADBE Motion", [{ x: 0.5, y: 0.6 }, 100, 100, true, 0, half], true],
    ["AE.ADBE Motion", [half, "moving"], true],
    ["AE.ADBE Motion", [null], true],
    ["AE.ADBE Opacity", [100, 18], false],
    ["AE.ADBE Opacity", [100, 3], true],
    ["AE.ADBE Opacity", [99.5, 18], true],
    ["Internal Volume Stereo", [false, 10 ** (-15 / 20)], false],
    ["Internal Volume Stereo", [false, 0.25], true],
    ["AE.ADBE Lumetri", [], true],
    ["AE.ADBE Lumetri", [{ red: 1, green: 0, blue: 0, alpha: 1 }], true],
  ];
  const found = await readEffects(told.map(([name, values]) => itemWith(name, values)));
  assert.deepEqual(
    found.map(([effect]) => [effect.name, effect.changed]),
    told.map(([name, , changed]) => [name, changed]),
  );
  assert.deepEqual(found[3][0].values, [[0.5, 0.5], "keyframes"]);
  assert.deepEqual(found[4][0].values, ["unreadable"]);
  assert.deepEqual(found[11][0].values, [[1, 0, 0, 1]]);
  assert.deepEqual(await readEffects([{ getComponentChain: async () => null }]), [[]]);
});

test("an event of the encoder finds its job by id, by file, or as the only one that waits", () => {
  const { jobsOf, resultOf } = agent("jobs");
  const ears = new Map();
  const stage = {
    memory: {},
    ppro: {
      Constants: { EncoderEvent: { RENDER_QUEUE: "q", RENDER_PROGRESS: "p", RENDER_COMPLETE: "c", RENDER_ERROR: "e" } },
      EncoderManager: { EVENT_RENDER_CANCEL: "x" },
      EventManager: { addEventListener: (_encoder, event, hear) => ears.set(event, hear) },
    },
  };
  const jobs = jobsOf(stage, {});
  assert.equal(jobsOf(stage, {}), jobs);
  assert.deepEqual([...ears.keys()].sort(), ["c", "e", "p", "q", "x"]);
  const add = (job, path) =>
    jobs.set(job, { job, hostJob: "", path, state: "ready", percent: 0, error: "", heard: false });
  const said = (job) => Object.values(resultOf(jobs.get(job))).slice(2);
  add("one", "/out/one.mp4");
  ears.get("q")({ jobID: 7 });
  add("two", "/out/two.mp4");
  ears.get("p")({ jobID: "7", progress: 0.25 });
  assert.deepEqual(said("one"), ["rendering", 25, "", ""]);
  ears.get("p")({ jobID: "7", progress: 0.1 });
  assert.deepEqual(said("one"), ["rendering", 25, "", ""]);
  ears.get("c")({ outputFilePath: "/out/two.mp4" });
  assert.deepEqual(said("two"), ["complete", 100, "/out/two.mp4", ""]);
  ears.get("e")({ jobID: "9", errorMessage: "somebody else's" });
  ears.get("e")({ jobID: "7", errorMessage: "The disk is full." });
  ears.get("p")({ jobID: "7", progress: 0.9 });
  assert.deepEqual(said("one"), ["failed", 25, "", "The disk is full."]);
  add("three", "/out/three.mp4");
  ears.get("x")(undefined);
  assert.deepEqual(said("three"), ["cancelled", 0, "", ""]);
});

test("a new track is listened to once the edit that made it is over", async () => {
  const host = open();
  const { watch } = agent("watch");
  const turn = () => new Promise(setImmediate);
  let told = 0;
  const stop = watch(host.stage, () => (told += 1));
  await turn();
  host.world.change(host.world.state.active, "Add Track", (project) => {
    const sequence = project.sequences[project.active];
    sequence.video.push({ ...structuredClone(sequence.video[1]), id: 99, items: [] });
  });
  await turn();
  host.clock.go(300);
  await turn();
  const before = told;
  host.world.tell("video-info", `${host.world.project().active}/99`);
  await turn();
  host.clock.go(300);
  assert.equal(told, before + 1);
  stop();
});

test("nested sequences count frames of their own", async () => {
  const nested = clip("inner", 0, 48, { path: "", kind: "nested", in: 24 });
  const host = open({ film: film({ tracks: { video: [[nested]], audio: [] } }) });
  host.world.always(host.world.state.active, (project) => {
    const inner = Object.values(project.sequences).find(({ name }) => name === "inner");
    inner.frame = 10160640000n;
  });
  const { items } = await host.ask("timeline.snapshot");
  assert.deepEqual([items[0].kind, items[0].media.rate, items[0].left_offset_frame], ["nested", "25", 25]);
});

test("what is remembered of a sequence is not taken for another's", async () => {
  const host = open();
  host.person.playhead(10);
  const first = await host.ask("selection.peek");
  const [project] = Object.values(host.world.state.projects);
  const copy = structuredClone(project.sequences[project.active]);
  host.world.always(project.guid, (one) => {
    one.sequences.other = { ...copy, guid: "other", name: "Other", zero: 0n };
  });
  host.world.activate(project.guid, "other");
  const other = await host.ask("selection.peek");
  assert.deepEqual([other.timeline_id, other.record_frame, other.timecode], ["other", 10, "00:00:00:10"]);
  assert.notEqual(other.clip, first.clip);
});

test("a stage takes the system's clock when it is given none", async () => {
  const host = open();
  const stage = agent("stage").createStage({ ppro: host.ppro, version: "26.3.0" });
  assert.ok(Math.abs(stage.clock.now() - Date.now()) < 5000);
  await new Promise((resume) => stage.clock.setTimeout(resume, 1));
  const cancel = stage.clock.after(1, () => assert.fail("it was taken back"));
  cancel();
  await new Promise((resume) => stage.clock.after(5, () => resume()));
  const clock = createClock();
  let rung = 0;
  agent("stage")
    .createStage({ ppro: host.ppro, version: "", clock })
    .clock.after(10, () => (rung += 1));
  clock.go(9);
  assert.equal(rung, 0);
  clock.go(1);
  assert.equal(rung, 1);
});
