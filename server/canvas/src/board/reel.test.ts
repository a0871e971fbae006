import { describe, expect, test } from "vitest";
import type { ShotFacts } from "../wire/api.gen";
import { lengthTyped, typedLength } from "./lengths";
import { beatAt, frameAfter, framesAt, reelCode, reelOf, runningWords, secondsInTake, shuttled } from "./reel";

const shot = (frames: number | null, rate = "24", best: ShotFacts["best"] = null): ShotFacts =>
  ({ length: { frames, rate, source: "take", start: null, words: "" }, best, wire: "", node: "n" }) as ShotFacts;
const R24 = { num: 24, den: 1 };

describe("a reel", () => {
  test("shots lie end to end; one of unknown length is held two seconds and counted", () => {
    const reel = reelOf([shot(60), shot(null), shot(1)]);
    expect(reel.beats.map((beat) => [beat.start, beat.end])).toEqual([
      [0, 60],
      [60, 108],
      [108, 109],
    ]);
    expect([reel.frames, reel.unknown]).toEqual([109, 1]);
  });

  test("another rate is brought to the first one's, halves up, a frame at least", () => {
    expect(framesAt(25, { num: 25, den: 1 }, R24)).toBe(24);
    expect(framesAt(1, { num: 48, den: 1 }, R24)).toBe(1);
    expect(framesAt(1001, { num: 24000, den: 1001 }, R24)).toBe(1002);
    expect(framesAt(0, R24, R24)).toBe(1);
  });

  test("the shot on screen; ends are exclusive", () => {
    const reel = reelOf([shot(10), shot(5), shot(5)]);
    expect([0, 9, 10, 14, 15, 19, 400].map((frame) => beatAt(reel, frame))).toEqual([0, 0, 1, 1, 2, 2, 2]);
    expect(beatAt(reelOf([]), 0)).toBe(0);
  });

  test("a proxy is sought to the middle of the frame, from its best range on", () => {
    const [beat] = reelOf([shot(48, "24", { start: 24, end: 72 })]).beats;
    if (!beat) throw new Error("no beat");
    expect(secondsInTake(beat, 12, R24, R24)).toBeCloseTo(1 + 12.5 / 24, 9);
  });

  test("the clock counts whole frames and runs both ways", () => {
    expect(frameAfter(0, 999, 1, R24)).toBe(23);
    expect(frameAfter(100, 1000, -2, R24)).toBe(52);
    expect([shuttled(0, 1), shuttled(1, 1), shuttled(8, 1), shuttled(4, -1), shuttled(-1, -1)]).toEqual([
      1, 2, 8, -1, -2,
    ]);
  });

  test("words", () => {
    expect(runningWords(360, R24)).toBe("15 s 00 f");
    expect(runningWords(2960, R24)).toBe("2 min 03 s 08 f");
    expect(reelCode(24 * 61 + 5, R24)).toBe("00:01:01:05");
  });
});

test("lengths as people type them", () => {
  expect(typedLength("3.5", R24)).toBe(3500);
  expect(typedLength("3,5 s", R24)).toBe(3500);
  expect(typedLength("3 s 12 f", R24)).toBe(3500);
  expect(typedLength("84 f", R24)).toBe(3500);
  expect(typedLength("1:20", R24)).toBe(80_000);
  expect(typedLength("  AUTO ", R24)).toBe("auto");
  for (const wrong of ["0", "-3", "three", "1:75", "3 f s", "1e9"]) expect(typedLength(wrong, R24)).toBeNull();
  expect(lengthTyped(2500)).toBe("2.5");
  expect(lengthTyped("auto")).toBe("auto");
});
