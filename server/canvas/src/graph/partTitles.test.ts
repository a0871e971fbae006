import { expect, it } from "vitest";
import { partTitle, saidBy } from "./partTitles";

const SCRIPT = `# The ferry

## [s01] EXT. HARBOUR – DAWN

Fog.

### [s01a] Wide, slow push in
### Close on the rope
> [s01a1] MIRA: It leaves [now].
\\### [s09] this is action
### [s02b]
`;

it("knows what the parts of a script say, by their ids", () => {
  expect(Object.fromEntries(saidBy(SCRIPT))).toEqual({
    s01: "EXT. HARBOUR – DAWN",
    s01a: "Wide, slow push in",
    s01a1: "MIRA: It leaves [now].",
  });
});

it("names a part by its id and its words, cut where they are long", () => {
  const said = new Map([
    ["s01a", "Wide"],
    ["s01b", "🎬".repeat(65)],
    ["s01c", "x".repeat(64)],
  ]);
  expect(partTitle("shot.s01a", said)).toBe("shot s01a: Wide");
  expect(partTitle("shot.s01b", said)).toBe(`shot s01b: ${"🎬".repeat(64)}…`);
  expect(partTitle("shot.s01c", said)).toBe(`shot s01c: ${"x".repeat(64)}`);
  expect(partTitle("frame.f01", said)).toBe("frame f01");
});
