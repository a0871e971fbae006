import { describe, expect, it } from "vitest";
import { type Stretch, wordDiff } from "./diff";

const side = (parts: readonly Stretch[], kind: Stretch["kind"]) =>
  parts
    .filter((part) => part.kind === "same" || part.kind === kind)
    .map((part) => part.text)
    .join("");

describe("the diff of words", () => {
  it("marks a word that came in", () => {
    expect(wordDiff("a quay at night", "a wet quay at night")).toEqual([
      { kind: "same", text: "a " },
      { kind: "added", text: "wet " },
      { kind: "same", text: "quay at night" },
    ]);
  });

  it("is whole again from either side, whatever the texts", () => {
    const texts = ["", "rain", "rain, rain on the quay", "the quay.\n\nSnow on it — 2 boats", "café “x” 🎬 été"];
    for (const before of texts) {
      for (const after of texts) {
        const parts = wordDiff(before, after);
        expect(side(parts, "removed")).toBe(before);
        expect(side(parts, "added")).toBe(after);
      }
    }
  });

  it("replaces very long texts whole instead of stalling", () => {
    const long = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word}${index}`).join(" ");
    const parts = wordDiff(long("a"), long("b"));
    expect(side(parts, "removed")).toBe(long("a"));
    expect(parts.length).toBeLessThan(4);
  });

  it("says nothing changed with one stretch", () => {
    expect(wordDiff("same", "same")).toEqual([{ kind: "same", text: "same" }]);
    expect(wordDiff("", "")).toEqual([]);
  });
});
