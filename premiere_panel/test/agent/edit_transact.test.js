"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { OpError } = require("../../takebridge_premiere/plugin/agent/faults.js");
const { attempt, transact, undoString } = require("../../takebridge_premiere/plugin/agent/transact.js");
const { fieldOf, isWritable, nameOf, readFields, SPACE, withFields } = require(
  "../../takebridge_premiere/plugin/agent/metadata.js",
);

const STAGE = /** @type {any} */ ({ memory: {} });

/** A project that remembers what it was given. */
function project({ say = true, refuse = () => true } = {}) {
  const seen = { locks: 0, labels: [], added: [] };
  const one = {
    seen,
    lockedAccess(callback) {
      seen.locks += 1;
      callback();
    },
    executeTransaction(callback, label) {
      seen.labels.push(label);
      callback({ addAction: (action) => (seen.added.push(action), refuse(action)) });
      return say;
    },
  };
  return one;
}

test("actions go over in one lock and one transaction under our label", () => {
  const one = project();
  transact(STAGE, one, "place\n “x”", () => ["set", "lay", "back"]);
  assert.deepEqual(one.seen, { locks: 1, labels: ["TakeBridge: place “x”"], added: ["set", "lay", "back"] });
  assert.ok(undoString("x".repeat(500)).length <= 96);
  assert.equal(undoString("place “a\u202Eb\u0000c\u2028d”"), "TakeBridge: place “a b c d”");
  assert.equal(undoString(`${"x".repeat(82)}\u{1F3AC}${"y".repeat(50)}`), `TakeBridge: ${"x".repeat(82)}\uFFFD…`);
});

test("nothing to do is no transaction", () => {
  const one = project();
  transact(STAGE, one, "do", () => []);
  assert.deepEqual(one.seen.labels, []);
});

test("what is thrown while actions are made is carried out, and nothing is sent", () => {
  const own = new OpError("timeline_changed", "Moved.");
  for (const [thrown, code] of [[own, "timeline_changed"], [new Error("gone"), "host_rejected"]]) {
    const one = project();
    const build = () => {
      throw thrown;
    };
    assert.throws(
      () => attempt(STAGE, one, "do", build),
      (error) => error.code === code && error.outcome === "not_applied",
    );
    assert.deepEqual(one.seen.labels, []);
  }
});

test("a refusal of what was sent is handed back to be read back", () => {
  for (const options of [{ say: false }, { refuse: () => false }, { refuse: () => { throw new Error("no"); } }]) {
    const error = attempt(STAGE, project(options), "do", () => ["a"]);
    assert.deepEqual([error.code, error.message], ["host_rejected", "Premiere refused to do."]);
    assert.ok(error.hint);
  }
  const gone = { lockedAccess: () => { throw new Error("no project"); } };
  assert.throws(() => attempt(STAGE, gone, "do", () => ["a"]), /refused to do/);
});

test("names of tags become names of fields and back", () => {
  for (const name of [
    "takebridge.take",
    "odd name: ü",
    "1st",
    "a-b",
    "Column.Intrinsic.Name",
    "x_x0041_y",
    "_x",
    "映画",
  ]) {
    assert.match(fieldOf(name), /^[A-Za-z_][\w.]*$/);
    assert.equal(nameOf(fieldOf(name)), name);
  }
  assert.equal(fieldOf("takebridge.take"), "takebridge.take");
  assert.ok(!fieldOf("Column.Intrinsic.Name").startsWith("Column."));
});

test("fields are set in what Premiere wrote, however it wrote it, and the rest stays", () => {
  const body = (inside, attributes = "") =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description rdf:about="" ` +
    `xmlns:p='${SPACE}'${attributes}${inside}</rdf:RDF></x:xmpmeta>`;
  const hard = "a&b <c> \"d\" 'e'\n\tü 😀 ]]>";
  for (const xml of [
    "",
    body("></rdf:Description>"),
    body("/>", ' p:tag="old &amp; gone" p:Column.Intrinsic.Name="N"'),
    body("><p:tag>old</p:tag><p:other><![CDATA[x & y]]></p:other></rdf:Description>"),
    body('><p:tag><rdf:Alt><rdf:li xml:lang="x-default">old</rdf:li></rdf:Alt></p:tag></rdf:Description>'),
  ]) {
    const now = withFields(xml, new Map([["tag", hard], ["new", "1"]]));
    const fields = readFields(now);
    assert.deepEqual([fields.get("tag"), fields.get("new")], [hard, "1"]);
    assert.equal(fields.get("other"), xml.includes("p:other") ? "x & y" : undefined);
    assert.ok(!now.includes("old"));
    assert.equal(now.includes("Column.Intrinsic.Name"), xml.includes("Column.Intrinsic.Name"));
    assert.equal(readFields(withFields(now, new Map([["tag", ""]]))).has("tag"), false);
  }
});

test("what XML cannot hold is known", () => {
  assert.deepEqual(
    ["plain", "tab\t", "é😀", "\u0000", "\u001f", "\uD800", "x\uDC00", "\uFFFE"].map(isWritable),
    [true, true, true, false, false, false, false, false],
  );
});
