import { expect, it } from "vitest";
import { commitAll } from "./edits";
import type { Op } from "./model";
import type { CanvasSession } from "./store";

it("commits more ops than one edit has room for as several, each op once and in order", async () => {
  const sent: Op[][] = [];
  const session = {
    commit: (ops: readonly Op[]) => {
      sent.push([...ops]);
      return Promise.resolve({ epoch: "e", rev: sent.length });
    },
  } as unknown as CanvasSession;
  const ops = Array.from({ length: 5 }, (_, at): Op => ({ op: "set_locked", node: `n${at}`, locked: true }));
  expect(await commitAll(session, ops, 2)).toEqual({ epoch: "e", rev: 3 });
  expect(sent.map((one) => one.length)).toEqual([2, 2, 1]);
  expect(sent.flat()).toEqual(ops);
});
