import { describe, expect, it } from "vitest";
import type { CutItem, CutLayers, CutTrack, CutView, RoundTrip } from "../wire/api.gen";
import { contents, difference, differences } from "./layers";
import { spotOf, walk } from "./walk";
import { clock, gravest, matterOf, progressWords, short, sides, stacked, tally, toYou, trackName } from "./words";

const item = (more: Partial<CutItem>): CutItem =>
  ({
    key: "k",
    name: "n",
    kind: "clip",
    record_start: 0,
    record_end: 10,
    enabled: true,
    media: "m",
    speed: "1",
    source_start: 0,
    state: "",
    changes: [],
    problem: "",
    link: null,
    ...more,
  }) as CutItem;
const link = { id: "l", shot: "SH010", source_node: "n", there: true, fills_gap: false };
const track = (kind: string, index: number, clips: CutItem[] = []): CutTrack =>
  ({ kind, index, name: "", locked: false, enabled: true, clips }) as unknown as CutTrack;

describe("what is the matter with a clip", () => {
  it("says both changed where the canvas has a take and the editor an edit", () => {
    expect(matterOf(item({ link, state: "new take" }), "video", "fresh", false)).toBe("new");
    expect(matterOf(item({ link, state: "new take", changes: ["trimmed"] }), "video", "fresh", false)).toBe("conflict");
    expect(matterOf(item({ link, state: "in step" }), "video", "fresh", true)).toBe("conflict");
  });

  it("says out of date for a linked clip in step whose node is stale", () => {
    expect(matterOf(item({ link, state: "in step" }), "video", "stale", false)).toBe("stale");
    expect(matterOf(item({ link, state: "in step" }), "video", "fresh", false)).toBe("step");
  });

  it("tells a gap from one a shot waits for, and is silent about unlinked sound", () => {
    expect(matterOf(item({ kind: "gap", state: "gap" }), "video", undefined, false)).toBe("gap");
    expect(matterOf(item({ kind: "gap", state: "gap", link }), "video", undefined, false)).toBe("waiting");
    expect(matterOf(item({ state: "unlinked", problem: "Titles have no media." }), "video", undefined, false)).toBe(
      "unlinked",
    );
    expect(matterOf(item({ state: "unlinked" }), "audio", undefined, false)).toBe("none");
  });

  it("shows the gravest of a run", () => {
    expect(gravest(["step", "stale", "new"])).toBe("new");
    expect(gravest([])).toBe("none");
  });
});

describe("words", () => {
  it("names tracks and stacks them as an editor does", () => {
    const all = [track("video", 1), track("audio", 1), track("video", 2), track("audio", 2)];
    expect(stacked(all).map(trackName)).toEqual(["V2", "V1", "A1", "A2"]);
  });

  it("heads the cut with base, yours and canvas", () => {
    const now = new Date(2026, 10, 22, 12, 0);
    const view = {
      product: "DaVinci Resolve Studio",
      read_at: new Date(2026, 10, 22, 10, 42).toISOString(),
      base: { exists: true, at: new Date(2026, 10, 21, 9, 5).toISOString(), rev: "d3010daccda51", words: "" },
      counts: { "new take": 2, changed: 1 },
    } as unknown as CutView;
    expect(sides(view, 881, now)).toBe("base 2026-11-21 09:05 (d3010da) → yours (Resolve, 10:42) + canvas rev 881");
    expect(tally(view, null)).toBe("2 new takes · 1 changed");
    const plan = { clips: [1, 2, 3], decisions: [1], requests: [] } as unknown as RoundTrip;
    expect(tally(view, plan)).toBe("3 changes · 1 conflict");
    expect(clock("nonsense")).toBe("");
    expect(short("Adobe Premiere Pro")).toBe("Premiere");
  });

  it("speaks to the editor", () => {
    expect(toYou("The editor deleted it; the editor's cut has a gap.")).toBe(
      "You deleted it; your timeline has a gap.",
    );
    expect(progressWords(0, 4, "applying")).toBe("Step 1 of 4");
    expect(progressWords(4, 4, "applying")).toBe("Reading the timeline back…");
    expect(progressWords(1, 4, "undoing")).toContain("back as it was");
  });
});

describe("layers", () => {
  it("marks what another place or another content has than in the base", () => {
    const base = { timeline: "t", tracks: [track("video", 1, [item({}), item({ record_start: 10, record_end: 20 })])] };
    const mine = track("video", 1, [item({ media: "other" }), item({ record_start: 12, record_end: 20 })]);
    const layers = { base, editor: { timeline: "t", tracks: [mine] }, canvas: base } as unknown as CutLayers;
    const known = contents(layers.base);
    expect(mine.clips.map((one) => difference(mine, one, known))).toEqual([
      "Shows something else than in the base",
      "Another place or length than in the base",
    ]);
    expect([differences(layers, "editor"), differences(layers, "canvas")]).toEqual([2, 0]);
    expect(difference(mine, item({ kind: "gap" }), known)).toBe("");
  });
});

describe("walking among clips", () => {
  const clip = (key: string, from: number, to: number) => item({ key, record_start: from, record_end: to });
  const rows = [
    { id: "V2", track: track("video", 2, [clip("x", 30, 40)]) },
    { id: "V1", track: track("video", 1, [clip("a", 0, 10), clip("b", 10, 35), clip("c", 35, 50)]) },
    { id: "empty", track: track("audio", 1) },
    { id: "A2", track: track("audio", 2, [clip("s", 0, 50)]) },
  ];
  it("goes along a track, stops at its ends, jumps to them", () => {
    expect(walk(rows, { row: "V1", key: "a" }, "ArrowRight").key).toBe("b");
    expect(walk(rows, { row: "V1", key: "a" }, "ArrowLeft").key).toBe("a");
    expect(walk(rows, { row: "V1", key: "a" }, "End").key).toBe("c");
    expect(walk(rows, { row: "V1", key: "c" }, "Home").key).toBe("a");
  });
  it("goes to the clip at the same place of the next track that has any", () => {
    expect(walk(rows, { row: "V2", key: "x" }, "ArrowDown")).toEqual({ row: "V1", key: "b" });
    expect(walk(rows, { row: "V1", key: "c" }, "ArrowDown")).toEqual({ row: "A2", key: "s" });
    expect(walk(rows, { row: "V2", key: "x" }, "ArrowUp")).toEqual({ row: "V2", key: "x" });
  });
  it("begins at the first clip, and follows one that moved to another track", () => {
    expect(spotOf(rows, null)).toEqual({ row: "V2", key: "x" });
    expect(spotOf(rows, { row: "V2", key: "b" })).toEqual({ row: "V1", key: "b" });
    expect(spotOf([], null)).toBeNull();
  });
});
