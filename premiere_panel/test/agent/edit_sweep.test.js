"use strict";

/** Every op that writes, with arguments of every wrong kind, and with a person who meddles before each of its calls. */

const assert = require("node:assert/strict");
const test = require("node:test");
const { EDITS } = require("../../takebridge_premiere/plugin/agent/edits.js");
const { openRig, START, TAGS, trackOf } = require("./edit_rig.js");

const TAKE = "/takes/SH010_take03.mov";
const NEW = "/takes/SH010_take04.mov";
const JUNK = [null, -1, 1.5, "", [null], { type: "video" }];
const NAMES = [
  "path", "bin", "tags", "media_id", "track", "start_record_frame", "end_record_frame", "start_source_frame",
  "end_source_frame", "clip", "clips", "enabled", "name", "color", "stamp", "record_frame", "source_frame",
  "duration_frames", "timeline_id", "media_path", "frame_count", "way",
];

/** A film with a take of ours above clip a, and another file ready. */
async function stacked() {
  const rig = openRig();
  const id = await rig.bring(TAKE, 60);
  const at = { start_record_frame: START, end_record_frame: START + 50, start_source_frame: 5, end_source_frame: 55 };
  await rig.done("clip.place", { media_id: id, track: trackOf("V3"), ...at }, await rig.expect());
  rig.file(NEW, 60);
  return { rig, id };
}

/** Every op, as it would be done. */
async function askings({ rig, id }) {
  const [b, take] = [await rig.ref("V1", "b"), await rig.ref("V3", "SH010_take03.mov")];
  const span = {
    start_record_frame: START + 120,
    end_record_frame: START + 150,
    start_source_frame: 5,
    end_source_frame: 35,
  };
  const swap = {
    ...take,
    media_path: TAKE,
    path: NEW,
    bin: ["TakeBridge", "SH010"],
    tags: TAGS,
    frame_count: 60,
    start_source_frame: 5,
    end_source_frame: 55,
  };
  return {
    "media.import": { path: NEW, bin: ["TakeBridge", "SH020"], tags: TAGS },
    "media.tag": { media_id: id, tags: { "takebridge.take": "take-9" } },
    "media.replace": { media_id: id, path: NEW },
    "clip.place": { media_id: id, track: trackOf("V1"), ...span },
    "clip.swap": swap,
    "clip.delete": { clips: [b] },
    "clip.set_enabled": { ...b, enabled: false },
    "clip.rename": { ...b, name: "new" },
    "clip.set_color": { ...b, color: "Teal" },
    "clip.stamp": { ...b, stamp: "tb-0123456789ab" },
    "marker.add": { record_frame: START + 30, name: "x", color: "Red" },
    "marker.remove": { record_frame: START + 5 },
    "timeline.duplicate": { name: "Cut TakeBridge safety" },
    "timeline.rename": { timeline_id: rig.world.project().active, name: "Cut 2" },
  };
}

/** Arguments whose junk may be good. */
function mayBeLeftOut(verb, name) {
  return name === "tags" || (verb === "marker.add" && name === "name");
}

test("arguments of every wrong kind are refused, and touch nothing", async () => {
  const world = await stacked();
  const { rig } = world;
  const [all, expect, before] = [await askings(world), await rig.expect(), rig.truth()];
  all["timeline.select"] = { timeline_id: "x" };
  all["timeline.delete"] = { timeline_id: "x" };
  for (const [verb, good] of Object.entries(all)) {
    for (const name of NAMES.filter((one) => one in good && !mayBeLeftOut(verb, one))) {
      for (const junk of JUNK) {
        const answer = await rig.run(verb, { ...good, [name]: junk }, expect);
        const what = `${verb} ${name}: ${JSON.stringify(junk)}: ${JSON.stringify(answer)}`;
        if (answer.outcome === "verified") {
          assert.equal(answer.result.changed, false, what);
        } else {
          assert.equal(answer.outcome, "not_applied", what);
          assert.notEqual(answer.error.code, "agent_fault", what);
        }
      }
    }
    assert.deepEqual(rig.truth(), before, verb);
  }
});

test("an expectation of every wrong kind is refused", async () => {
  const world = await stacked();
  const { rig } = world;
  const [all, expect, before] = [await askings(world), await rig.expect(), rig.truth()];
  for (const [verb, good] of Object.entries(all)) {
    for (const junk of [null, 7, {}, { ...expect, tracks: 7 }, { ...expect, tracks: [null] }]) {
      if (verb === "media.import" && !junk) continue;
      const answer = await rig.run(verb, good, junk);
      assert.equal(answer.outcome, "not_applied");
      assert.equal(answer.error.code, "invalid_param", `${verb}: ${answer.error.message}`);
    }
  }
  assert.deepEqual(rig.truth(), before);
  assert.deepEqual(
    Object.keys(EDITS).filter((verb) => !(verb in all)),
    ["timeline.select", "timeline.delete", "project.save"],
  );
});

/** What a person does in the worst moment, and what is then allowed to be told. */
const MEDDLING = {
  "closes the sequence": (rig) => rig.person.closeSequence(),
  "cuts a clip": (rig) => rig.person.razor("V1", "b", 10),
  "closes the project": (rig) => rig.person.closeProject(),
};
const FAIR = new Set(["timeline_switched", "timeline_changed", "host_rejected", "not_found"]);

/** Moments of an op, as [member, which of its calls]: the first or the last call of every second member. */
async function momentsOf(verb) {
  const world = await stacked();
  const [args, expect] = [(await askings(world))[verb], await world.rig.expect()];
  const before = new Map(world.rig.world.calls);
  await world.rig.done(verb, args, expect);
  return [...world.rig.world.calls]
    .map(([name, count]) => [name, count - (before.get(name) || 0)])
    .filter(([name, count]) => count > 0 && name.split(".").length === 2)
    .flatMap(([name, count], at) => [[name, at % 2 ? 1 : count]]);
}

for (const verb of ["clip.place", "clip.swap", "timeline.duplicate"]) {
  test(`${verb} while a person meddles: never a fault of ours, never half-made without a word`, async () => {
    const acts = Object.entries(MEDDLING);
    const moments = await momentsOf(verb);
    for (const [number, [member, at]] of moments.filter((_one, place) => place % 2 === 0).entries()) {
      const [what, act] = acts[number % acts.length];
      const world = await stacked();
      const { rig } = world;
      const [args, expect] = [(await askings(world))[verb], await rig.expect()];
      const steps = rig.labels().length;
      rig.person.when(member, () => act(rig), at);
      const answer = await rig.run(verb, args, expect);
      const where = `${what} before call ${at} of ${member}`;
      if (answer.outcome === "verified") continue;
      assert.ok(FAIR.has(answer.error.code), `${where}: ${answer.error.code} ${answer.error.message}`);
      if (answer.outcome === "not_applied") {
        const ours = rig.labels().slice(steps).filter((label) => label.startsWith("TakeBridge"));
        const content = ours.filter((label) => !/make the bin|take away|write our ids|off again/.test(label));
        const taken = ours.filter((label) => /off again/.test(label));
        assert.equal(content.length - taken.length, 0, `${where}: ${ours.join("; ")}`);
      }
    }
  });
}
