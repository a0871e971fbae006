import fs from "node:fs";
import { expect, test } from "vitest";
import { flat } from "../../src/canvas/layered";
import type { Doc, HeardOp, Kinds } from "../../src/canvas/model";
import { applied, docOf, type Whole } from "../../src/canvas/reduce";

interface Case {
  before: Whole;
  steps: { ops: HeardOp[]; after: Whole }[];
}

/** With its tables listed whole. */
const listed = (doc: Doc) => ({ ...doc, takes: { ...flat(doc.takes) }, traysOf: { ...flat(doc.traysOf) } });

/** Cases written by tests/web/test_reducer.py: what the bridge's own `apply_all` made of the same ops. */
const file = process.env["TAKEBRIDGE_REDUCER_CASES"];

test.skipIf(!file)("this page's copy is what the bridge has, step by step", () => {
  const { kinds, cases } = JSON.parse(fs.readFileSync(file ?? "", "utf8")) as { kinds: Kinds; cases: Case[] };
  let steps = 0;
  for (const { before, steps: list } of cases) {
    let doc = docOf(before);
    for (const { ops, after } of list) {
      doc = applied(doc, ops, kinds);
      expect(listed(doc), JSON.stringify(ops)).toEqual(listed(docOf(after)));
      steps++;
    }
  }
  expect(steps).toBeGreaterThan(100);
});
