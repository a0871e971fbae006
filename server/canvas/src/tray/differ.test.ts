import { describe, expect, it } from "vitest";
import { differences, type Piece, wordDiff } from "./differ";

const read = (pieces: readonly Piece[], without: "gone" | "new") =>
  pieces
    .filter((piece) => piece.kind !== without)
    .map((piece) => piece.text)
    .join("");

describe("words", () => {
  it("names what went and what came", () => {
    expect(wordDiff("a ferry in sun", "a ferry in rain")).toEqual([
      { kind: "same", text: "a ferry in " },
      { kind: "gone", text: "sun" },
      { kind: "new", text: "rain" },
    ]);
    expect(wordDiff("", "")).toEqual([]);
    expect(wordDiff("same", "same")).toEqual([{ kind: "same", text: "same" }]);
  });

  it("loses nothing: both texts can be read out of it, for many texts", () => {
    const words = ["rain ", "sun ", "a\n", "ferry, ", "cap", " "];
    let seed = 7;
    const next = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed;
    };
    const text = () => Array.from({ length: next() % 30 }, () => words[next() % words.length]).join("");
    for (let round = 0; round < 300; round += 1) {
      const [a, b] = [text(), text()];
      const pieces = wordDiff(a, b);
      expect(read(pieces, "new")).toBe(a);
      expect(read(pieces, "gone")).toBe(b);
    }
  });

  it("lists only facts that differ", () => {
    expect(differences({ model: "Veo", seed: "17" }, { model: "Veo", seed: "4411", price: "$3.20" })).toEqual([
      { name: "seed", a: "17", b: "4411" },
      { name: "price", a: "", b: "$3.20" },
    ]);
  });
});
