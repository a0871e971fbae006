import { expect, test } from "vitest";
import { flat, type Lookup, layered } from "./layered";

const start: Record<string, number> = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`t${at}`, at]));

test("after any number of changes every entry is the last one given, and the tables before are as they were", () => {
  const truth = { ...start };
  let table: Lookup<number> = start;
  const before: { table: Lookup<number>; truth: Record<string, number> }[] = [];
  for (let turn = 0; turn < 2000; turn++) {
    const changed = { [`t${(turn * 37) % 1300}`]: -turn, [`t${(turn * 11) % 90}`]: turn };
    if (turn % 400 === 0) before.push({ table, truth: { ...truth } });
    table = layered(table, changed);
    Object.assign(truth, changed);
  }
  expect({ ...flat(table) }).toEqual(truth);
  for (const id of Object.keys(truth)) expect(table[id]).toBe(truth[id]);
  for (const one of before) expect({ ...flat(one.table) }).toEqual(one.truth);
  expect(table["t5000"]).toBeUndefined();
});

test("a change copies a layer, not the table", () => {
  const table = layered(layered(start, { t1: -1 }), { t2: -2 });
  expect(Object.keys(table).sort()).toEqual(["t1", "t2"]);
});
