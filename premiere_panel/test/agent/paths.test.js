"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { agent } = require("./rig.js");

const paths = agent("paths");

test("paths are reported plainly, and what is none is none", () => {
  assert.equal(paths.plainPath("\\\\?\\C:\\Film\\a.mov"), "C:\\Film\\a.mov");
  assert.equal(paths.plainPath("\\\\?\\UNC\\nas\\film\\a.mov"), "\\\\nas\\film\\a.mov");
  assert.equal(paths.plainPath("/Volumes/Ä/a.mov"), "/Volumes/Ä/a.mov");
  for (const none of ["", null, undefined, "1129144908", "a.mov", "C:a.mov"]) {
    assert.equal(paths.plainPath(none), "");
  }
});

test("two spellings of one file are the same", () => {
  assert.ok(paths.samePath("C:\\Film\\A.mov", "c:/film/a.MOV"));
  assert.ok(paths.samePath("\\\\?\\C:\\Film\\a.mov", "C:\\Film\\a.mov"));
  assert.ok(paths.samePath("/film/u\u0308ber.mov", "/film/\u00fcber.mov"));
  assert.ok(!paths.samePath("/film/A.mov", "/film/a.mov"));
  assert.ok(!paths.samePath("", ""));
});

test("paths come apart and together with their own slashes", () => {
  assert.deepEqual(paths.splitPath("/film/a.b/c.png"), { folder: "/film/a.b", name: "c.png" });
  assert.deepEqual(paths.splitPath("C:\\c.png"), { folder: "C:\\", name: "c.png" });
  assert.deepEqual(paths.splitPath("/c\\d.png"), { folder: "/", name: "c\\d.png" });
  assert.equal(paths.joinPath("C:\\film", "a"), "C:\\film\\a");
  assert.equal(paths.joinPath("/", "a"), "/a");
  assert.deepEqual(["/a/B.PNG", "/a.b/c", "/a/.png", "/a/b."].map(paths.suffixOf), [".png", "", "", ""]);
});

test("an op's path is absolute and printable", () => {
  const long = `/${"ä".repeat(300)}/x.otio`;
  assert.equal(paths.needPath({ path: long }), long);
  for (const path of ["a.otio", "", null, 3, "/a\u0000b", "\\film\\a", `/${"a".repeat(5000)}`]) {
    assert.throws(() => paths.needPath({ path }), { code: "invalid_param" });
  }
});
