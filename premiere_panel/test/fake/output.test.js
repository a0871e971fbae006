"use strict";

const assert = require("node:assert");
const test = require("node:test");
const { lane, open } = require("./worlds.js");

const soon = () => new Promise((resume) => setImmediate(resume));

test("events come after the call, to those who listen at that thing", async () => {
  const { ppro, project, sequence, clips, act, world } = await open();
  const { ProjectEvent, VideoTrackEvent, SequenceEvent } = ppro.Constants;
  const heard = [];
  const [v1, v2] = [await sequence.getVideoTrack(0), await sequence.getVideoTrack(1)];
  ppro.EventManager.addEventListener(project, ProjectEvent.DIRTY, () => heard.push("dirty"));
  ppro.EventManager.addEventListener(v1, VideoTrackEvent.TRACK_CHANGED, () => heard.push("V1"));
  ppro.EventManager.addEventListener(v2, VideoTrackEvent.TRACK_CHANGED, () => heard.push("V2"));
  ppro.EventManager.addEventListener(sequence, SequenceEvent.SELECTION_CHANGED, () => heard.push("selection"));
  const [a] = await clips();
  act(() => [a.createSetNameAction("A")]);
  assert.deepStrictEqual(heard, []);
  await soon();
  assert.deepStrictEqual(heard.sort(), ["V1", "dirty"]);
  await sequence.clearSelection();
  await soon();
  assert.strictEqual(heard.pop(), "selection");
  assert.throws(() => ppro.EventManager.addEventListener(project, "nonsense", () => {}), /no event/);
  assert.ok(world);
});

test("closing a sequence opens the one before, and both are told", async () => {
  const { ppro, project, act, sequence, person } = await open();
  const heard = [];
  const { ACTIVATED, CLOSED } = ppro.Constants.SequenceEvent;
  ppro.EventManager.addGlobalEventListener(ACTIVATED, (event) => heard.push(["opened", event.id]));
  ppro.EventManager.addGlobalEventListener(CLOSED, (event) => heard.push(["closed", event.id]));
  act(() => [sequence.createCloneAction()]);
  person.openSequence("Cut Copy");
  const copy = await project.getActiveSequence();
  assert.strictEqual(await project.closeSequence(copy), true);
  await soon();
  assert.deepStrictEqual(heard, [
    ["opened", String(copy.guid)],
    ["closed", String(copy.guid)],
    ["opened", String(sequence.guid)],
  ]);
});

test("a frame is written in the format of its name, into a folder that is there", async () => {
  const { ppro, sequence, at, disk } = await open();
  const { Exporter } = ppro;
  assert.strictEqual(await Exporter.exportSequenceFrame(sequence, at(5), "f.png", "/out", 640, 360), true);
  assert.strictEqual(Buffer.from(disk.files.get("/out/f.png")).toString("latin1", 1, 4), "PNG");
  assert.strictEqual(await Exporter.exportSequenceFrame(sequence, at(5), "f.txt", "/out", 640, 360), false);
  assert.strictEqual(await Exporter.exportSequenceFrame(sequence, at(5), "f.png", "/nowhere", 640, 360), false);
  assert.strictEqual(await Exporter.exportSequenceFrame(sequence, at(500), "g.png", "/out", 640, 360), false);
});

test("the picture that is drawn is the one on top", async () => {
  const drawn = [];
  const { ppro, sequence, at, person } = await open({ draw: async (asked) => drawn.push(asked.seen) });
  await ppro.Exporter.exportSequenceFrame(sequence, at(60), "f.png", "/out", 64, 36);
  person.disable("V1", 1);
  await ppro.Exporter.exportSequenceFrame(sequence, at(60), "g.png", "/out", 64, 36);
  assert.deepStrictEqual(drawn, [{ path: "/m/b.mov", ticks: String(15n * 10160640000n) }, null]);
});

