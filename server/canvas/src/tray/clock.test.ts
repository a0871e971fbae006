import { describe, expect, it } from "vitest";
import {
  across,
  countAcross,
  frameOfMoment,
  frameOfStamp,
  masterCount,
  masterFrame,
  paneFrame,
  rateWords,
  seekTime,
  timecode,
  typedFrame,
} from "./clock";

const RATES = [
  { num: 24000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30000, den: 1001 },
  { num: 60000, den: 1001 },
  { num: 60, den: 1 },
];
const [FILM, , , NTSC, FAST] = RATES as [
  (typeof RATES)[0],
  (typeof RATES)[0],
  (typeof RATES)[0],
  (typeof RATES)[0],
  (typeof RATES)[0],
];

describe("one frame clock", () => {
  it("finds every frame again from the time it is sought at, at every rate, through ten minutes, every third", () => {
    for (const rate of RATES) {
      const count = Math.ceil((600 * rate.num) / rate.den);
      for (let frame = 0; frame < count; frame += 3) {
        const sought = seekTime(frame, rate);
        // Inside the frame: after its beginning n·den/num, before the next one's.
        const inside = sought > (frame * rate.den) / rate.num && sought < ((frame + 1) * rate.den) / rate.num;
        if (frameOfMoment(sought, rate) !== frame || !inside) expect.fail(`frame ${frame} at ${rate.num}/${rate.den}`);
      }
    }
  });

  it("reads stamps rounded to a microsecond, either way, and to a 90 kHz tick", () => {
    for (const rate of RATES) {
      for (let frame = 0; frame < 20_000; frame += 7) {
        const exact = (frame * rate.den) / rate.num;
        expect(frameOfStamp(Math.floor(exact * 1e6) / 1e6, rate)).toBe(frame);
        expect(frameOfStamp(Math.ceil(exact * 1e6) / 1e6, rate)).toBe(frame);
        expect(frameOfStamp(Math.floor(exact * 90_000) / 90_000, rate)).toBe(frame);
      }
    }
  });

  it("seeks in the middle: 23.976, 29.97 and 59.94 written out", () => {
    expect(seekTime(0, FILM)).toBeCloseTo(1001 / 48000, 12);
    expect(seekTime(1000, NTSC)).toBeCloseTo((1000.5 * 1001) / 30000, 9);
    expect(seekTime(3599, FAST)).toBeCloseTo((3599.5 * 1001) / 60000, 9);
  });

  it("compares different rates by time", () => {
    // In the middle of frame 12 of 24 fps (0.520833 s) 30 fps shows frame 15, from 0.5 s to 0.5333 s.
    expect(across(12, { num: 24, den: 1 }, { num: 30, den: 1 })).toBe(15);
    // 23.976 in 59.94: 2.5 frames for one. Middle of frame 1 = 1.5 · 2.5 = 3.75.
    expect([0, 1, 2, 3].map((frame) => across(frame, FILM, FAST))).toEqual([1, 3, 6, 8]);
    expect(across(77, NTSC, NTSC)).toBe(77);
  });

  it("never runs backwards between rates, and comes back to the first frame that shows a frame", () => {
    for (const from of RATES) {
      for (const to of RATES) {
        const pane = { rate: to, count: 100_000, offset: 0 };
        let before = -1;
        for (let frame = 0; frame < 400; frame += 1) {
          const shown = across(frame, from, to);
          expect(shown).toBeGreaterThanOrEqual(before);
          before = shown;
          const back = masterFrame(shown, from, pane);
          expect(across(back, from, to)).toBeGreaterThanOrEqual(shown);
          if (back > 0) expect(across(back - 1, from, to)).toBeLessThan(shown);
        }
      }
    }
  });

  it("holds the last frame of a shorter pane and the first before a moved one begins", () => {
    const short = { rate: { num: 24, den: 1 }, count: 10, offset: 0 };
    const master = { num: 24, den: 1 };
    expect(paneFrame(9, master, short)).toEqual({ frame: 9, held: false });
    expect(paneFrame(10, master, short)).toEqual({ frame: 9, held: true });
    expect(paneFrame(0, master, { ...short, offset: -1 })).toEqual({ frame: 0, held: true });
    expect(paneFrame(4, master, { ...short, offset: 1 })).toEqual({ frame: 5, held: false });
  });

  it("is as long as the longest pane", () => {
    const a = { rate: { num: 24, den: 1 }, count: 48, offset: 0 };
    expect(masterCount(a.rate, [a, { rate: { num: 30, den: 1 }, count: 90, offset: 0 }])).toBe(72);
    expect(countAcross(1, { num: 25, den: 1 }, { num: 24, den: 1 })).toBe(1);
    expect(masterCount(a.rate, [])).toBe(1);
  });
});

describe("timecode people read and type", () => {
  it("counts every frame", () => {
    expect(timecode(0, FILM)).toBe("00:00:00:00");
    expect(timecode(24 * 61 + 5, { num: 24, den: 1 })).toBe("00:01:01:05");
    expect(timecode(29, NTSC)).toBe("00:00:00:29");
    expect(timecode(30, NTSC)).toBe("00:00:01:00");
    expect(timecode(60, FAST)).toBe("00:00:01:00");
  });

  it("takes frames, steps and timecode, and nothing else", () => {
    const at = (text: string) => typedFrame(text, { num: 24, den: 1 }, 10, 100);
    expect(at("14")).toBe(14);
    expect(at(" f 14 ")).toBe(14);
    expect(at("+5")).toBe(15);
    expect(at("-30")).toBe(0);
    expect(at("1:08")).toBe(32);
    expect(at("00:00:02:00")).toBe(48);
    expect(at("400")).toBe(99);
    for (const nonsense of ["", "abc", "1:24", "1.5", "99:99:99:99", "<img>"]) expect(at(nonsense)).toBeNull();
  });

  it("comes back from every timecode it writes", () => {
    for (const rate of RATES) {
      for (let frame = 0; frame < 5000; frame += 13) {
        expect(typedFrame(timecode(frame, rate), rate, 0, 5000)).toBe(frame);
      }
    }
  });

  it("names rates as editors do", () => {
    expect(RATES.map(rateWords)).toEqual(["23.976", "24", "25", "29.97", "59.94", "60"]);
  });
});
