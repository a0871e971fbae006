"use strict";

const assert = require("node:assert");
const test = require("node:test");
const { FRAME, lane, open } = require("./worlds.js");

test("overwriting splits, trims and removes what it covers, and leaves other tracks", async () => {
  const { act, at, editor, item, world, ppro } = await open();
  const b = await item("b.mov");
  const clip = ppro.ClipProjectItem.cast(b);
  assert.ok(
    act(() => [clip.createSetInOutPointsAction(at(40), at(60)), editor.createOverwriteItemAction(b, at(10), 0, 0)]),
  );
  assert.deepStrictEqual(lane(world), ["a 0–10 @10", "b.mov 10–30 @40", "a 30–50 @40", "b 50–80 @5"]);
  assert.ok(act(() => [editor.createOverwriteItemAction(b, at(45), 0, 0)]));
  assert.deepStrictEqual(lane(world), [
    "a 0–10 @10",
    "b.mov 10–30 @40",
    "a 30–45 @40",
    "b.mov 45–65 @40",
    "b 65–80 @20",
  ]);
  assert.deepStrictEqual(lane(world, "audio"), ["a 0–50 @10"]);
  assert.deepStrictEqual(lane(world, "audio", 1), ["m 0–80 @0"]);
});

test("media with sound lands on the first audio track when it is told nowhere, over what is there", async () => {
  const { act, at, editor, item, world, project, ppro } = await open();
  assert.strictEqual(await project.importFiles(["/m/loud.mov"], true), true);
  const loud = await item("loud.mov");
  assert.ok(act(() => [editor.createOverwriteItemAction(loud, at(10), 1, -1)]));
  assert.deepStrictEqual(lane(world, "video", 1), ["loud.mov 10–30 @0"]);
  assert.deepStrictEqual(lane(world, "audio"), ["a 0–10 @10", "loud.mov 10–30 @0", "a 30–50 @40"]);
  const [picture, sound] = [world.sequence().video[1].items[0], world.sequence().audio[0].items[1]];
  assert.strictEqual(picture.link, sound.link);
  assert.ok(ppro);
});

test("only an insert makes a track; an overwrite past the last is refused", async () => {
  const { act, at, editor, item, world } = await open();
  const b = await item("b.mov");
  assert.strictEqual(
    act(() => [editor.createOverwriteItemAction(b, at(0), 2, 0)]),
    false,
  );
  assert.strictEqual(world.sequence().video.length, 2);
  assert.ok(act(() => [editor.createInsertProjectItemAction(b, at(0), 2, 0, true)]));
  assert.deepStrictEqual(lane(world, "video", 2), ["b.mov 0–100 @0"]);
  assert.deepStrictEqual(lane(world), ["a 0–50 @10", "b 50–80 @5"]);
});

test("an insert moves what follows on every track unless it is limited", async () => {
  const { act, at, editor, item, world, project } = await open();
  await project.importFiles(["/m/new.mov"], true);
  const fresh = await item("new.mov");
  assert.ok(act(() => [editor.createInsertProjectItemAction(fresh, at(50), 0, 0, false)]));
  assert.deepStrictEqual(lane(world), ["a 0–50 @10", "new.mov 50–70 @0", "b 70–100 @5"]);
  assert.deepStrictEqual(lane(world, "audio", 1), ["m 0–50 @0", "m 70–100 @50"]);
});

test("removing with any media type takes what is linked too; with video it does not", async () => {
  for (const [type, sound] of [
    ["ANY", []],
    ["VIDEO", ["a 0–50 @10"]],
  ]) {
    const { act, editor, clips, world, ppro } = await open();
    const [a] = await clips();
    let chosen;
    ppro.TrackItemSelection.createEmptySelection((selection) => void (chosen = selection));
    chosen.addItem(a);
    assert.ok(act(() => [editor.createRemoveItemsAction(chosen, false, ppro.Constants.MediaType[type])]));
    assert.deepStrictEqual(lane(world), ["b 50–80 @5"]);
    assert.deepStrictEqual(lane(world, "audio"), sound, type);
  }
});

test("removing can close the gap", async () => {
  const { act, editor, clips, world, ppro } = await open();
  const [a] = await clips();
  let chosen;
  ppro.TrackItemSelection.createEmptySelection((selection) => void (chosen = selection));
  chosen.addItem(a);
  assert.ok(act(() => [editor.createRemoveItemsAction(chosen, true, ppro.Constants.MediaType.VIDEO)]));
  assert.deepStrictEqual(lane(world), ["b 0–30 @5"]);
});

test("trims move the source with the ends and stop at neighbours and at the media's end", async () => {
  const { act, at, clips, world } = await open();
  const [a, b] = await clips();
  assert.ok(act(() => [b.createSetStartAction(at(60))]));
  assert.ok(act(() => [a.createSetEndAction(at(55))]));
  assert.deepStrictEqual(lane(world), ["a 0–55 @10", "b 60–80 @15"]);
  assert.strictEqual(
    act(() => [a.createSetEndAction(at(61))]),
    false,
    "over its neighbour",
  );
  assert.strictEqual(
    act(() => [b.createSetEndAction(at(200))]),
    false,
    "past its media",
  );
  assert.ok(act(() => [b.createSetInPointAction(at(20))]));
  assert.deepStrictEqual(lane(world)[1], "b 60–75 @20");
});

test("moves and clones land over what is there", async () => {
  const { act, at, clips, editor, world } = await open();
  const [, b] = await clips();
  assert.ok(act(() => [editor.createCloneTrackItemAction(b, at(0), 1, 0, true, false)]));
  assert.deepStrictEqual(lane(world, "video", 1), ["b 50–80 @5"]);
  assert.ok(act(() => [b.createMoveAction(at(-20))]));
  assert.deepStrictEqual(lane(world), ["a 0–30 @10", "b 30–60 @5"]);
});

test("a locked track takes no edit", async () => {
  const { act, at, clips, editor, item, person, world } = await open();
  person.lockTrack("V1");
  const [a] = await clips();
  const b = await item("b.mov");
  assert.strictEqual(
    act(() => [a.createSetDisabledAction(true)]),
    false,
  );
  assert.strictEqual(
    act(() => [editor.createOverwriteItemAction(b, at(0), 0, 0)]),
    false,
  );
  assert.deepStrictEqual(lane(world), ["a 0–50 @10", "b 50–80 @5"]);
});

test("a retimed clip plays its speed's worth of media, reversed ones are trimmed at the other end", async () => {
  const film = require("./worlds.js").FILM;
  const video = [[{ name: "fast", path: "/m/a.mov", start: 0, length: 20, in: 10, speed: 2, reversed: true }], []];
  const { act, at, clips, world } = await open({ film: { ...film, tracks: { video, audio: [] } } });
  const [fast] = await clips();
  assert.strictEqual((await fast.getOutPoint()).ticks, String(50n * FRAME));
  assert.strictEqual(await fast.isSpeedReversed(), 1);
  assert.ok(act(() => [fast.createSetStartAction(at(5))]));
  const [piece] = world.sequence().video[0].items;
  assert.deepStrictEqual([piece.in, piece.out], [10n * FRAME, 40n * FRAME]);
});
