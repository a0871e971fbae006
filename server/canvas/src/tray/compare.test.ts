import { describe, expect, it } from "vitest";
import { against, flipped, holding, showing, withPane } from "./compare";

const ORDER = ["a", "b", "c", "d", "e"];
const nothing = { held: null, inTimeline: undefined, pinned: undefined };

describe("panes", () => {
  it("compares with what is in the timeline, then with the pin, then with a neighbour", () => {
    expect(against("b", [], ORDER, { ...nothing, inTimeline: "d", pinned: "e" })).toEqual(["d", "b"]);
    expect(against("b", [], ORDER, { ...nothing, inTimeline: "b", pinned: "e" })).toEqual(["e", "b"]);
    expect(against("b", [], ORDER, nothing)).toEqual(["c", "b"]);
    expect(against("e", [], ORDER, nothing)).toEqual(["d", "e"]);
    expect(against("b", ["a", "c", "e"], ORDER, nothing)).toEqual(["a", "c", "e"]);
    expect(against("a", [], ["a"], nothing)).toEqual(["a"]);
  });

  it("flips only the last pane, passing over the others, and stops at the ends", () => {
    const panes = { panes: ["c", "b"], held: "c" };
    expect(flipped(panes, 1, ORDER)).toEqual({ panes: ["c", "d"], held: "c" });
    expect(flipped(panes, -1, ORDER).panes).toEqual(["c", "a"]);
    expect(flipped({ panes: ["c", "e"], held: null }, 1, ORDER).panes).toEqual(["c", "e"]);
    expect(flipped({ panes: ["gone"], held: null }, 1, ORDER).panes).toEqual(["a"]);
  });

  it("holds a take as A and lets it go again", () => {
    const held = holding({ panes: ["b"], held: null }, "b", ORDER);
    expect(held).toEqual({ panes: ["b", "c"], held: "b" });
    expect(holding(held, "c", ORDER)).toEqual({ panes: ["c"], held: null });
    expect(holding({ panes: ["e"], held: null }, "e", ORDER).panes).toEqual(["e", "d"]);
  });

  it("never shows a take twice, whatever is chosen", () => {
    let panes = { panes: ["a"] as readonly string[], held: null as string | null };
    for (let press = 0; press < 500; press += 1) {
      const take = ORDER[(press * 7) % ORDER.length] ?? "a";
      const act = (press * 13) % 4;
      if (act === 0) panes = withPane(panes, take);
      else if (act === 1) panes = showing(panes, take);
      else if (act === 2) panes = flipped(panes, press % 2 ? 1 : -1, ORDER);
      else panes = holding(panes, panes.panes.at(-1) ?? "a", ORDER);
      expect(new Set(panes.panes).size).toBe(panes.panes.length);
      expect(panes.panes.length >= 1 && panes.panes.length <= 4).toBe(true);
      if (panes.held !== null) expect(panes.panes).toContain(panes.held);
    }
  });
});
