import { describe, expect, it } from "vitest";
import { correction, shuttle } from "./follow";

const FILM = { num: 24000, den: 1001 };
const frame = 1001 / 24000;

describe("a pane that follows", () => {
  it("is left alone within half a frame of its own", () => {
    expect(correction(0.49 * frame, FILM)).toEqual({ kind: "none" });
    expect(correction(-0.49 * frame, FILM)).toEqual({ kind: "none" });
    // The same time is more than half a frame at 59.94.
    expect(correction(0.49 * frame, { num: 60000, den: 1001 }).kind).toBe("rate");
  });

  it("catches up gently, then firmly, then seeks beyond three frames", () => {
    expect(correction(1 * frame, FILM)).toEqual({ kind: "rate", factor: 1.02 });
    expect(correction(2 * frame, FILM)).toEqual({ kind: "rate", factor: 1.04 });
    expect(correction(3.01 * frame, FILM)).toEqual({ kind: "seek" });
    expect(correction(-3.01 * frame, FILM)).toEqual({ kind: "seek" });
  });

  it("is brought within half a frame from anywhere below three, within six seconds, never past it", () => {
    for (let start = -3; start <= 3; start += 0.25) {
      let behind = start * frame;
      for (let step = 0; step < 6 * 24; step += 1) {
        const what = correction(behind, FILM);
        const gained = what.kind === "rate" ? (what.factor - 1) * frame : 0;
        expect(Math.sign(behind - gained) * Math.sign(start)).toBeGreaterThanOrEqual(0);
        behind -= gained;
      }
      expect(Math.abs(behind)).toBeLessThanOrEqual(0.5 * frame + 1e-9);
    }
  });
});

describe("J K L", () => {
  it("doubles up to eight, turns round at once, stands at K", () => {
    const press = (keys: string) => [...keys].reduce((speed, key) => shuttle(speed, key as "J" | "K" | "L"), 0);
    expect(["L", "LL", "LLL", "LLLL", "LLLLL"].map(press)).toEqual([1, 2, 4, 8, 8]);
    expect(["J", "JJ", "LLJ", "JJL", "LLK"].map(press)).toEqual([-1, -2, -1, 1, 0]);
  });

  it("creeps while K is held, and Space plays and stops", () => {
    expect(shuttle(0, "L", true)).toBe(0.25);
    expect(shuttle(0, "J", true)).toBe(-0.25);
    expect(shuttle(0.25, "L")).toBe(1);
    expect(shuttle(0, "Space")).toBe(1);
    expect(shuttle(-4, "Space")).toBe(0);
  });
});
