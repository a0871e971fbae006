import { describe, expect, it } from "vitest";
import { align, distribute } from "./arrange";
import { freePlace, groupAt, viewOn } from "./geometry";
import { tidy } from "./tidy";
import { neighbour } from "./walk";

const box = (id: string, x: number, y: number, width = 100, height = 50) => ({ id, x, y, width, height });

describe("align", () => {
  const boxes = [box("a", 0, 0), box("b", 30, 80, 40), box("c", 10, 200)];
  it("puts edges on one line and leaves out what stays", () => {
    expect(align(boxes, "left")).toEqual({ b: { x: 0, y: 80 }, c: { x: 0, y: 200 } });
    expect(align(boxes, "right")).toEqual({ a: { x: 10, y: 0 }, b: { x: 70, y: 80 } });
    expect(align(boxes, "bottom")).toEqual({ a: { x: 0, y: 200 }, b: { x: 30, y: 200 } });
  });
});

describe("distribute", () => {
  it("makes the gaps equal between the outermost", () => {
    const boxes = [box("a", 0, 0), box("b", 110, 0), box("c", 400, 0)];
    expect(distribute(boxes, "x")).toEqual({ b: { x: 200, y: 0 } });
  });
  it("needs three", () => {
    expect(distribute([box("a", 0, 0), box("b", 10, 0)], "x")).toEqual({});
  });
});

describe("tidy", () => {
  const boxes = [box("d", 5, 900), box("a", 0, 0), box("b", 700, 10), box("c", 20, 300), box("lone", 900, 900)];
  const links = [
    { from: "a", to: "b" },
    { from: "b", to: "d" },
    { from: "a", to: "d" },
    { from: "c", to: "d" },
  ];
  const places = (moves: ReturnType<typeof tidy>) =>
    Object.fromEntries(boxes.map((one) => [one.id, moves[one.id] ?? { x: one.x, y: one.y }]));

  it("puts every box right of what feeds it", () => {
    const at = places(tidy(boxes, links));
    for (const link of links) expect(at[link.to]?.x).toBeGreaterThanOrEqual((at[link.from]?.x ?? 0) + 100);
  });

  it("lets no two boxes meet", () => {
    const at = Object.values(places(tidy(boxes, links)));
    for (const one of at) {
      const same = at.filter((other) => other !== one && other.x === one.x);
      for (const other of same) expect(Math.abs(other.y - one.y)).toBeGreaterThanOrEqual(50);
    }
  });

  it("gives the same places whatever the order, and keeps what is tidy", () => {
    const moves = tidy(boxes, links);
    expect(tidy([...boxes].reverse(), [...links].reverse())).toEqual(moves);
    const after = boxes.map((one) => ({ ...one, ...moves[one.id] }));
    const again = tidy(after, links);
    expect(after.map((one) => ({ ...one, ...again[one.id] }).x)).toEqual(after.map((one) => one.x));
  });

  it("stands in the order of the film it feeds", () => {
    const shots = [box("s3", 0, 0), box("s1", 0, 60), box("s2", 0, 120), box("film", 400, 0)];
    const wires = ["s1", "s2", "s3"].map((from, order) => ({ from, to: "film", order }));
    const moves = tidy(shots, wires);
    const y = (id: string) => (moves[id] ?? shots.find((one) => one.id === id))?.y ?? 0;
    expect(y("s1")).toBeLessThan(y("s2"));
    expect(y("s2")).toBeLessThan(y("s3"));
  });

  it("survives a circle", () => {
    expect(() => tidy(boxes, [...links, { from: "d", to: "a" }])).not.toThrow();
  });
});

describe("places", () => {
  it("walks to the nearest ahead", () => {
    const boxes = [box("a", 0, 0), box("b", 200, 10), box("far", 900, 0), box("below", 0, 300)];
    expect(neighbour(boxes, "a", "ArrowRight")).toBe("b");
    expect(neighbour(boxes, "a", "ArrowDown")).toBe("below");
    expect(neighbour(boxes, "a", "ArrowLeft")).toBe(null);
  });

  it("finds free room below", () => {
    expect(freePlace({ x: 0, y: 0 }, { width: 100, height: 50 }, [box("a", 0, 0), box("b", 50, 100)])).toEqual({
      x: 0,
      y: 190,
    });
  });

  it("finds the innermost group", () => {
    const groups = [box("outer", 0, 0, 1000, 1000), box("inner", 100, 100, 200, 200)];
    expect(groupAt({ x: 150, y: 150 }, groups)).toBe("inner");
    expect(groupAt({ x: 900, y: 900 }, groups)).toBe("outer");
    expect(groupAt({ x: -1, y: 0 }, groups)).toBe(null);
  });

  it("fits a view without enlarging", () => {
    expect(viewOn(box("a", 0, 0), { width: 1000, height: 800 })).toEqual({ x: 450, y: 375, zoom: 1 });
  });
});
