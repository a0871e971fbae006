"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { openRig } = require("./edit_rig.js");

const SAFETY = "Cut TakeBridge safety 1";

function names(rig) {
  const project = rig.world.project();
  return project.order.map((guid) => project.sequences[guid].name);
}

test("a sequence is copied under a name, and the original stays active", async () => {
  const rig = openRig();
  const expect = await rig.expect();
  const { timeline_id: id, name, changed } = await rig.done("timeline.duplicate", { name: SAFETY }, expect);
  assert.deepEqual([name, changed, names(rig)], [SAFETY, true, ["Cut", SAFETY]]);
  assert.equal(rig.world.project().active, expect.timeline_id);
  assert.deepEqual(rig.lay("V1", rig.world.project().sequences[id]), rig.lay("V1"));
  assert.deepEqual(
    await rig.done("timeline.duplicate", { name: SAFETY }, expect),
    { timeline_id: id, name, changed: false },
  );
  assert.deepEqual(rig.labels(), ["TakeBridge: duplicate “Cut”", `TakeBridge: name “Cut Copy” “${SAFETY}”`]);
  rig.person.undo();
  rig.person.undo();
  assert.deepEqual(names(rig), ["Cut"]);
});

test("a name that is used is refused", async () => {
  const rig = openRig();
  await rig.done("timeline.duplicate", { name: SAFETY }, await rig.expect());
  const expect = await rig.expect();
  await rig.refused("host_rejected", "timeline.duplicate", { name: "Cut" }, expect);
  rig.person.trim("V1", "b", 0, 3);
  await rig.refused("host_rejected", "timeline.duplicate", { name: SAFETY }, await rig.expect());
  await rig.refused(
    "host_rejected",
    "timeline.rename",
    { timeline_id: expect.timeline_id, name: SAFETY },
    await rig.expect(),
  );
  await rig.refused("invalid_param", "timeline.duplicate", { name: "\t" }, await rig.expect());
  await rig.refused("timeline_changed", "timeline.duplicate", { name: "Fresh" }, expect);
});

test("a copy made beside a person's own is told as uncertain", async () => {
  const rig = openRig();
  rig.person.when("Project.executeTransaction", () => rig.person.duplicateSequence("Cut"));
  const answer = await rig.run("timeline.duplicate", { name: SAFETY }, await rig.expect());
  assert.deepEqual([answer.outcome, answer.error.code], ["committed_unverified", "timeline_changed"]);
});

test("a copy that Premiere opened is put behind the original again", async () => {
  const rig = openRig();
  const expect = await rig.expect();
  rig.person.when("Sequence.getProjectItem", () => rig.person.openSequence("Cut Copy"));
  assert.equal((await rig.done("timeline.duplicate", { name: SAFETY }, expect)).changed, true);
  assert.equal(rig.world.project().active, expect.timeline_id);
});

test("a sequence is opened and named", async () => {
  const rig = openRig();
  const expect = await rig.expect();
  const { timeline_id: copy } = await rig.done("timeline.duplicate", { name: SAFETY }, expect);
  assert.equal((await rig.done("timeline.rename", { timeline_id: copy, name: "Old" }, expect)).changed, true);
  assert.equal((await rig.done("timeline.rename", { timeline_id: copy, name: "Old" }, expect)).changed, false);
  assert.equal(rig.labels().at(-1), `TakeBridge: name “${SAFETY}” “Old”`);
  assert.equal((await rig.done("timeline.select", { timeline_id: copy }, expect)).changed, true);
  assert.equal(rig.world.project().active, copy);
  assert.deepEqual(
    await rig.done("timeline.select", { timeline_id: copy }, expect),
    { timeline_id: copy, name: "Old", changed: false },
  );
  await rig.refused("timeline_switched", "timeline.select", { timeline_id: expect.timeline_id }, expect);
  await rig.refused("not_found", "timeline.select", { timeline_id: "nobody" }, expect);
  await rig.refused("not_found", "timeline.rename", { timeline_id: "nobody", name: "x" }, expect);
});

test("only a safety copy of ours is deleted, never what is open", async () => {
  const rig = openRig();
  const expect = await rig.expect();
  const { timeline_id: copy } = await rig.done("timeline.duplicate", { name: SAFETY }, expect);
  const { timeline_id: other } = await rig.done("timeline.duplicate", { name: "Director's cut" }, expect);
  await rig.refused("host_rejected", "timeline.delete", { timeline_id: expect.timeline_id, force: true }, expect);
  await rig.refused("host_rejected", "timeline.delete", { timeline_id: other }, expect);
  assert.equal((await rig.done("timeline.delete", { timeline_id: copy }, expect)).changed, true);
  assert.deepEqual(names(rig), ["Cut", "Director's cut"]);
  assert.deepEqual(
    await rig.done("timeline.delete", { timeline_id: copy }, expect),
    { timeline_id: copy, name: "", changed: false },
  );
  assert.equal((await rig.done("timeline.delete", { timeline_id: other, force: true }, expect)).changed, true);
  assert.equal(rig.world.calls.get("Project.deleteSequence"), 2);
});

test("a closed project is told", async () => {
  const rig = openRig();
  const expect = await rig.expect();
  rig.person.closeProject();
  for (const [verb, args] of [
    ["timeline.duplicate", { name: "x" }],
    ["timeline.select", { timeline_id: "x" }],
    ["timeline.delete", { timeline_id: "x" }],
  ]) {
    const answer = await rig.run(verb, args, expect);
    assert.deepEqual([answer.outcome, answer.error.code], ["not_applied", "timeline_switched"]);
  }
});
