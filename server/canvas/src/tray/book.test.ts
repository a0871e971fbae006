import { expect, it } from "vitest";
import type { Doc, HeardOp, Take } from "../canvas/model";
import { applied, docOf } from "../canvas/reduce";
import { EntryBook } from "./book";

const NODES = 40;
const TAKES = 25;
const take = (node: number, seq: number) =>
  ({ id: `t${node}_${seq}`, node_id: `n${node}`, seq, outputs: {}, rating: null, recipe_fp: "old" }) as unknown as Take;
const node = (at: number) => ({ id: `n${at}`, title: `SH_${at}`, pin: null, locked: false, group: null });

function film(): Doc {
  const takes = Array.from({ length: NODES }, (_, at) => Array.from({ length: TAKES }, (_, seq) => take(at, seq)));
  return docOf({
    id: "c",
    title: "Film",
    nodes: Object.fromEntries(Array.from({ length: NODES }, (_, at) => [`n${at}`, node(at)])) as Doc["nodes"],
    wires: {},
    takes: Object.fromEntries(takes.flat().map((one) => [one.id, one])),
  });
}
const after = (doc: Doc, ...ops: object[]) => applied(doc, ops as HeardOp[], {});
const NO_TAKES: ReadonlySet<string> = new Set();

it("a rating gives one take a new entry; the list says which one went and which one came", () => {
  const book = new EntryBook();
  const doc = film();
  const before = book.of(doc, {}, NO_TAKES, null);
  expect(before.pages.flat()).toHaveLength(NODES * TAKES);
  const now = book.of(after(doc, { op: "rate_take", take: "t7_3", rating: "keep" }), {}, NO_TAKES, null);
  expect(now.since).toBe(before.pages);
  expect(now.gone.map((one) => [one.id, one.take.rating])).toEqual([["t7_3", null]]);
  expect(now.come.map((one) => [one.id, one.take.rating])).toEqual([["t7_3", "keep"]]);
  const same = now.pages.flat().filter((one) => before.pages.flat().includes(one));
  expect(same).toHaveLength(NODES * TAKES - 1);
});

it("what is no business of the takes leaves the very list", () => {
  const book = new EntryBook();
  const doc = film();
  const before = book.of(doc, {}, NO_TAKES, null);
  const moved = after(doc, { op: "move_node", node: "n1", x: 5, y: 6 }, { op: "set_canvas_title", title: "Other" });
  expect(book.of(moved, {}, NO_TAKES, null)).toBe(before);
});

it("a pin, a removed node, a new recipe and a clip in the timeline show in the entries they concern", () => {
  const book = new EntryBook();
  let doc = film();
  book.of(doc, {}, NO_TAKES, null);
  doc = after(doc, { op: "pin", node: "n2", take: "t2_4" });
  book.of(doc, {}, NO_TAKES, null);
  expect(book.get(doc, "t2_4")?.pinned).toBe(true);
  expect(book.get(doc, "t2_3")?.pinned).toBe(false);
  const stale = { n3: { status: "stale", expected_fp: "new", drifted: false, blocked_by: [], problem: "" } };
  const now = book.of(doc, stale, new Set(["t5_0"]), null);
  expect(now.come.map((one) => one.node).filter((id) => id !== "n3")).toEqual(["n5"]);
  expect([book.get(doc, "t3_1")?.outdated, book.get(doc, "t5_0")?.inTimeline]).toEqual([true, true]);
  doc = after(doc, { op: "remove_node", node: "n3" });
  const without = book.of(doc, {}, new Set(["t5_0"]), null);
  expect(without.gone.map((one) => one.node)).toEqual(Array.from({ length: TAKES }, () => "n3"));
  expect(book.get(doc, "t3_1")).toBeUndefined();
});
