"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { HOUR, open } = require("./rig.js");

const AT = HOUR["24000/1001"];
const PRESET = "/presets/ProRes.epr";

/** A disk in memory with one folder and one preset. */
function disk() {
  const files = new Map([[PRESET, "preset"]]);
  return {
    files,
    exists: (path) => files.has(path) || path.startsWith("/media/"),
    folder: (path) => ["/out", "/presets", "/media"].includes(path),
    write: (path, content) => void files.set(path, content),
  };
}

test("a sequence is exported in the formats this version has", async () => {
  const wanted = { "25.6.0": [], "26.2.0": ["otio", "xmeml"], "26.3.0": ["otio", "xmeml", "aaf"] };
  const endings = { otio: "otio", xmeml: "xml", aaf: "aaf", fcpxml: "fcpxml", drt: "drt", constructor: "x" };
  for (const [version, formats] of Object.entries(wanted)) {
    for (const [format, ending] of Object.entries(endings)) {
      const files = disk();
      const host = open({ version, disk: files });
      const asked = { format, path: `/out/Schnitt ä.${ending}` };
      if (formats.includes(format)) {
        const { outcome, result } = await host.run("timeline.export", asked);
        assert.equal(outcome, "committed_unverified", "the panel cannot look at the file");
        assert.deepEqual([result.path, result.format, result.timeline_name], [asked.path, format, "Cut 1"]);
        assert.ok(files.files.has(asked.path));
      } else {
        await assert.rejects(host.ask("timeline.export", asked), { code: "unsupported_op" });
      }
      assert.deepEqual(host.world.faults, []);
    }
  }
});

test("what Premiere will not write is refused, not claimed", async () => {
  const host = open({ disk: disk() });
  const asked = { format: "otio", path: "/nowhere/cut.otio" };
  await assert.rejects(host.ask("timeline.export", asked), { code: "host_rejected" });
  await assert.rejects(host.ask("timeline.export", { format: "otio", path: "cut.otio" }), { code: "invalid_param" });
  await assert.rejects(host.ask("timeline.export", { format: "otio", path: "/out/cut.xml" }), {
    code: "invalid_param",
  });
  host.person.when("ProjectConverter.exportAsOpenTimelineIO", () => host.person.closeSequence());
  const running = host.ask("timeline.export", { format: "otio", path: "/out/cut.otio" });
  await assert.doesNotReject(running.catch((error) => assert.equal(error.code, "timeline_switched")));
});

test("a frame is written beside the playhead, in the sequence's size", async () => {
  const files = disk();
  const drawn = [];
  const draw = async (order) => Boolean(drawn.push(order)) && Boolean(files.files.set(order.path, "png"));
  const host = open({ disk: files, draw });
  host.person.playhead(7);
  const { outcome, result } = await host.run("frame.grab", { path: "/out/Bild ä.png", record_frame: AT + 125 });
  assert.deepEqual([outcome, result], ["committed_unverified", { path: "/out/Bild ä.png", record_frame: AT + 125 }]);
  const [{ width, height, seen }] = drawn;
  assert.deepEqual([width, height, seen], [1920, 1080, { path: "/media/c.mov", ticks: String(5n * 10594584000n) }]);
  assert.equal((await host.ask("frame.grab", { path: "/out/b.jpg" })).record_frame, AT + 7);
  assert.equal(String(host.world.sequence().playhead), String(7n * 10594584000n));
  assert.deepEqual(host.world.undoLabels(), []);
});

test("no frame is written outside the cut, in a format nobody asked for, or into no folder", async () => {
  const host = open({ disk: disk() });
  const grab = (path, record_frame) => host.ask("frame.grab", { path, record_frame });
  await assert.rejects(grab("/out/a.png", AT + 150), { code: "invalid_param" });
  await assert.rejects(grab("/out/a.png", AT - 1), { code: "invalid_param" });
  await assert.rejects(grab("/out/a.exr", AT), { code: "invalid_param" });
  await assert.rejects(grab("/out/a.png", 1.5), { code: "invalid_param" });
  await assert.rejects(grab("/nowhere/a.png", AT), { code: "host_rejected" });
});

const order = (more = {}) => ({
  start_record_frame: AT + 10,
  end_record_frame: AT + 60,
  folder: "/out",
  name: "range",
  preset: PRESET,
  ...more,
});