test("documents say where the clips lie", async () => {
  const { ppro, sequence, disk } = await open();
  assert.strictEqual(await ppro.ProjectConverter.exportAsOpenTimelineIO(sequence, "/out/cut.otio"), true);
  const otio = JSON.parse(disk.files.get("/out/cut.otio"));
  const [v1] = otio.tracks.children;
  assert.deepStrictEqual(
    v1.children.map((one) => [one.name, one.source_range.start_time.value, one.source_range.duration.value]),
    [
      ["a", 10, 50],
      ["b", 5, 30],
    ],
  );
  assert.strictEqual(otio.global_start_time.value, 900000);
  await ppro.ProjectConverter.exportAsFinalCutProXML(sequence, "/out/cut.xml");
  assert.match(disk.files.get("/out/cut.xml"), /<start>50<\/start><end>80<\/end><in>5<\/in><out>35<\/out>/);
});

test("a render tells how far it is and where its file is; the range is the marked one", async () => {
  const { ppro, sequence, act, at, disk, world } = await open();
  const manager = ppro.EncoderManager.getManager();
  const { EncoderEvent, ExportType } = ppro.Constants;
  const heard = [];
  for (const name of ["RENDER_QUEUE", "RENDER_PROGRESS", "RENDER_COMPLETE"]) {
    ppro.EventManager.addEventListener(manager, EncoderEvent[name], (event) =>
      heard.push([name, event.progressAmount ?? event.outputFiles ?? event.jobID]),
    );
  }
  assert.ok(act(() => [sequence.createSetInPointAction(at(5)), sequence.createSetOutPointAction(at(9))]));
  assert.strictEqual(
    await manager.exportSequence(sequence, ExportType.QUEUE_TO_AME, "/out/r.mp4", "/out/none.epr", false),
    false,
  );
  assert.strictEqual(
    await manager.exportSequence(sequence, ExportType.QUEUE_TO_AME, "/out/r.mp4", "/out/preset.epr", false),
    true,
  );
  while (!heard.some(([name]) => name === "RENDER_COMPLETE")) await soon();
  assert.deepStrictEqual(heard, [
    ["RENDER_QUEUE", "job-1"],
    ["RENDER_PROGRESS", 0.5],
    ["RENDER_PROGRESS", 1],
    ["RENDER_COMPLETE", ["/out/r.mp4"]],
  ]);
  assert.ok(disk.exists("/out/r.mp4"));
  assert.deepStrictEqual(lane(world), ["a 0–50 @10", "b 50–80 @5"]);
});

test("a person's acts are undo steps with their own labels, and can be taken back", async () => {
  const { person, world } = await open();
  person.trim("V1", 0, 5, 5);
  person.razor("V1", 1, 10);
  person.move("V1", 2, 4);
  assert.deepStrictEqual(lane(world), ["a 5–45 @15", "b 50–60 @5", "b 64–84 @15"]);
  assert.deepStrictEqual(world.undoLabels(), ["Trim", "Razor", "Move"]);
  person.undo();
  person.undo();
  person.undo();
  assert.deepStrictEqual(lane(world), ["a 0–50 @10", "b 50–80 @5"]);
  person.redo();
  assert.deepStrictEqual(lane(world)[0], "a 5–45 @15");
});

test("another project is told, and the one before is there again when it is closed", async () => {
  const { ppro, project, person } = await open();
  const heard = [];
  ppro.EventManager.addGlobalEventListener(ppro.Constants.ProjectEvent.ACTIVATED, (event) => heard.push(event.id));
  person.openProject({ project: "Other", name: "Reel", rate: "24", tracks: { video: [[]], audio: [[]] } });
  const other = await ppro.Project.getActiveProject();
  await soon();
  assert.deepStrictEqual([other.name, heard], ["Other.prproj", [String(other.guid)]]);
  person.closeProject();
  assert.strictEqual(String((await ppro.Project.getActiveProject()).guid), String(project.guid));
});
