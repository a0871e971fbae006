import { describe, expect, test } from "vitest";
import type { Doc } from "../canvas/model";
import type { ShotFacts } from "../wire/api.gen";
import { csvOf, tsvOf } from "./cells";
import { readColumns } from "./columns";
import { gridMove } from "./gridKeys";
import { fileName, lossesOf } from "./paperWords";
import { COLUMNS, filtered, type Line, rowsOf, sorted, spentOn } from "./shotTable";

const shot = (rank: number, change: Partial<ShotFacts>): ShotFacts =>
  ({
    rank,
    node: `n${rank}`,
    wire: `w${rank}`,
    title: `Shot ${rank}`,
    scene: "",
    script_shot: "",
    prompt: "",
    length: { frames: 24, rate: "24", source: "take", start: 0, words: "1 s 00 f" },
    take_number: null,
    takes: 0,
    rating: null,
    ...change,
  }) as ShotFacts;
const line = (rank: number, change: Partial<ShotFacts> = {}, more: Partial<Line> = {}): Line => ({
  shot: shot(rank, change),
  state: "fresh",
  model: "local/x",
  who: "",
  comments: 0,
  spent: 0,
  ...more,
});
const ranks = (lines: readonly Line[]) => lines.map((one) => one.shot.rank);

describe("sorting and filtering are for looking", () => {
  const lines = [
    line(0, { title: "Shot 10", rating: "dead" }, { spent: null }),
    line(1, { title: "shot 9", rating: "keep" }, { spent: 5 }),
    line(2, { title: "Shot 1", prompt: "A LETTER, opened" }, { spent: 7, who: "Ada" }),
  ];

  test("titles by their numbers; what is unknown comes last both ways; equals keep the film's order", () => {
    expect(ranks(sorted(lines, { column: "title", down: false }))).toEqual([2, 1, 0]);
    expect(ranks(sorted(lines, { column: "cost", down: false }))).toEqual([1, 2, 0]);
    expect(ranks(sorted(lines, { column: "cost", down: true }))).toEqual([2, 1, 0]);
    expect(ranks(sorted(lines, { column: "rating", down: false }))).toEqual([1, 0, 2]);
    expect(ranks(sorted(lines, { column: "state", down: true }))).toEqual([0, 1, 2]);
    expect(ranks(lines)).toEqual([0, 1, 2]);
    expect(sorted(lines, null)).toBe(lines);
  });

  test("every word counts, wherever it stands", () => {
    expect(ranks(filtered(lines, "letter ada"))).toEqual([2]);
    expect(ranks(filtered(lines, "dead"))).toEqual([0]);
    expect(ranks(filtered(lines, "letter bob"))).toEqual([]);
    expect(filtered(lines, "  ")).toBe(lines);
  });
});

describe("spreadsheets", () => {
  test("a cell that begins like a formula does not run; quotes and line ends stay in their cell", () => {
    expect(csvOf([["=HYPERLINK(1)", "+1", "-x", "@a", "\t=1", "  =1", 3, null, 'say "hi"', "a\nb"]])).toBe(
      `\uFEFF"'=HYPERLINK(1)","'+1","'-x","'@a","'\t=1","'  =1",3,,"say ""hi""","a\nb"\r\n`,
    );
    expect(tsvOf([["=1+1", "a\tb\nc", -2]])).toBe("'=1+1\ta b c\t-2");
  });

  test("what is shown goes out, without pictures and prices", () => {
    const rows = rowsOf(
      [line(0, { title: "=cmd()" }, { spent: 1_500_000 })],
      ["number", "still", "title", "cost", "price"],
    );
    expect(rows).toEqual([
      ["#", "Shot", "Cost so far"],
      [1, "=cmd()", 1.5],
    ]);
  });
});

test("columns of an earlier visit; spoilt ones are as at first, the number and the title stay", () => {
  const all = COLUMNS.map((one) => one.id);
  expect(readColumns(null)).toEqual(all.filter((id) => id !== "price" && id !== "who"));
  expect(readColumns("{not json")).toEqual(readColumns(null));
  expect(readColumns('["number","title","gone","scene"]')).toEqual(all.filter((id) => id !== "scene"));
});

test("what takes cost together: an estimate where there is no bill, unknown when one is unknown, none for files brought in", () => {
  const doc = (takes: object[]) => ({ traysOf: { n: takes } }) as unknown as Doc;
  const made = { origin: "generated", cost_actual_micros: 5, cost_estimated_micros: 9 };
  expect(spentOn(doc([made, { ...made, cost_actual_micros: null }]), "n")).toBe(14);
  expect(spentOn(doc([made, { ...made, cost_actual_micros: null, cost_estimated_micros: null }]), "n")).toBeNull();
  expect(
    spentOn(doc([{ ...made, origin: "imported", cost_actual_micros: null, cost_estimated_micros: null }]), "n"),
  ).toBe(0);
});

test("keys in the grid stay within it", () => {
  const at = { row: 1, column: 1 };
  expect(gridMove("ArrowDown", false, at, 3, 4)).toEqual({ row: 2, column: 1 });
  expect(gridMove("ArrowUp", true, at, 3, 4)).toEqual({ row: 0, column: 1 });
  expect(gridMove("PageDown", false, at, 3, 4)).toEqual({ row: 2, column: 1 });
  expect(gridMove("End", true, at, 3, 4)).toEqual({ row: 2, column: 3 });
  expect(gridMove("ArrowLeft", false, { row: 0, column: 0 }, 3, 4)).toEqual({ row: 0, column: 0 });
  expect(gridMove("x", false, at, 3, 4)).toBeNull();
});

test("a file is called after the film, whatever is in its title", () => {
  expect(fileName("A/B: <img> \u202egnp.exe storyboard", "pdf")).toBe("A B img gnp.exe storyboard.pdf");
  expect(fileName("///", "csv")).toBe("Storyboard.csv");
  expect(lossesOf('["A letter is missing."]')).toEqual(["A letter is missing."]);
  expect(lossesOf("nonsense")).toEqual([]);
  expect(lossesOf(null)).toEqual([]);
});
