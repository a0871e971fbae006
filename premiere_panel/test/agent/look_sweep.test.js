"use strict";

/** Whatever a person does before whichever call of a look: an answer in words, and nothing of theirs changed. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { createPremiere } = require("../../fake/premiere.js");
const { HOUR, agent, createClock, film } = require("./rig.js");

const AT = HOUR["24000/1001"];
const disk = () => ({ exists: () => true, folder: () => true, write() {} });

function start() {
  const host = createPremiere({ film: film(), version: "26.3.0", disk: disk() });
  const desk = agent("desk").createDesk({ ppro: host.ppro, version: "26.3.0", clock: createClock() });
  host.person.playhead(125);
  host.person.select(["V2", 0], ["A1", 0]);
  return { ...host, desk, timeline: host.world.project().active };
}

const range = { start_record_frame: AT + 10, end_record_frame: AT + 60, folder: "/out", name: "r", preset: "/p.epr" };
const LOOKS = [
  ["host.status", () => ({})],
  ["timeline.snapshot", () => ({ marks: true })],
  ["selection.get", () => ({ mode: "playhead" })],
  ["selection.get", () => ({ mode: "selected" })],
  ["selection.peek", () => ({})],
  ["playhead.set", ({ timeline }) => ({ timeline_id: timeline, record_frame: AT + 3 })],
  ["timeline.export", () => ({ format: "xmeml", path: "/out/a.xml" })],
  ["frame.grab", () => ({ path: "/out/a.png" })],
  ["range.render", () => range],
];
const MISHAPS = {
  "closes the sequence": (person) => person.closeSequence(),
  "closes the project": (person) => person.closeProject(),
  "deletes a clip": (person) => person.delete("V2", 0),
  "deletes the sequence": (person) => person.deleteSequence("Cut 1"),
};
/** What may be said of it; never that the agent failed. */
const WORDS = new Set(["not_found", "timeline_switched", "timeline_changed", "host_rejected"]);

/** Run a look once, undisturbed: the members of Premiere it called, with how often. */
async function callsOf(verb, argsOf) {
  const host = start();
  const before = new Map(host.world.calls);
  const answer = await host.desk.run({ id: "calm", verb, args: argsOf(host) });
  assert.equal(answer.error, undefined, JSON.stringify(answer.error));
  return [...host.world.calls]
    .map(([name, count]) => [name, count - (before.get(name) || 0)])
    .filter(([, count]) => count);
}

for (const [verb, argsOf] of LOOKS) {
  for (const [what, act] of Object.entries(MISHAPS)) {
    const mode = argsOf({}).mode;
    test(`${verb}${mode ? ` (${mode})` : ""}, while a person ${what}`, async () => {
      for (const [member, count] of await callsOf(verb, argsOf)) {
        for (const nth of new Set([1, count])) {
          const host = start();
          let done = false;
          const once = () => {
            if (!done) {
              done = true;
              act(host.person);
            }
          };
          host.person.when(member, once, nth);
          const answer = await host.desk.run({ id: "x", verb, args: argsOf(host) });
          const place = `before call ${nth} of ${member}: ${JSON.stringify(answer.error)}`;
          if (answer.error) {
            assert.ok(WORDS.has(answer.error.code), place);
            assert.ok(!/undefined|null\b|TypeError|not a function/.test(answer.error.message), place);
          }
          assert.deepEqual(host.world.faults, [], place);
          const ours = host.world.undoLabels().filter((label) => label.startsWith("TakeBridge"));
          assert.ok(verb === "range.render" || ours.length === 0, place);
        }
      }
    });
  }
}
