import { describe, expect, it } from "vitest";
import { lengthWords, rateOf, type Tick, tickStep, ticks, timecode } from "./timecode";

const R24 = rateOf("24");
const R2997 = rateOf("30000/1001");
const R5994 = rateOf("60000/1001");

describe("time code", () => {
  it("counts whole seconds of the counted rate", () => {
    expect(rateOf("24000/1001").counted).toBe(24);
    expect(timecode(86_400, R24)).toBe("01:00:00:00");
    expect(timecode(86_400 + 24 * 61 + 5, R24)).toBe("01:01:01:05");
    expect(timecode(0, rateOf("25"))).toBe("00:00:00:00");
  });

  it("leaves two numbers out at a minute of 29.97 drop-frame, but not at a tenth (ST 12-1)", () => {
    expect(timecode(1799, R2997, true)).toBe("00:00:59;29");
    expect(timecode(1800, R2997, true)).toBe("00:01:00;02");
    expect(timecode(17_981, R2997, true)).toBe("00:09:59;29");
    expect(timecode(17_982, R2997, true)).toBe("00:10:00;00");
    expect(timecode(107_892, R2997, true)).toBe("01:00:00;00");
  });

  it("leaves four out at 59.94", () => {
    expect(timecode(3599, R5994, true)).toBe("00:00:59;59");
    expect(timecode(3600, R5994, true)).toBe("00:01:00;04");
    expect(timecode(215_784, R5994, true)).toBe("01:00:00;00");
  });

  it("counts on without drop-frame, and where a rate has none", () => {
    expect(timecode(1800, R2997, false)).toBe("00:01:00:00");
    expect(timecode(1440, rateOf("24000/1001"), true)).toBe("00:01:00:00");
  });

  it("begins anew past a day and is signed before zero", () => {
    expect(timecode(24 * 86_400 + 3, R24)).toBe("00:00:00:03");
    expect(timecode(-25, R24)).toBe("-00:00:01:01");
  });

  it("says lengths in seconds and frames", () => {
    expect(lengthWords(12, R24)).toBe("12 f");
    expect(lengthWords(80, R24)).toBe("3 s 08 f");
    expect(lengthWords(24 * 64, R24)).toBe("1 min 04 s 00 f");
  });
});

describe("the ruler", () => {
  it("takes the smallest step whose labels do not meet", () => {
    expect(tickStep(R24, 24, 110)).toBe(5);
    expect(tickStep(R24, 2, 110)).toBe(120);
    expect(tickStep(R24, 0.001, 110)).toBe(24 * 7200);
  });

  const labelled = (all: Tick[]) => all.filter((one) => one.label);

  it("labels whole steps only, with short marks between them", () => {
    const all = ticks(86_410, 86_460, R24, false, 5, 110);
    expect(labelled(all)).toEqual([
      { frame: 86_424, label: "01:00:01:00" },
      { frame: 86_448, label: "01:00:02:00" },
    ]);
    expect(all.map((one) => one.frame)).toEqual([86_412, 86_418, 86_424, 86_430, 86_436, 86_442, 86_448, 86_454]);
  });

  it("labels whole seconds of a drop-frame time code, however far in", () => {
    // 10:00:00;00 is frame 1 078 920; two numbers are left out at 10:01:00, so that second begins with ;02.
    const all = labelled(ticks(1_078_920, 1_078_920 + 2390, R2997, true, 0.4, 110));
    expect(all.map((one) => one.label)).toEqual([
      "10:00:00;00",
      "10:00:10;00",
      "10:00:20;00",
      "10:00:30;00",
      "10:00:40;00",
      "10:00:50;00",
      "10:01:00;02",
      "10:01:10;00",
    ]);
    expect(all[6]?.frame).toBe(1_078_920 + 1800);
    expect(all[7]?.frame).toBe(1_078_920 + 1800 + 298);
  });
});
