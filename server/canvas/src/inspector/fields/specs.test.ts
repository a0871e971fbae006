import { describe, expect, it } from "vitest";
import type { ParamSpec } from "../../canvas/model";
import { limits, read, shown } from "./specs";

const spec = (change: Partial<ParamSpec>): ParamSpec => ({
  name: "seed",
  type: "int",
  default: "random",
  title: "Seed",
  minimum: 0,
  maximum: 9007199254740991,
  choices: [],
  words: ["random"],
  semantic: true,
  later: false,
  ...change,
});

describe("what somebody typed", () => {
  it("is a number or one of the words", () => {
    expect(read(spec({}), " 4411 ")).toEqual({ value: 4411 });
    expect(read(spec({}), "Random")).toEqual({ value: "random" });
  });

  it("is refused where it is no whole number within the limits", () => {
    const speed = spec({ minimum: 25, maximum: 400, words: [] });
    for (const text of ["", "1.5", "1e2", "24", "401", "fast"]) expect(read(speed, text)).toHaveProperty("wrong");
    expect(read(spec({}), "9007199254740993")).toHaveProperty("wrong");
  });

  it("counts characters as the bridge does", () => {
    const line = spec({ type: "str", minimum: null, maximum: 3, words: [] });
    expect(read(line, "🎬🎬🎬")).toEqual({ value: "🎬🎬🎬" });
    expect(read(line, "abcd")).toHaveProperty("wrong");
  });
});

describe("words about values", () => {
  it("say limits", () => {
    expect(limits(spec({ minimum: 1000, maximum: 60000, words: ["auto"] }))).toBe("from 1,000 to 60,000, or auto");
    expect(limits(spec({}))).toBe("from 0, or random");
  });

  it("say values", () => {
    expect(shown("rate", "24000/1001")).toBe("23.976 fps");
    expect(shown("duration_ms", 2500)).toBe("2.5 s");
    expect(shown("sound", false)).toBe("off");
    expect(shown("aspect", "16:9")).toBe("16:9");
  });
});
