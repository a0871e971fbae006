"use strict";

const assert = require("node:assert");
const test = require("node:test");
const { FILM, FRAME, lane, open } = require("./worlds.js");

test("times are strings of ticks, exact", async () => {
  const { ppro, sequence } = await open();
  const zero = await sequence.getZeroPoint();
  assert.strictEqual(zero.ticks, String(36000n * 25n * FRAME));
  assert.strictEqual(await sequence.getTimebase(), "10160640000");
  const one = ppro.TickTime.createWithTicks("9223372036854775000").add(ppro.TickTime.createWithTicks("7"));
  assert.strictEqual(one.ticks, "9223372036854775007");
  const rate = ppro.FrameRate.createWithValue(25);
  assert.strictEqual(ppro.TickTime.createWithFrameAndFrameRate(3, rate).ticks, String(3n * FRAME));
  assert.strictEqual(String(ppro.Guid.fromString("g-1")), "g-1");
});

test("29.97 drop-frame starts where its timecode says", async () => {
  const film = {
    ...FILM,
    rate: "30000/1001",
    dropFrame: true,
    start: "01:00:00:00",
    tracks: { video: [[]], audio: [[]] },
  };
  const { sequence, ppro } = await open({ film });
  assert.strictEqual((await sequence.getZeroPoint()).ticks, String(107892n * 8475667200n));
  const { type } = await sequence.getSequenceVideoTimeDisplayFormat();
  assert.strictEqual(type, ppro.Constants.VideoDisplayFormatType.FPS_29_97);
});

test("importing says only yes or no: a missing file is no, an unreadable one is passed over", async () => {
  const { project, item } = await open();
  assert.strictEqual(await project.importFiles(["/m/new.mov", "/m/gone.mov"], true), false);
  assert.strictEqual(await item("new.mov"), undefined);
  assert.strictEqual(await project.importFiles(["/m/words.txt"], true), true);
  assert.strictEqual(await item("words.txt"), undefined);
});

test("importing twice makes a second item, in the bin that was named, and cannot be undone", async () => {
  const { project, act, ppro, person } = await open();
  const root = await project.getRootItem();
  assert.ok(act(() => [root.createBinAction("Takes", true)], "bin"));
  const bin = (await root.getItems()).find((one) => one.name === "Takes");
  await project.importFiles(["/m/new.mov"], true, bin);
  await project.importFiles(["/m/new.mov"], true, bin);
  const names = async () => (await ppro.FolderItem.cast(bin).getItems()).map((one) => one.name);
  assert.deepStrictEqual(await names(), ["new.mov", "new.mov"]);
  assert.ok(act(() => [root.createBinAction("Other", true)], "other"));
  assert.strictEqual(person.undo(), "other");
  assert.deepStrictEqual(await names(), ["new.mov", "new.mov"]);
});

test("relinking changes every clip of the item, keeps them where they are, and is not undone", async () => {
  const { ppro, item, act, clips, person, world } = await open();
  const clip = ppro.ClipProjectItem.cast(await item("b.mov"));
  const [a] = await clips();
  assert.ok(act(() => [a.createSetNameAction("A")]));
  assert.strictEqual(await clip.changeMediaFilePath("/m/gone.mov", true), false);
  assert.strictEqual(await clip.changeMediaFilePath("/m/a.mov"), false, "it has sound, b has not");
  assert.strictEqual(await clip.changeMediaFilePath("/m/new.mov", true), true);
  person.undo();
  assert.strictEqual(await clip.getMediaFilePath(), "/m/new.mov");
  assert.deepStrictEqual(lane(world), ["a 0–50 @10", "b 50–80 @5"]);
});

test("casts answer null for what a thing is not", async () => {
  const { ppro, item, project } = await open();
  const root = await project.getRootItem();
  assert.strictEqual(ppro.FolderItem.cast(await item("a.mov")), null);
  assert.strictEqual(ppro.ClipProjectItem.cast(ppro.ProjectItem.cast(root)), null);
  assert.strictEqual(await ppro.ClipProjectItem.cast(await item("Cut")).isSequence(), true);
});

