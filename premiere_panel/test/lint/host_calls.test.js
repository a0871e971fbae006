"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { foundIn } = require("./planted.js");

const CLEAN = `
async function place(project, editor, items) {
  const selection = await project.sequence.getSelection();
  let made = false;
  let fault = null;
  project.lockedAccess(() => {
    const actions = items.map((item) => editor.createInsertProjectItemAction(item, selection));
    actions.push(editor.createCloneTrackItemAction(selection));
    made = project.executeTransaction((compound) => {
      actions.forEach((action) => compound.addAction(action));
    }, "TakeBridge: place");
  });
  return { made, fault };
}
module.exports = { place };
`;

test("gather first, then one synchronous lock: nothing to find", () => {
  assert.deepEqual(foundIn(CLEAN), []);
});

for (const lock of ["lockedAccess", "executeTransaction", "createEmptySelection"]) {
  test(`an async callback of ${lock}`, () => {
    assert.deepEqual(foundIn(`host.${lock}(async () => {\n  await one();\n});\n`), ["1 async-in-lock"]);
    assert.deepEqual(foundIn(`const work = async () => {};\nhost.${lock}(work);\n`), ["2 async-in-lock"]);
    assert.deepEqual(foundIn(`host.${lock}(work);\nasync function work() {}\n`), ["2 async-in-lock"]);
    assert.deepEqual(foundIn(`host.${lock}(function* () {});\n`), ["1 async-in-lock"]);
  });
}

test("an await in a function inside the callback", () => {
  const script = "host.lockedAccess(() => {\n  later(async () => {\n    await one();\n  });\n});\n";
  assert.deepEqual(foundIn(script), ["2 async-in-lock"]);
});

test("a promise inside the callback, by then and by what Premiere's typings say", () => {
  assert.deepEqual(foundIn("host.lockedAccess(() => {\n  ask().then(go);\n});\n"), ["2 async-in-lock"]);
  assert.deepEqual(foundIn("host.lockedAccess(() => Promise.all([]));\n"), ["1 async-in-lock"]);
  assert.deepEqual(foundIn("host.lockedAccess(() => {\n  sequence.getSelection();\n});\n"), ["2 async-in-lock"]);
  assert.deepEqual(foundIn("host.lockedAccess(() => sequence.setSelection(one));\n"), []);
});

test("an await before the lock, in an async function that holds it, is right", () => {
  const script = "async function f(host) {\n  await one();\n  host.lockedAccess(() => two());\n}\nf();\n";
  assert.deepEqual(foundIn(script), []);
});

test("an Action made where no lock can be held", () => {
  assert.deepEqual(foundIn("const action = editor.createMoveAction(1);\n"), ["1 action-outside-lock"]);
  const late = "async function f(item) {\n  await one();\n  return item.createMoveAction(1);\n}\nf();\n";
  assert.deepEqual(foundIn(late), ["3 action-outside-lock"]);
});

test("an Action that outlives its lock", () => {
  const kept = (line) => `const all = [];\nlet last = null;\nfunction f(item, stage) {\n  ${line}\n}\nf();\n`;
  for (const line of ["last = item.createMoveAction(1);", "stage.last = item.createMoveAction(1);"]) {
    assert.deepEqual(foundIn(kept(line)), ["4 action-kept"]);
  }
  assert.deepEqual(foundIn(kept("all.push(item.createMoveAction(1));")), ["4 action-kept"]);
  assert.deepEqual(foundIn(kept("const mine = [];\n  mine.push(item.createMoveAction(1));\n  return mine;")), []);
  assert.deepEqual(foundIn(kept("stage.last = item.createBinName(1);")), []);
});

test("a number where one of ppro.Constants is meant", () => {
  assert.deepEqual(foundIn("track.getTrackItems(1, false);\n"), ["1 inlined-enum"]);
  assert.deepEqual(foundIn("track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false);\n"), []);
  assert.deepEqual(foundIn("const f = () => own.createSetValueAction(\"a\", \"b\", 0);\n"), ["1 inlined-enum"]);
  assert.deepEqual(foundIn("const f = () => param.createSetValueAction(7, true);\n"), []);
  assert.deepEqual(foundIn("const f = async () => (await item.getContentType()) === 2;\n"), ["1 inlined-enum"]);
  assert.deepEqual(foundIn("const f = () => 1 !== item.getContentType();\n"), ["1 inlined-enum"]);
  assert.deepEqual(foundIn("const f = () => item.getSpeed() === 1;\n"), []);
});
