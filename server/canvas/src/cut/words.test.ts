import { describe, expect, it } from "vitest";
import type { CutItem, CutLayers, CutTrack, CutView, RoundTrip } from "../wire/api.gen";
import { against, difference, differences } from "./layers";
import { spotOf, walk } from "./walk";
import {
  clock,
  gravest,
  kindWords,
  matterOf,
  progressWords,
  short,
  sides,
  stacked,
  tally,
  toYou,
  trackName,
} from "./words";

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
  it("says both changed only where a decision waits: a trim and a new take go together", () => {
    expect(matterOf(item({ link, state: "new take" }), "video", "fresh", false)).toBe("new");
    expect(matterOf(item({ link, state: "new take", changes: ["trimmed"] }), "video", "fresh", false)).toBe("new");
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
      conflicts: [],
    } as unknown as CutView;
    expect(sides(view, "Reel 2", now)).toBe(
      "Yours in Resolve, read 10:42 · canvas “Reel 2” · both agreed 2026-11-21 09:05",
    );
    expect(tally(view, null)).toBe("2 new takes · 1 changed");
    expect(tally({ ...view, conflicts: [{ id: "a" }] } as unknown as CutView, null)).toBe(
      "1 conflict to decide · 2 new takes · 1 changed",
    );
    expect(tally({ ...view, counts: {} }, null)).toBe("Both sides agree");
    const first = { ...view, counts: {}, base: { exists: false, at: "", rev: "", words: "" } } as unknown as CutView;
    expect(tally(first, null)).toBe("Nothing to compare with yet");
    const plan = { clips: [1, 2, 3], decisions: [1], requests: [] } as unknown as RoundTrip;
    expect(tally(view, plan)).toBe("3 changes · 1 conflict");
    expect(clock("nonsense")).toBe("");
    expect(short("Adobe Premiere Pro")).toBe("Premiere");
  });

  it("says what is no plain film at its own speed", () => {
    const said = (more: Partial<CutItem>) => kindWords(item({ inside: 0, ...more }));
    expect(said({})).toBe("");
    expect(said({ speed: "1/2" })).toBe("50 %");
    expect(said({ speed: "-1" })).toBe("Reversed");
    expect(said({ speed: "-3/2" })).toBe("Reversed 150 %");
    expect(said({ speed: "0" })).toBe("Freeze frame");
    expect(said({ speed: "" })).toBe("Speed changes");
    expect(said({ kind: "nested", inside: 3 })).toBe("Nest of 3");
    expect(said({ kind: "still", speed: "" })).toBe("Still");
    expect(said({ kind: "title" })).toBe("Title");
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
    const known = against(layers, "editor");
    expect(mine.clips.map((one) => difference(mine, one, known))).toEqual([
      "Shows something else than in the base",
      "Another place or length than in the base",
    ]);
    expect([differences(layers, "editor"), differences(layers, "canvas")]).toEqual([2, 0]);
    expect(difference(mine, item({ kind: "gap" }), known)).toBe("");
  });

  it("counts a clip that was deleted, and says so on the gap it left", () => {
    const clip = (key: string, from: number, more: Partial<CutItem> = {}) =>
      item({ key, name: key, media: key, record_start: from, record_end: from + 10, ...more });
    const base = { timeline: "t", tracks: [track("video", 1, [clip("a", 0), clip("b", 10), clip("c", 20)])] };
    const gap = item({ key: "gap", kind: "gap", record_start: 10, record_end: 20 });
    const lifted = track("video", 1, [clip("a", 0), gap, clip("c", 20)]);
    const rippled = track("video", 1, [clip("a", 0), clip("c", 10)]);
    const layers = { base, editor: { timeline: "t", tracks: [lifted] }, canvas: { timeline: "t", tracks: [rippled] } };
    const all = layers as unknown as CutLayers;
    expect(difference(lifted, gap, against(all, "editor"))).toBe("Deleted: b");
    expect(differences(all, "editor")).toBe(1);
    // The one that is gone, and the one behind it that moved up.
    expect(differences(all, "canvas")).toBe(2);
    // A clip that only moved is one difference, not a deleted and a new one.
    const moved = {
      ...all,
      editor: { timeline: "t", tracks: [track("video", 1, [clip("a", 0), clip("b", 40), clip("c", 20)])] },
    };
    expect(differences(moved as unknown as CutLayers, "editor")).toBe(1);
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
