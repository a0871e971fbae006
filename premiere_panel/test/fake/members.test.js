"use strict";

const assert = require("node:assert");
const { readFileSync } = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { open } = require("./worlds.js");

const FILE = path.join(__dirname, "../../fake/members.json");

test("the member table is that of the installed typings", async (t) => {
  const { installed, installedTable, textOf } = await import("../../fake/members.mjs");
  if (!installed()) {
    t.diagnostic("SKIPPED: the typings are not installed (npm ci in premiere_panel), so the table was not compared.");
    t.skip("@adobe/premierepro and typescript are not installed");
    return;
  }
  assert.strictEqual(textOf(installedTable()), readFileSync(FILE, "utf8"));
});

test("a member that no version has is an error, and is named", async () => {
  const { project, ppro, world } = await open();
  assert.throws(() => project.razor, /Project has no razor in the typings/);
  assert.throws(() => ppro.Sequences, /premierepro has no Sequences/);
  assert.throws(() => ppro.Constants.MediaType.PICTURE, /no PICTURE/);
  assert.strictEqual(world.faults.length, 3);
});

test("a member of a later version reads as undefined, as it does in Premiere", async () => {
  for (const [version, has] of [
    ["25.6.0", [false, false, false]],
    ["26.2.0", [true, false, false]],
    ["26.3.0", [true, true, true]],
  ]) {
    const { ppro, clips, sequence } = await open({ version });
    const track = await sequence.getVideoTrack(0);
    const converter = ppro.ProjectConverter || {};
    const found = [
      typeof converter.exportAsOpenTimelineIO,
      typeof converter.exportAAF,
      typeof track.createSetNameAction,
    ];
    assert.deepStrictEqual(
      found.map((kind) => kind === "function"),
      has,
      version,
    );
    assert.strictEqual(typeof (await clips())[0].getSpeed, "function");
  }
});

test("arguments are counted and of their declared types", async () => {
  const { project, ppro, sequence, item } = await open();
  await assert.rejects(sequence.getVideoTrack(), /takes 1 to 1 arguments, not 0/);
  await assert.rejects(project.importFiles("/m/new.mov"), /filePaths is not a string\[\]/);
  const clip = ppro.ClipProjectItem.cast(await item("a.mov"));
  await assert.rejects(project.importFiles(["/m/new.mov"], true, clip), /targetBin is not a ProjectItem/);
  assert.throws(() => ppro.TickTime.createWithTicks(5), /ticks is not a string/);
});

test("enum values are none of those the typings number", async () => {
  const { ppro } = await open();
  const { MediaType, PropertyType, ExportType } = ppro.Constants;
  for (const value of [MediaType.VIDEO, PropertyType.PERSISTENT, ExportType.IMMEDIATELY])
    assert.ok(![0, 1, 2, 3].includes(value));
  assert.strictEqual(ppro.Properties.PROPERTY_PERSISTENT, PropertyType.PERSISTENT);
});

test("setSelection answers by a promise before 26.3", async () => {
  for (const [version, promised] of [
    ["25.6.0", true],
    ["26.2.0", true],
    ["26.3.0", false],
  ]) {
    const { sequence } = await open({ version });
    const answer = sequence.setSelection(await sequence.getSelection());
    assert.strictEqual(typeof answer === "boolean", !promised, version);
    assert.strictEqual(await answer, true);
  }
});

test("a selection that the sequence did not make kills Premiere", async () => {
  const { ppro, sequence, clips, world } = await open();
  const [first] = await clips();
  let fresh;
  ppro.TrackItemSelection.createEmptySelection((selection) => void (fresh = selection));
  fresh.addItem(first);
  assert.throws(() => sequence.setSelection(fresh), /Premiere crashes/);
  await assert.rejects(sequence.getTimebase(), /has crashed/);
  assert.match(world.crashed, /setSelection/);
});