test("a copied sequence has ids of its own and the same clips; undo takes it away", async () => {
  const { act, project, sequence, world, person } = await open();
  assert.ok(act(() => [sequence.createCloneAction()], "copy"));
  const [first, second] = await project.getSequences();
  assert.deepStrictEqual([first.name, second.name], ["Cut", "Cut Copy"]);
  assert.notStrictEqual(String(first.guid), String(second.guid));
  assert.strictEqual(String((await project.getActiveSequence()).guid), String(first.guid));
  const all = Object.values(world.project().sequences).flatMap((one) =>
    one.video.flatMap((track) => track.items.map((piece) => piece.id)),
  );
  assert.strictEqual(new Set(all).size, 4);
  assert.strictEqual(person.undo(), "copy");
  assert.strictEqual((await project.getSequences()).length, 1);
});

test("markers are added, changed, moved and removed", async () => {
  const { ppro, sequence, act, at, world } = await open({ version: "26.2.0" });
  const markers = await ppro.Markers.getMarkers(sequence);
  assert.ok(act(() => [markers.createAddMarkerAction("late", "Comment", at(40), at(2), "note")]));
  assert.ok(act(() => [markers.createAddMarkerAction("early", "Comment", at(4))]));
  const [early, late] = markers.getMarkers();
  assert.deepStrictEqual(
    [early.getName(), late.getComments(), late.getDuration().ticks],
    ["early", "note", String(2n * FRAME)],
  );
  assert.strictEqual(typeof early.guid, "undefined", "26.3 is the first with guids");
  assert.ok(act(() => [late.createSetColorByIndexAction(3), markers.createRemoveMarkerAction(early)]));
  assert.deepStrictEqual(
    world.sequence().markers.map((one) => [one.name, one.color]),
    [["late", 3]],
  );
});

test("properties are kept on a project and on a sequence apart", async () => {
  const { ppro, project, sequence, act } = await open();
  const [ours, theirs] = [await ppro.Properties.getProperties(sequence), await ppro.Properties.getProperties(project)];
  assert.throws(() => ours.getValue("k"), /no such property/);
  assert.ok(act(() => [ours.createSetValueAction("k", "v", ppro.Constants.PropertyType.PERSISTENT)]));
  assert.deepStrictEqual([ours.getValue("k"), theirs.hasValue("k")], ["v", false]);
  assert.throws(() => act(() => [ours.createSetValueAction("k", "v", 0)]), /PropertyType/);
});

test("metadata takes only fields of its schema, and only those that are named", async () => {
  const { ppro, item, act } = await open();
  const { Metadata } = ppro;
  const a = await item("a.mov");
  const empty = await Metadata.getProjectMetadata(a);
  const space = "premierePrivateProjectMetaData";
  const text = empty.replace(
    "</rdf:Description>",
    `<${space}:One>1 &amp; é</${space}:One><${space}:Two>2</${space}:Two></rdf:Description>`,
  );
  assert.strictEqual(
    act(() => [Metadata.createSetProjectMetadataAction(a, text, ["One"])]),
    false,
  );
  for (const name of ["One", "Two"])
    await Metadata.addPropertyToProjectMetadataSchema(name, name, Metadata.METADATA_TYPE_TEXT);
  assert.ok(act(() => [Metadata.createSetProjectMetadataAction(a, text, ["One"])]));
  const kept = await Metadata.getProjectMetadata(a);
  assert.ok(kept.includes(`<${space}:One>1 &amp; é<`) && !kept.includes("Two"));
  assert.strictEqual(
    act(() => [Metadata.createSetXMPMetadataAction(a, "<x:xmpmeta><a></x:xmpmeta>")]),
    false,
  );
});

test("effects of a person's lie behind those every clip has", async () => {
  const { clips, person } = await open();
  person.dropEffect("V1", 0, "Lumetri");
  const chain = await (await clips())[0].getComponentChain();
  const names = Array.from({ length: chain.getComponentCount() }, (_none, at) => chain.getComponentAtIndex(at));
  assert.deepStrictEqual(await Promise.all(names.map((one) => one.getMatchName())), [
    "AE.ADBE Opacity",
    "AE.ADBE Motion",
    "AE.ADBE Lumetri",
  ]);
});

test("saving asks for a place when there is none", async () => {
  const { project, world } = await open({ film: { ...FILM, path: "" } });
  assert.strictEqual(await project.save(), false);
  assert.strictEqual(await project.saveAs("/p/x.prproj"), true);
  assert.deepStrictEqual([world.project().path, world.project().dirty], ["/p/x.prproj", false]);
});
