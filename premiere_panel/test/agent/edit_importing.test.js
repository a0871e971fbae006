"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { openRig, TAGS } = require("./edit_rig.js");

const BIN = ["TakeBridge", "SH010"];

for (const version of ["25.6.0", "26.2.0", "26.3.0"]) {
  test(`a file comes into its bin with its tags (${version})`, async () => {
    const rig = openRig({ version });
    const path = rig.file("/takes/SH010_take03.mov", 60);
    const { media, reused } = await rig.done("media.import", { path, bin: BIN, tags: TAGS }, await rig.expect());
    assert.equal(reused, false);
    assert.deepEqual([media.path, media.frame_count, media.rate, media.online], [path, 60, "25", true]);
    const [item] = rig.itemAt(path);
    assert.equal(rig.world.project().items[item.parent].name, "SH010");
    assert.equal(rig.world.project().items[rig.world.project().items[item.parent].parent].name, "TakeBridge");
    assert.deepEqual(item.metadata, TAGS);
    assert.equal(media.id, item.id);
  });
}

test("the same path is imported once, whatever bin is asked for", async () => {
  const rig = openRig();
  const path = rig.file("/takes/SH010_take03.mov");
  const first = await rig.done("media.import", { path, bin: BIN, tags: TAGS });
  const steps = rig.labels().length;
  for (const bin of [BIN, ["TakeBridge", "Other"]]) {
    const again = await rig.done("media.import", { path, bin, tags: TAGS });
    assert.deepEqual(again, { media: first.media, reused: true });
  }
  assert.equal(rig.itemAt(path).length, 1);
  assert.equal(rig.labels().length, steps);
});

test("what a person renamed in our bin is still found by its path", async () => {
  const rig = openRig();
  const path = rig.file("/takes/SH010_take03.mov");
  await rig.done("media.import", { path, bin: BIN });
  rig.person.renameItem(path, "My favourite");
  assert.equal((await rig.done("media.import", { path, bin: BIN })).reused, true);
  assert.equal(rig.itemAt(path).length, 1);
});

test("paths that are not ASCII, decomposed, or 300 characters long are imported", async () => {
  const rig = openRig();
  const decomposed = "/Volumes/Fülme/Szene é.mov".normalize("NFD");
  const long = `/${"långt namn/".repeat(26)}klipp_${"x".repeat(8)}.mov`;
  assert.ok(long.length >= 300);
  for (const path of [decomposed, long, "C:\\Filme\\Übergang 3.mov", "/projekte/映画/テイク.mov"]) {
    rig.file(path);
    const { media } = await rig.done(
      "media.import",
      { path, bin: BIN, tags: { "takebridge.shot": "Größe <1> & \"2\"" } },
    );
    assert.equal(media.path, path);
    assert.equal((await rig.done("media.import", { path: path.normalize("NFC"), bin: BIN })).reused, true);
  }
  assert.equal((await rig.done("media.import", { path: "c:/filme/übergang 3.MOV", bin: BIN })).reused, true);
});

test("a file that Premiere refuses, passes over or lacks leaves nothing behind", async () => {
  const rig = openRig();
  const path = rig.file("/takes/no.mov");
  rig.person.quirk("importFails");
  const said = await rig.run("media.import", { path, bin: BIN });
  assert.deepEqual([said.outcome, said.error.code], ["not_applied", "host_rejected"]);
  assert.match(said.error.message, /did not import “no.mov”/);
  assert.deepEqual(rig.bins(), []);
  rig.person.quirk("importFails", false);
  rig.facts.delete(path);
  const passed = await rig.run("media.import", { path, bin: BIN });
  assert.deepEqual([passed.outcome, passed.error.code], ["not_applied", "host_rejected"]);
  const absent = await rig.run("media.import", { path: "/takes/absent.mov", bin: BIN });
  assert.equal(absent.outcome, "not_applied");
  assert.deepEqual(rig.bins(), []);
  assert.equal(rig.world.calls.get("Project.importFiles"), 3);
});

