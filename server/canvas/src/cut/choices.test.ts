import { describe, expect, it } from "vitest";
import type { Decision, RoundTrip, TripClip } from "../wire/api.gen";
import {
  apart,
  applyWords,
  changes,
  kept,
  later,
  lost,
  options,
  preselected,
  sent,
  undecided,
  whyNotApply,
} from "./choices";

const decision = (id: string, impossible: readonly string[] = []): Decision => ({
  id,
  name: id,
  shot: "SH010",
  link_id: `link ${id}`,
  node: null,
  text: "",
  base: null,
  editor: null,
  canvas: null,
  decided: false,
  choices: (["editor", "canvas", "both"] as const).map((way) => ({
    id: way,
    words: way,
    possible: !impossible.includes(way),
    why_not: impossible.includes(way) ? "No room." : "",
    chosen: way === "editor",
  })),
});
const clip = (link: string, more: Partial<TripClip> = {}): TripClip => ({
  name: link,
  clip: "c1",
  shot: "",
  link_id: link,
  node: null,
  take: `take of ${link}`,
  record_start: 0,
  record_end: 10,
  does: ["Shows SH010 take 2, as on the canvas."],
  conflict: "",
  state: "would",
  words: "",
  picture: null,
  ...more,
});
const plan = (decisions: Decision[], clips: TripClip[] = []): RoundTrip =>
  ({ decisions, clips, requests: [], conflicts: [], edits: [], removed: [], notes: [] }) as unknown as RoundTrip;
const EDITOR = { mayEdit: true, folder: false };

describe("choices", () => {
  it("offers what is possible, says why the rest is not, and always to decide later", () => {
    expect(options(decision("a", ["both"])).map((one) => [one.title, one.whyNot])).toEqual([
      ["Keep timeline", ""],
      ["Use canvas", ""],
      ["Keep both", "No room."],
      ["Decide later", ""],
    ]);
  });

  it("preselects only what leaves no choice", () => {
    expect(preselected(decision("a", ["both"]))).toBeUndefined();
    expect(preselected(decision("a", ["canvas", "both"]))).toBe("editor");
  });

  it("applies nothing until each conflict has a choice; deciding later counts", () => {
    const two = plan([decision("a"), decision("b")], [clip("free")]);
    expect(undecided(two, { a: "canvas" }).map((one) => one.id)).toEqual(["b"]);
    expect(whyNotApply(two, {}, EDITOR)).toBe("2 conflicts still to decide.");
    expect(whyNotApply(two, { a: "canvas" }, EDITOR)).toBe("1 conflict still to decide.");
    expect(whyNotApply(two, { a: "canvas", b: "editor" }, EDITOR)).toBe("");
    expect(whyNotApply(two, { a: "canvas", b: "later" }, EDITOR)).toBe("");
    expect(whyNotApply(plan([decision("a")]), { a: "later" }, EDITOR)).not.toBe("");
    expect(whyNotApply(two, { a: "canvas", b: "editor" }, { mayEdit: false, folder: false })).toContain("editor");
  });

  it("sends no “later”", () => {
    expect(sent({ a: "canvas", b: "later", c: "editor" })).toEqual({ a: "canvas", c: "editor" });
    expect(later({ a: "canvas", b: "later" })).toEqual(["b"]);
  });

  it("counts what a decision adds to the plan it was not made with", () => {
    const one = plan([decision("a")], [clip("x"), clip("y")]);
    expect(changes(one, {}, { a: "editor" })).toBe(2);
    expect(changes(one, {}, { a: "canvas" })).toBe(3);
    expect(changes(one, { a: "canvas" }, { a: "canvas" })).toBe(2);
    expect(applyWords(one, {}, { a: "canvas" }, false)).toBe("Apply 3 changes");
    expect(applyWords(one, {}, { a: "later" }, false)).toBe("Put 2 takes in now");
    expect(applyWords(plan([], [clip("x")]), {}, {}, false)).toBe("Apply 1 change");
  });

  it("keeps the choices that still fit another plan", () => {
    const before = { a: "canvas", b: "both", gone: "editor" } as const;
    const after = kept(before, plan([decision("a"), decision("b", ["both"]), decision("new", ["canvas", "both"])]));
    expect(after).toEqual({ a: "canvas", new: "editor" });
    expect(lost(before, after)).toBe(2);
  });

  it("lets only takes in that no conflict and no other change is about", () => {
    const found = apart(
      plan(
        [decision("a")],
        [
          clip("free"),
          clip("link a"),
          clip("twice"),
          clip("twice"),
          clip("gone", { record_start: null }),
          clip("placed", { clip: "" }),
          clip("moved", { does: ["Shows SH010 take 2, as on the canvas.", "Moves 4 frames later."] }),
        ],
      ),
    );
    expect(found).toEqual({ links: ["free"], takes: { free: "take of free" } });
  });
});
