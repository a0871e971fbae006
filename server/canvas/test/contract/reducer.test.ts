import fs from "node:fs";
import { expect, test } from "vitest";
import type { Doc, HeardOp, Kinds } from "../../src/canvas/model";
import { applied, docOf } from "../../src/canvas/reduce";

interface Case {
  before: Omit<Doc, "traysOf">;
  steps: { ops: HeardOp[]; after: Omit<Doc, "traysOf"> }[];
}

/** Cases written by tests/web/test_reducer.py: what the bridge's own `apply_all` made of the same ops. */
const file = process.env["TAKEBRIDGE_REDUCER_CASES"];

test.skipIf(!file)("this page's copy is what the bridge has, step by step", () => {
  const { kinds, cases } = JSON.parse(fs.readFileSync(file ?? "", "utf8")) as { kinds: Kinds; cases: Case[] };
  let steps = 0;
  for (const { before, steps: list } of cases) {
    let doc = docOf(before);
    for (const { ops, after } of list) {
      doc = applied(doc, ops, kinds);
      expect(doc, JSON.stringify(ops)).toEqual(docOf(after));
      steps++;
    }
  }
  expect(steps).toBeGreaterThan(100);
});