test("a bin that is there is used, and stays when nothing comes", async () => {
  const rig = openRig();
  await rig.bring("/takes/one.mov");
  const before = rig.truth();
  await rig.run("media.import", { path: "/takes/absent.mov", bin: BIN });
  assert.deepEqual(rig.truth(), before);
});

test("what cannot be asked is refused before Premiere is touched", async () => {
  const rig = openRig();
  for (const args of [
    { path: "takes/one.mov", bin: BIN },
    { path: "/takes/one.mov", bin: [] },
    { path: "/takes/one.mov", bin: ["\n"] },
    { path: "/takes/one.mov", bin: BIN, tags: { a: 1 } },
    { path: 7, bin: BIN },
  ]) {
    await rig.refused("invalid_param", "media.import", args);
  }
});

test("an import is not begun on a sequence that was edited, or in another project", async () => {
  const rig = openRig();
  const [path, expect] = [rig.file("/takes/one.mov"), await rig.expect()];
  rig.person.rename("V1", "a", "renamed");
  await rig.refused("timeline_changed", "media.import", { path, bin: BIN }, expect);
  rig.person.undo();
  await rig.done("media.import", { path, bin: BIN }, expect);
  await rig.refused("timeline_switched", "media.import", { path, bin: BIN }, { ...expect, project_id: "another" });
});

test("a file that came into another bin is moved to its own", async () => {
  const rig = openRig();
  const path = rig.file("/takes/one.mov");
  const stray = () => rig.person.when("FolderItem.getItems", () => rig.person.moveItem(path, "Film.prproj"));
  rig.person.when("Project.importFiles", stray);
  await rig.done("media.import", { path, bin: BIN });
  const [item] = rig.itemAt(path);
  assert.equal(rig.world.project().items[item.parent].name, "SH010");
  assert.ok(rig.labels().includes("Move Item"));
});

test("tags are set, kept, replaced and taken away", async () => {
  const rig = openRig();
  const id = await rig.bring("/takes/one.mov");
  const expect = await rig.expect();
  const hard = { "takebridge.take": "a\tb\n<x>&\"'ü😀", "odd name: ä": "1" };
  const first = await rig.done("media.tag", { media_id: id, tags: hard }, expect);
  assert.equal(first.changed, true);
  assert.equal(rig.labels().at(-1), "TakeBridge: write our ids on “one.mov”");
  assert.equal((await rig.done("media.tag", { media_id: id, tags: hard }, expect)).changed, false);
  const [item] = rig.itemAt("/takes/one.mov");
  assert.equal(item.metadata["takebridge.take"], hard["takebridge.take"]);
  assert.equal(item.metadata["takebridge.shot"], "SH010");
  assert.equal((await rig.done("media.tag", { media_id: id, tags: { "takebridge.take": "" } }, expect)).changed, true);
  assert.equal((await rig.done("media.tag", { media_id: id, tags: { "takebridge.take": "" } }, expect)).changed, false);
  assert.equal(rig.person.undo(), "TakeBridge: write our ids on “one.mov”");
  assert.equal((await rig.done("media.tag", { media_id: id, tags: { "takebridge.take": "" } }, expect)).changed, true);
});

test("tags are refused where they cannot be", async () => {
  const rig = openRig();
  const id = await rig.bring("/takes/one.mov");
  const expect = await rig.expect();
  await rig.refused("not_found", "media.tag", { media_id: "nobody", tags: { a: "b" } }, expect);
  await rig.refused("invalid_param", "media.tag", { media_id: id, tags: {} }, expect);
  await rig.refused("invalid_param", "media.tag", { media_id: id, tags: { a: "\u0001" } }, expect);
  await rig.refused("invalid_param", "media.tag", { media_id: id, tags: { a: "b" } });
  rig.person.rename("V1", "a", "renamed");
  await rig.refused("timeline_changed", "media.tag", { media_id: id, tags: { a: "b" } }, expect);
});
