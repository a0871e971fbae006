import { describe, expect, it } from "vitest";
import { acted, type Cull, refused, takenBack } from "./cull";

const ORDER = ["a", "b", "c", "d"];
const start: Cull = { ring: "a", advance: true, acts: [] };

describe("culling", () => {
  it("acts on the ring, then moves on, and stops at the last", () => {
    let cull = start;
    for (const take of ORDER) cull = acted(cull, take, ORDER);
    expect(cull.ring).toBe("d");
    expect(cull.acts).toEqual(ORDER);
  });

  it("stays where it is without advancing", () => {
    expect(acted({ ...start, advance: false }, "b", ORDER).ring).toBe("b");
  });

  it("taking acts back returns to each take in turn, through any sequence", () => {
    for (let length = 1; length <= 60; length += 1) {
      const order = Array.from({ length }, (_, index) => `take${index}`);
      let cull: Cull = { ring: order[0] ?? null, advance: true, acts: [] };
      for (const take of order) {
        expect(cull.ring).toBe(take);
        cull = acted(cull, take, order);
      }
      for (const take of [...order].reverse()) {
        cull = takenBack(cull);
        expect(cull.ring).toBe(take);
      }
      expect(cull.acts).toEqual([]);
    }
  });

  it("a refused act never happened, and its take has the ring again", () => {
    const after = refused(acted(start, "a", ORDER), "a");
    expect(after).toEqual({ ring: "a", advance: true, acts: [] });
  });

  it("goes on from a take that the filter takes away", () => {
    const cull = acted(start, "b", ORDER);
    expect(cull.ring).toBe("c");
    expect(takenBack(cull).ring).toBe("b");
  });
});
