import { expect, test } from "vitest";
import { advanced } from "./advanced";
import type { CanvasChanged, Kinds } from "./model";
import { docOf } from "./reduce";

const KINDS: Kinds = {};
const seen = {
  epoch: "e",
  rev: 4,
  doc: docOf({ id: "c", title: "Tea", nodes: {}, wires: {}, takes: {} }),
  states: { gone: { status: "empty", expected_fp: null, drifted: false, blocked_by: [], problem: "" } },
};
const retitled = { op: "set_canvas_title" as const, title: "Coffee" };
const change = (facts: Partial<CanvasChanged>): CanvasChanged => ({
  canvas: "c",
  epoch: "e",
  from_rev: 4,
  rev: 5,
  author: "Ada",
  batch: "b",
  origin: "user",
  ops: [retitled],
  states: { gone: null },
  ...facts,
});

test("a change that continues is taken over, with its states", () => {
  const next = advanced(seen, change({}), KINDS);
  expect(next?.rev).toBe(5);
  expect(next?.doc.title).toBe("Coffee");
  expect(next?.states).toEqual({});
  expect(seen.doc.title).toBe("Tea");
});

test("a change that is here already leaves everything as it is", () => {
  expect(advanced(seen, change({ from_rev: 3, rev: 4 }), KINDS)).toBe(seen);
});

test("a gap, another epoch, or ops too large to send mean loading anew", () => {
  expect(advanced(seen, change({ from_rev: 5, rev: 6 }), KINDS)).toBeNull();
  expect(advanced(seen, change({ epoch: "other" }), KINDS)).toBeNull();
  expect(advanced(seen, change({ ops: null }), KINDS)).toBeNull();
});
