"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { createPremiere } = require("../../fake/premiere.js");
const { agent, createClock, film } = require("./rig.js");

const { createDesk } = agent("desk");

/** Start a desk on the fake. */
function start(options = {}) {
  const { version = "26.3.0", ...more } = options;
  const host = createPremiere({ film: film(), version, ...more });
  const clock = createClock();
  return { ...host, clock, desk: createDesk({ ppro: host.ppro, version, clock }) };
}

const turn = () => new Promise(setImmediate);

const OFFERED = [
  "agent.ping agent.stop host.status timeline.snapshot selection.get selection.get:selected selection.peek",
  "playhead.set media.import media.tag media.replace clip.place clip.place:new-track clip.swap clip.delete",
  "clip.set_enabled clip.rename clip.stamp clip.stamp:metadata clip.set_color marker.add marker.remove timeline.duplicate timeline.select",
  "timeline.rename timeline.delete frame.grab range.render render.status project.save",
].flatMap((line) => line.split(" "));

test("what is offered is what this version can do", () => {
  for (const version of ["25.6.0", "26.2.0", "26.3.0"]) {
    const offered = start({ version }).desk.capabilities();
    assert.deepEqual(
      OFFERED.filter((verb) => !offered.includes(verb)),
      [],
    );
    assert.equal(offered.includes("timeline.export"), version !== "25.6.0");
    for (const never of [
      "track.add",
      "clip.add_take",
      "clip.pull",
      "timeline.import",
      "render.cancel",
      "agent.reload",
      "host.probe",
    ]) {
      assert.ok(!offered.includes(never), never);
    }
    assert.equal(new Set(offered).size, offered.length);
  }
});

test("the status says the host and the open sequence", async () => {
  const { desk, person } = start();
  const status = await desk.status();
  assert.deepEqual(
    [status.host, status.product, status.version, status.edition],
    ["premiere", "Adobe Premiere", "26.3.0", "unknown"],
  );
  assert.deepEqual(
    [status.timeline.timeline_name, status.timeline.rate, status.timeline.revision],
    ["Cut 1", "24000/1001", ""],
  );
  assert.deepEqual((await desk.run({ id: "s", verb: "host.status" })).result, status);
  person.closeSequence();
  assert.equal((await desk.status()).timeline, null);
  person.closeProject();
  assert.equal((await desk.status()).timeline, null);
});

test("an op that was answered is answered the same again, and not done twice", async () => {
  const { desk, person, world } = start();
  const first = await desk.run({ id: "one", verb: "selection.peek" });
  person.playhead(33);
  const calls = world.wire.stats.calls;
  assert.deepEqual(await desk.run({ id: "one", verb: "selection.peek" }), first);
  assert.equal(world.wire.stats.calls, calls);
  assert.notDeepEqual((await desk.run({ id: "two", verb: "selection.peek" })).result, first.result);
});

test("two askings of one op under way are one op", async () => {
  const { desk } = start({ latencyMs: 1 });
  const op = { id: "one", verb: "timeline.snapshot" };
  const [one, other] = await Promise.all([desk.run(op), desk.run(op)]);
  assert.equal(one, other);
});

test("the last 256 answers are kept, older ones are forgotten", async () => {
  const { desk } = start();
  const first = await desk.run({ id: "op 0", verb: "agent.ping" });
  for (let at = 1; at < 256; at += 1) await desk.run({ id: `op ${at}`, verb: "agent.ping" });
  assert.equal(await desk.run({ id: "op 0", verb: "agent.ping" }), first);
  await desk.run({ id: "op 256", verb: "agent.ping" });
  assert.notEqual(await desk.run({ id: "op 0", verb: "agent.ping" }), first);
});

test("ops run one after another, in the order asked", async () => {
  const { desk, world } = start({ latencyMs: 1 });
  const ended = [];
  const ask = (id, verb) => desk.run({ id, verb }).then(() => ended.push(id));
  await Promise.all([ask("long", "timeline.snapshot"), ask("short", "agent.ping")]);
  assert.deepEqual(ended, ["long", "short"]);
  assert.deepEqual(world.faults, []);
});

