import { expect, test } from "vitest";
import { inOrder, movedTo, sameKeys, stepped } from "./order";

const keys = ["a", "b", "c", "d", "e"];

test("what is dropped lies before or after its target, in the order it had", () => {
  expect(movedTo(keys, new Set(["d", "b"]), "a", "before")).toEqual(["b", "d", "a", "c", "e"]);
  expect(movedTo(keys, new Set(["a"]), "e", "after")).toEqual(["b", "c", "d", "e", "a"]);
  expect(movedTo(keys, new Set(["b", "c"]), "c", "after")).toEqual(keys);
});

test("one place earlier or later, several as a block; the ends are ends", () => {
  expect(stepped(keys, new Set(["c"]), -1)).toEqual(["a", "c", "b", "d", "e"]);
  expect(stepped(keys, new Set(["c"]), 1)).toEqual(["a", "b", "d", "c", "e"]);
  expect(stepped(keys, new Set(["a"]), -1)).toEqual(keys);
  expect(stepped(keys, new Set(["d", "e"]), 1)).toEqual(keys);
  expect(stepped(keys, new Set(["b", "d"]), 1)).toEqual(["a", "c", "e", "b", "d"]);
  expect(stepped(keys, new Set(["a", "c"]), -1)).toEqual(["a", "c", "b", "d", "e"]);
  expect(stepped(keys, new Set(), 1)).toEqual(keys);
});

test("rows follow an order; new ones come last, those that went are passed over", () => {
  const rows = [{ id: "x" }, { id: "y" }, { id: "z" }];
  const idOf = (row: { id: string }) => row.id;
  expect(inOrder(rows, idOf, ["z", "gone", "x"]).map(idOf)).toEqual(["z", "x", "y"]);
  expect(inOrder(rows, idOf, null)).toBe(rows);
  expect(sameKeys(["a", "b"], ["b", "a"])).toBe(true);
  expect(sameKeys(["a", "b"], ["b", "c"])).toBe(false);
  expect(sameKeys(["a"], ["a", "a"])).toBe(false);
});
