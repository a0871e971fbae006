import { describe, expect, test } from "vitest";
import type { Doc, Kinds } from "../canvas/model";
import type { ShotFacts } from "../wire/api.gen";
import { filmsOf, firstFilm } from "./films";
import { addShotOps, withoutTake } from "./shotOps";
import { touchesShots } from "./touching";
import { roomOn, roomsFor, wiringOps } from "./wires";

type Part = [string, string, number?, (string | null)?];

function docOf(nodes: Part[], wires: [string, string, string, string, number?][]): Doc {
  return {
    nodes: Object.fromEntries(
      nodes.map(([id, kind, x = 0, pin = null]) => [id, { id, kind, title: id, x, y: 0, params: {}, pin }]),
    ),
    wires: Object.fromEntries(
      wires.map(([src_node, src_port, dst_node, dst_port, order = 0], index) => [
        `w${index}`,
        { id: `w${index}`, src_node, src_port, dst_node, dst_port, order, take: null },
      ]),
    ),
    takes: {},
    traysOf: {},
  } as unknown as Doc;
}

const port = (name: string, types: string[], many = false, required = false) => ({
  name,
  types,
  many,
  required,
  parts: false,
});
const KINDS = {
  reference: { category: "constant", inputs: [], outputs: [port("image", ["image"])], params: [] },
  image: {
    category: "generative",
    inputs: [port("references", ["image"], true)],
    outputs: [port("image", ["image"])],
    params: [],
  },
  video: {
    category: "generative",
    inputs: [port("start_frame", ["image"]), port("references", ["image"], true)],
    outputs: [port("video", ["video"])],
    params: [],
  },
  storyboard: {
    category: "deterministic",
    inputs: [port("panels", ["image"], true, true)],
    outputs: [port("animatic", ["video"])],
    params: [],
  },
  nle_export: {
    category: "deterministic",
    inputs: [port("clips", ["image", "video"], true, true)],
    outputs: [],
    params: [],
  },
} as unknown as Kinds;

describe("films", () => {
  test("an export before a storyboard, from left to right; empty ones last", () => {
    const doc = docOf(
      [
        ["board", "storyboard"],
        ["late", "nle_export", 900],
        ["first", "nle_export", 100],
        ["empty", "nle_export", 0],
        ["a", "video"],
      ],
      [
        ["a", "video", "late", "clips"],
        ["a", "video", "first", "clips"],
        ["a", "video", "board", "panels"],
      ],
    );
    expect(filmsOf(doc).map((film) => film.id)).toEqual(["first", "late", "board", "empty"]);
    expect(firstFilm(doc)).toBe("first");
  });

  test("an export of nothing but a storyboard's animatic: the panels are the film", () => {
    const doc = docOf(
      [
        ["board", "storyboard"],
        ["film", "nle_export"],
        ["a", "image"],
      ],
      [
        ["a", "image", "board", "panels"],
        ["board", "animatic", "film", "clips"],
      ],
    );
    expect(firstFilm(doc)).toBe("board");
    expect(firstFilm(docOf([["x", "image"]], []))).toBeNull();
  });
});

test("a new shot lies behind the one before it: later wires make room, in the same edit", () => {
  const doc = docOf(
    [
      ["film", "nle_export", 800],
      ["a", "image", 10],
      ["b", "video", 20],
      ["c", "video", 30],
    ],
    [
      ["a", "image", "film", "clips", 0],
      ["b", "video", "film", "clips", 1],
      ["c", "video", "film", "clips", 5],
    ],
  );
  const after = { node: "a", wire: "w0", kind: "image" } as ShotFacts;
  const ops = addShotOps(doc, KINDS, "film", after, "new");
  expect(ops.map((op) => op.op)).toEqual(["add_node", "reorder", "connect"]);
  expect(ops[0]).toMatchObject({ id: "new", kind: "image" });
  expect(ops[1]).toEqual({ op: "reorder", wire: "w1", order: 2 });
  expect(ops[2]).toMatchObject({ src_node: "new", src_port: "image", dst_node: "film", dst_port: "clips", order: 1 });
  expect(addShotOps(doc, KINDS, null, undefined, "new")).toHaveLength(1);
});

test("what has no take, with what above it has none either; constants are not made", () => {
  const doc = docOf(
    [
      ["ref", "reference"],
      ["still", "image"],
      ["shot", "video"],
      ["done", "image", 0, "take"],
    ],
    [
      ["ref", "image", "still", "references"],
      ["still", "image", "shot", "start_frame"],
      ["done", "image", "shot", "references"],
    ],
  );
  expect(withoutTake(doc, KINDS, ["shot"]).sort()).toEqual(["shot", "still"]);
});

test("a reference goes where it fits, nowhere above itself; a single input's wire makes room", () => {
  const doc = docOf(
    [
      ["ref", "reference"],
      ["still", "image"],
      ["shot", "video"],
      ["film", "nle_export"],
    ],
    [
      ["ref", "image", "still", "references"],
      ["still", "image", "shot", "start_frame"],
    ],
  );
  const rooms = roomsFor(doc, KINDS, "ref");
  expect(rooms.map((room) => [room.node, room.port, room.there])).toEqual([
    ["film", "clips", false],
    ["shot", "references", false],
    ["shot", "start_frame", false],
    ["still", "references", true],
  ]);
  expect(roomOn(rooms, "shot")?.port).toBe("references");
  expect(roomOn(rooms, "still")).toBeUndefined();
  const single = rooms.find((room) => room.port === "start_frame");
  expect(single && wiringOps("image", "ref", single).map((op) => op.op)).toEqual(["disconnect", "connect"]);
  expect(roomsFor(doc, KINDS, "shot").map((room) => room.node)).toEqual(["film"]);
});

test("moving cards about asks for no shots again, unless places are the order", () => {
  const moved = { ops: [{ op: "move_node" }] } as never;
  expect(touchesShots(moved, true)).toBe(false);
  expect(touchesShots(moved, false)).toBe(true);
  expect(touchesShots({ ops: [{ op: "reorder" }] } as never, true)).toBe(true);
  expect(touchesShots({ ops: null }, true)).toBe(true);
});
