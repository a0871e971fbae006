import { describe, expect, it } from "vitest";
import { keepRing, moveRing } from "./ring";

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

describe("the ring", () => {
  it("goes along rows and columns", () => {
    const lattice = { count: 10, columns: 4, page: 2 };
    expect(moveRing(5, "ArrowLeft", lattice)).toBe(4);
    expect(moveRing(5, "ArrowUp", lattice)).toBe(1);
    expect(moveRing(1, "ArrowUp", lattice)).toBe(1);
    expect(moveRing(5, "ArrowDown", lattice)).toBe(9);
    expect(moveRing(6, "ArrowDown", lattice)).toBe(9);
    expect(moveRing(9, "ArrowDown", lattice)).toBe(9);
    expect(moveRing(5, "Home", lattice)).toBe(0);
    expect(moveRing(5, "End", lattice)).toBe(9);
  });

  it("never leaves the list, whatever is pressed", () => {
    for (let count = 0; count <= 13; count += 1) {
      for (let columns = 1; columns <= 5; columns += 1) {
        let at = 0;
        for (let press = 0; press < 200; press += 1) {
          at = moveRing(at, KEYS[(press * 7 + count * 3 + columns) % KEYS.length] ?? "", { count, columns, page: 2 });
          if (count === 0) expect(at).toBe(-1);
          else expect(at >= 0 && at < count).toBe(true);
        }
      }
    }
  });

  it("stays in its place when its take is filtered away", () => {
    const before = ["a", "b", "c", "d", "e"];
    expect(keepRing(before, "c", before)).toBe("c");
    expect(keepRing(before, "c", ["a", "b", "d", "e"])).toBe("d");
    expect(keepRing(before, "c", ["a", "b"])).toBe("b");
    expect(keepRing(before, "e", ["a", "b", "c", "d"])).toBe("d");
    expect(keepRing(before, null, before)).toBe("a");
    expect(keepRing(before, "c", [])).toBeNull();
  });
});
