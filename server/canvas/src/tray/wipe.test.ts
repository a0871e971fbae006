import { describe, expect, it } from "vitest";
import { FIT, matched, panned, pictureBox, wipeAt, wipeClip, wipeKey, zoomAt } from "./wipe";

const STAGE = { width: 1000, height: 500 };
const HD = { width: 1920, height: 1080 };

describe("the wipe", () => {
  it("moves by one percent, ten with Shift, and stays inside", () => {
    const middle = { part: 0.5, lying: false };
    expect(wipeKey(middle, "ArrowLeft", false)?.part).toBe(0.49);
    expect(wipeKey(middle, "ArrowDown", true)?.part).toBe(0.6);
    expect(wipeKey({ part: 0, lying: false }, "ArrowLeft", false)?.part).toBe(0);
    expect(wipeKey(middle, "End", false)?.part).toBe(1);
    expect(wipeKey(middle, "q", false)).toBeNull();
    let wipe = { part: 0, lying: false };
    for (let press = 0; press < 100; press += 1) wipe = wipeKey(wipe, "ArrowRight", false) ?? wipe;
    expect(wipe.part).toBe(1);
  });

  it("lies in the picture: zoom and pan move the line with what it stands on", () => {
    const look = zoomAt(FIT, 3, 300, 200, HD, STAGE);
    for (const view of [FIT, look, panned(look, 120, -40, HD, STAGE)]) {
      const box = pictureBox(HD, STAGE, view);
      const wipe = wipeAt({ part: 0, lying: false }, box.x + box.width * 0.3, 10, box);
      expect(wipe.part).toBeCloseTo(0.3, 9);
      expect(wipeClip(wipe, box, box)).toBe("inset(0 0 0 30%)");
    }
  });

  it("cuts a B of another shape where A is cut", () => {
    const a = { x: 0, y: 0, width: 1000, height: 500 };
    const b = { x: 250, y: 0, width: 500, height: 500 };
    expect(wipeClip({ part: 0.5, lying: false }, a, b)).toBe("inset(0 0 0 50%)");
    expect(wipeClip({ part: 0.25, lying: false }, a, b)).toBe("inset(0 0 0 0%)");
    expect(wipeClip({ part: 0.9, lying: false }, a, b)).toBe("inset(0 0 0 100%)");
    expect(wipeClip({ part: 0.2, lying: true }, a, b)).toBe("inset(20% 0 0 0)");
  });
});

describe("looking at a picture", () => {
  it("fits it in the middle, keeping its shape", () => {
    const box = pictureBox(HD, STAGE, FIT);
    expect(box.height).toBeCloseTo(500, 6);
    expect(box.width).toBeCloseTo(500 * (16 / 9), 6);
    expect(box.x).toBeCloseTo((1000 - 500 * (16 / 9)) / 2, 6);
  });

  it("zooms about the pointer: what was under it stays there", () => {
    for (const [x, y] of [
      [300, 120],
      [700, 480],
      [500, 250],
    ] as const) {
      const before = pictureBox(HD, STAGE, FIT);
      const after = pictureBox(HD, STAGE, zoomAt(FIT, 2.5, x, y, HD, STAGE));
      expect((x - after.x) / after.width).toBeCloseTo((x - before.x) / before.width, 9);
      expect((y - after.y) / after.height).toBeCloseTo((y - before.y) / before.height, 9);
    }
  });

  it("never loses the picture, however far it is dragged", () => {
    let look = zoomAt(FIT, 4, 500, 250, HD, STAGE);
    for (let drag = 0; drag < 50; drag += 1) look = panned(look, 900, 700, HD, STAGE);
    const box = pictureBox(HD, STAGE, look);
    expect(box.x).toBeLessThan(STAGE.width);
    expect(box.y).toBeLessThan(STAGE.height);
  });

  it("says how much B was scaled to fit A", () => {
    const into = { x: 0, y: 0, width: 960, height: 540 };
    expect(matched({ width: 1280, height: 720 }, HD, into).scaled).toBeCloseTo(1.5, 9);
    expect(matched(HD, HD, into).scaled).toBeCloseTo(1, 9);
    expect(matched({ width: 1080, height: 1080 }, HD, into).box).toEqual({ x: 210, y: 0, width: 540, height: 540 });
  });
});
