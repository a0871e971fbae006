import type { Doc } from "../canvas/model";
import { RATINGS, stateMark, WORDS } from "../canvas/words";
import type { ShotFacts } from "../wire/api.gen";
import type { Cell } from "./cells";
import { rateOfWords } from "./reel";

export const COLUMNS = [
  { id: "number", title: "#", width: 44, fixed: true },
  { id: "still", title: "Still", width: 104 },
  { id: "title", title: "Shot", width: 160, fixed: true },
  { id: "scene", title: "Scene", width: 130 },
  { id: "prompt", title: "Prompt", width: 220 },
  { id: "duration", title: "Duration", width: 84 },
  { id: "model", title: "Model", width: 124 },
  { id: "state", title: "State", width: 118 },
  { id: "take", title: "Take", width: 66 },
  { id: "rating", title: "Rating", width: 96 },
  { id: "cost", title: "Cost so far", width: 84 },
  { id: "price", title: "Next take", width: 110 },
  { id: "who", title: "Who", width: 100 },
  { id: "comments", title: "Comments", width: 86 },
] as const;
export type Column = (typeof COLUMNS)[number]["id"];

/** What is not shown unless somebody asks for it: prices are asked of the bridge row by row. */
export const HIDDEN_AT_FIRST: readonly Column[] = ["price", "who"];

/** A shot with what the table knows of it besides. */
export interface Line {
  shot: ShotFacts;
  state: string;
  model: string;
  who: string;
  comments: number;
  /** Millionths of all takes of the node together; null: of one of them it is not known. */
  spent: number | null;
}

export interface Sort {
  column: Column;
  down: boolean;
}

export function linesOf(
  shots: readonly ShotFacts[],
  doc: Doc,
  states: Readonly<Record<string, { status: string }>>,
  comments: Readonly<Record<string, number>>,
): Line[] {
  return shots.map((shot) => {
    const node = doc.nodes[shot.node];
    return {
      shot,
      state: states[shot.node]?.status ?? shot.state,
      model: node?.model || shot.model,
      who: (shot.take && doc.takes[shot.take]?.author) || "",
      comments: comments[shot.node] ?? 0,
      spent: spentOn(doc, shot.node),
    };
  });
}

/** What the takes of a node cost together, hidden ones too; an estimate counts where the bill is not there. */
export function spentOn(doc: Doc, node: string): number | null {
  let sum = 0;
  for (const take of doc.traysOf[node] ?? []) {
    if (take.origin === "imported") continue;
    const cost = take.cost_actual_micros ?? take.cost_estimated_micros;
    if (cost === null) return null;
    sum += cost;
  }
  return sum;
}

const rated = (line: Line) => RATINGS.findIndex((one) => one.value === line.shot.rating);

/** What a column is sorted by; null comes last whichever way. */
function sortValue(line: Line, column: Column): string | number | null {
  const { shot } = line;
  switch (column) {
    case "number":
    case "still":
      return shot.rank;
    case "title":
      return shot.title;
    case "scene":
      return shot.scene || null;
    case "prompt":
      return shot.prompt || null;
    case "duration": {
      const rate = rateOfWords(shot.length.rate);
      return shot.length.frames === null ? null : (shot.length.frames * rate.den) / rate.num;
    }
    case "model":
      return line.model || null;
    case "state":
      return WORDS[stateMark(line.state)];
    case "take":
      return shot.take_number;
    case "rating":
      return rated(line) < 0 ? null : rated(line);
    case "cost":
      return line.spent;
    case "price":
      return null;
    case "who":
      return line.who || null;
    case "comments":
      return line.comments;
  }
}

/** The lines sorted; equal ones stay in the film's order, which nothing here changes. */
export function sorted(lines: readonly Line[], sort: Sort | null): readonly Line[] {
  if (!sort) return lines;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const compare = (a: Line, b: Line) => {
    const [x, y] = [sortValue(a, sort.column), sortValue(b, sort.column)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y));
    return sort.down ? -order : order;
  };
  return [...lines].sort((a, b) => compare(a, b) || a.shot.rank - b.shot.rank);
}

/** Lines that have every word somebody typed, in whatever column. */
export function filtered(lines: readonly Line[], text: string): readonly Line[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return lines;
  return lines.filter(({ shot, state, model, who }) => {
    const all = [shot.rank + 1, shot.title, shot.scene, shot.script_shot, shot.prompt, model, who];
    const rating = RATINGS.find((one) => one.value === shot.rating)?.word ?? "";
    const said = [...all, WORDS[stateMark(state)], rating].join("\n").toLocaleLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** A cell as a spreadsheet has it: numbers as numbers, durations in words, costs in whole currency. */
export function cellOf(line: Line, column: Column): Cell {
  const { shot } = line;
  switch (column) {
    case "number":
      return shot.rank + 1;
    case "still":
      return shot.still;
    case "title":
      return shot.title;
    case "scene":
      return shot.scene;
    case "prompt":
      return shot.prompt;
    case "duration":
      return shot.length.words;
    case "model":
      return line.model;
    case "state":
      return WORDS[stateMark(line.state)];
    case "take":
      return shot.take_number;
    case "rating":
      return RATINGS.find((one) => one.value === shot.rating)?.word ?? "";
    case "cost":
      return line.spent === null ? "unknown" : line.spent / 1_000_000;
    case "price":
      return "";
    case "who":
      return line.who;
    case "comments":
      return line.comments;
  }
}

/** Titles and lines for a file or the clipboard: what is shown, without pictures and prices. */
export function rowsOf(lines: readonly Line[], columns: readonly Column[]): Cell[][] {
  const kept = COLUMNS.filter((one) => columns.includes(one.id) && one.id !== "still" && one.id !== "price");
  return [kept.map((one) => one.title), ...lines.map((line) => kept.map((one) => cellOf(line, one.id)))];
}
