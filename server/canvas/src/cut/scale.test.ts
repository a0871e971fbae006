import { describe, expect, it } from "vitest";
import { fitted, fromSlider, inSight, MOST, nearest, runs, toSlider, zoomed } from "./scale";

const shots = (count: number, frames: number) =>
  Array.from({ length: count }, (_, index) => ({
    key: index,
    record_start: 86_400 + index * frames,
    record_end: 86_400 + (index + 1) * frames,
  }));

describe("scale", () => {
  it("fits the cut into its width", () => {
    expect(fitted(1000, 1024)).toBe(1);
    expect(fitted(1, 5000)).toBe(MOST);
  });

  it("keeps what is under the pointer where it is", () => {
    // Frame 150 lies at 300 px from the start, 100 px into what is in sight; at 4 px a frame it lies at 600.
    expect(zoomed(2, 2, 200, 100)).toEqual({ px: 4, scroll: 500 });
    expect(zoomed(2, 0.5, 0, 100).scroll).toBe(0);
  });

  it("comes back from the slider with the same scale", () => {
    expect(fromSlider(toSlider(3, 0.1), 0.1)).toBeCloseTo(3, 9);
    expect(toSlider(0.1, 0.1)).toBe(0);
    expect(toSlider(MOST, 0.1)).toBe(100);
  });
});

describe("what is in sight", () => {
  it("takes what reaches into the range, ends exclusive", () => {
    const all = shots(1000, 24);
    const found = inSight(all, 86_400 + 24, 86_400 + 72).map((item) => item.key);
    expect(found).toEqual([1, 2]);
    expect(inSight(all, 86_400 + 25, 86_400 + 73).map((item) => item.key)).toEqual([1, 2, 3]);
    expect(inSight(all, 0, 86_400)).toEqual([]);
  });

  it("draws a thousand narrow clips as few runs, and loses none", () => {
    const all = shots(1000, 24);
    const found = runs(all, 1 / 24, () => false);
    expect(found.length).toBeLessThanOrEqual(143);
    expect(found.flatMap((run) => run.items.map((item) => item.key))).toEqual(all.map((item) => item.key));
  });

  it("leaves wide clips and the one with the focus alone", () => {
    expect(runs(shots(3, 24), 1, () => false).map((run) => run.items.length)).toEqual([1, 1, 1]);
    const found = runs(shots(9, 24), 1 / 24, (item) => item.key === 3);
    expect(found.map((run) => run.items.map((item) => item.key))).toEqual([[0, 1, 2], [3], [4, 5, 6, 7, 8]]);
  });

  it("finds the nearest on another track", () => {
    const gone = shots(4, 24).filter((item) => item.key !== 2);
    expect(nearest(gone, 86_400 + 50)?.key).toBe(1);
    expect(nearest(gone, 86_400 + 70)?.key).toBe(3);
    expect(nearest([], 1)).toBeUndefined();
  });
});