test("an op that fails does not stop the next, and run never rejects", async () => {
  const { desk } = start();
  const nonsense = [
    { id: "a", verb: "timeline.import" },
    { id: "b", verb: "constructor" },
    { id: "c", verb: "timeline.snapshot", args: [] },
    { id: "d", verb: "timeline.snapshot", args: { tracks: 5 } },
    { id: "e", verb: "timeline.snapshot", args: { tracks: [null] } },
    { id: "f", verb: "timeline.snapshot", args: { detail: 7 } },
    { id: "g", verb: "playhead.set" },
    { id: "h" },
    {},
    null,
  ];
  for (const op of nonsense) {
    const answer = await desk.run(op);
    assert.equal(answer.outcome, "not_applied", JSON.stringify(op));
    assert.ok(["unsupported_op", "invalid_param"].includes(answer.error.code), JSON.stringify(answer));
    assert.equal(answer.op_id, (op && op.id) || "");
    assert.ok(answer.error.message && answer.error.hint);
  }
  assert.equal((await desk.run({ id: "z", verb: "agent.ping" })).outcome, "verified");
});

test("a verb this version lacks is not carried out", async () => {
  const { desk } = start({ version: "25.6.0" });
  const { error } = await desk.run({ id: "x", verb: "timeline.export", args: { format: "otio", path: "/a.otio" } });
  assert.equal(error.code, "unsupported_op");
});

test("a sequence closed in the middle of an op is answered in words, with nothing done", async () => {
  const { desk, person, world } = start();
  person.when("VideoClipTrackItem.getEndTime", () => person.closeSequence());
  const { outcome, error } = await desk.run({ id: "x", verb: "timeline.snapshot" });
  assert.deepEqual([outcome, error.code, error.retryable], ["not_applied", "timeline_switched", false]);
  assert.deepEqual(world.undoLabels(), []);
});

test("while a dialog is open an op waits, and is answered when it is closed", async () => {
  const { desk, person } = start();
  person.openDialog();
  let answered = false;
  const asked = desk.run({ id: "x", verb: "selection.peek" }).then((answer) => (answered = true) && answer);
  for (let round = 0; round < 5; round += 1) await turn();
  assert.equal(answered, false);
  person.closeDialog();
  assert.equal((await asked).outcome, "verified");
});

test("what happens is told once things are quiet for 300 ms", async () => {
  const { desk, person, clock } = start();
  let told = 0;
  const stop = desk.watch(() => (told += 1));
  await turn();
  const settle = async (milliseconds) => {
    await turn();
    clock.go(milliseconds);
  };
  for (const act of [() => person.select(["V1", 0]), () => person.trim("V1", 0, 0, 2), () => person.muteTrack("V1")]) {
    act();
    await settle(200);
  }
  assert.equal(told, 0);
  await settle(300);
  assert.equal(told, 1);
  await settle(1000);
  assert.equal(told, 1);
  person.closeSequence();
  await settle(300);
  assert.equal(told, 2);
  stop();
  person.closeProject();
  await settle(1000);
  assert.equal(told, 2);
});

test("after another sequence came to the front, it is that one which is listened to", async () => {
  const { desk, person, clock, world } = start();
  let told = 0;
  desk.watch(() => (told += 1));
  await turn();
  const before = world.project().active;
  const copy = structuredClone(world.project().sequences[before]);
  world.always(world.state.active, (project) => {
    project.sequences.other = { ...copy, guid: "other", name: "Other" };
  });
  world.activate(world.state.active, "other");
  for (let round = 0; round < 5; round += 1) await turn();
  clock.go(300);
  told = 0;
  world.tell("selection", before);
  await turn();
  clock.go(300);
  assert.equal(told, 0, "the one in the back");
  person.select(["V1", 0]);
  await turn();
  clock.go(300);
  assert.equal(told, 1);
});