/** Wait until the encoder of the fake has nothing more to say. */
async function settled(host, job) {
  for (let round = 0; round < 50; round += 1) {
    const said = await host.ask("render.status", { job });
    if (!["ready", "rendering"].includes(said.state)) return said;
    await new Promise(setImmediate);
  }
  throw new Error("The render never ended.");
}

for (const version of ["25.6.0", "26.3.0"]) {
  test(`a range is rendered with the marks around it, which are put back (${version})`, async () => {
    const rendered = [];
    const host = open({ version, disk: disk(), draw: async (asked) => Boolean(asked.render && rendered.push(asked)) });
    host.person.mark(90, 120);
    const { result } = await host.run("range.render", order());
    assert.deepEqual([result.way, result.error], ["queue", ""]);
    const { in: first, out: last, frame } = host.world.sequence();
    assert.deepEqual([first, last], [90n * frame, 120n * frame]);
    const done = await settled(host, result.job);
    assert.deepEqual([done.state, done.percent, done.path], ["complete", 100, "/out/range.mp4"]);
    assert.deepEqual(
      rendered.map(({ render }) => render),
      [{ start: String(10n * frame), end: String(60n * frame) }],
    );
    assert.deepEqual(host.world.faults, []);
  });
}

test("marks that were not set are not set after", async () => {
  const host = open({ disk: disk() });
  const { job } = await host.ask("range.render", order());
  assert.deepEqual([host.world.sequence().in, host.world.sequence().out], [null, null]);
  assert.deepEqual(host.world.undoLabels(), [
    "TakeBridge: mark the range to render",
    "TakeBridge: put the in and out marks back",
  ]);
  await settled(host, job);
});

test("without Media Encoder Premiere renders itself, and a second range has its own job", async () => {
  const host = open({ disk: disk(), quirks: { encoder: false } });
  const one = await host.ask("range.render", order());
  const other = await host.ask("range.render", order({ name: "other" }));
  assert.notEqual(one.job, other.job);
  assert.equal((await settled(host, one.job)).path, "/out/range.mp4");
  assert.equal((await settled(host, other.job)).path, "/out/other.mp4");
});

test("a render that fails says so, and its job stays known", async () => {
  const host = open({ disk: disk(), quirks: { renderFails: true } });
  const { job } = await host.ask("range.render", order());
  const done = await settled(host, job);
  assert.deepEqual([done.state, done.path], ["failed", ""]);
  assert.ok(done.error);
  await assert.rejects(host.ask("render.status", { job: "another" }), { code: "not_found" });
});

test("a render Premiere refuses leaves the marks as they were", async () => {
  const host = open({ disk: disk() });
  host.person.mark(1, 2);
  await assert.rejects(host.ask("range.render", order({ folder: "/nowhere" })), { code: "host_rejected" });
  const { in: first, out: last, frame } = host.world.sequence();
  assert.deepEqual([first, last], [frame, 2n * frame]);
});

test("marks a person sets meanwhile are left", async () => {
  const host = open({ disk: disk() });
  host.person.when("EncoderManager.exportSequence", () => host.person.mark(3, 4));
  await host.ask("range.render", order());
  assert.equal(host.world.sequence().in, 3n * host.world.sequence().frame);
});

test("what cannot be rendered is refused before anything is touched", async () => {
  const host = open({ disk: disk() });
  const bad = [
    [{ preset: "" }, "invalid_param"],
    [{ preset: "ProRes 422" }, "invalid_param"],
    [{ preset: "/presets/none.epr" }, "not_found"],
    [{ name: "a/b" }, "invalid_param"],
    [{ name: ".." }, "invalid_param"],
    [{ folder: "out" }, "invalid_param"],
    [{ end_record_frame: AT + 151 }, "invalid_param"],
    [{ end_record_frame: AT + 10 }, "invalid_param"],
    [{ start_record_frame: AT - 1 }, "invalid_param"],
    [{ way: "quick" }, "unsupported_op"],
  ];
  for (const [more, code] of bad) {
    await assert.rejects(host.ask("range.render", order(more)), { code }, JSON.stringify(more));
  }
  assert.deepEqual(host.world.undoLabels(), []);
});
