"use strict";

const assert = require("node:assert");
const test = require("node:test");
const { lane, open } = require("./worlds.js");

test("from 26.3 an action is made inside a lock", async () => {
  const newer = await open({ version: "26.3.0" });
  const [clip] = await newer.clips();
  assert.throws(() => clip.createSetNameAction("x"), /outside lockedAccess/);
  const older = await open({ version: "26.2.0" });
  const [same] = await older.clips();
  assert.doesNotThrow(() => same.createSetNameAction("x"));
});

test("an action is of no use after its lock, nor twice", async () => {
  const { project, clips, act, world } = await open();
  const [clip] = await clips();
  let kept;
  project.lockedAccess(() => void (kept = clip.createSetNameAction("late")));
  assert.throws(() => act(() => [kept]), /outside the lock it was made in/);
  assert.throws(
    () =>
      act(() => {
        const one = clip.createSetNameAction("twice");
        return [one, one];
      }),
    /used once/,
  );
  assert.strictEqual(lane(world)[0], "a 0–50 @10");
});

test("callbacks that wait are refused", async () => {
  const { project, ppro } = await open();
  assert.throws(() => project.lockedAccess(async () => {}), /async callback/);
  assert.throws(
    () => project.lockedAccess(() => void project.executeTransaction(async () => {}, "x")),
    /async callback/,
  );
  assert.throws(() => ppro.TrackItemSelection.createEmptySelection(async () => {}), /async callback/);
});

test("nothing can be asked for inside a lock that answers by a promise", async () => {
  const { project, sequence, world } = await open();
  let answer;
  project.lockedAccess(() => void (answer = sequence.getTimebase()));
  await assert.rejects(answer, /inside lockedAccess/);
  assert.strictEqual(world.faults.length, 1);
});

test("a transaction is one undo step with its label, or nothing", async () => {
  const { act, at, clips, world, person } = await open();
  const [a, b] = await clips();
  assert.strictEqual(
    act(() => [a.createSetNameAction("A"), b.createSetDisabledAction(true)], "Both"),
    true,
  );
  assert.deepStrictEqual(world.undoLabels(), ["Both"]);
  const before = JSON.stringify(world.truth());
  assert.strictEqual(
    act(() => [a.createSetNameAction("B"), b.createSetEndAction(at(0))], "Half"),
    false,
  );
  assert.strictEqual(JSON.stringify(world.truth()), before);
  assert.strictEqual(person.undo(), "Both");
  assert.deepStrictEqual(lane(world), ["a 0–50 @10", "b 50–80 @5"]);
  assert.strictEqual(world.sequence().video[0].items[1].disabled, false);
});

test("an error in a callback does not come out as itself, and nothing is changed", async () => {
  const { project, clips, world } = await open();
  const [a] = await clips();
  let done;
  project.lockedAccess(() => {
    done = project.executeTransaction((compound) => {
      compound.addAction(a.createSetNameAction("A"));
      throw new Error("mine");
    }, "x");
  });
  assert.strictEqual(done, false);
  assert.deepStrictEqual(world.undoLabels(), []);
  assert.throws(
    () =>
      project.lockedAccess(() => {
        throw new Error("mine");
      }),
    /Script action failed/,
  );
});

test("what the person does can come right before any call", async () => {
  const { person, project, world } = await open();
  person.when("Project.lockedAccess", () => person.rename("V1", 0, "theirs"));
  assert.strictEqual(lane(world)[0], "a 0–50 @10");
  project.lockedAccess(() => {});
  project.lockedAccess(() => {});
  assert.strictEqual(lane(world)[0], "theirs 0–50 @10");
  assert.deepStrictEqual(world.undoLabels(), ["Rename"]);
});

test("answers take their time, and only so many are on their way", async () => {
  const { sequence, world } = await open({ latencyMs: 4, lanes: 2 });
  world.wire.stats.most = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: 10 }, () => sequence.getTimebase()));
  assert.strictEqual(world.wire.stats.most, 2);
  assert.ok(performance.now() - began >= 19, "ten calls of 4 ms in two lanes take 20 ms");
});

test("a dialog stops every answer until it is closed", async () => {
  const { sequence, person } = await open();
  person.openDialog();
  let answered = false;
  const answer = sequence.getTimebase().then(() => void (answered = true));
  await new Promise((resume) => setImmediate(resume));
  assert.strictEqual(answered, false);
  person.closeDialog();
  await answer;
  assert.strictEqual(answered, true);
});

test("what is held of something that is gone answers with an error", async () => {
  const { clips, person, sequence, project } = await open();
  const [, b] = await clips();
  person.delete("V1", 1);
  await assert.rejects(b.getName(), /The clip is gone/);
  await project.deleteSequence(sequence);
  await assert.rejects(sequence.getTimebase(), /The sequence is gone/);
  assert.strictEqual(await project.getActiveSequence(), null);
});
