import { describe, expect, it } from "vitest";
import type { Comment } from "../../wire/api.gen";
import { isOwn, threadsOf, unread } from "./threads";

const comment = (id: string, at: number, change: Partial<Comment> = {}): Comment => ({
  id,
  canvas: "c",
  node: "n",
  take: null,
  frame: null,
  text: id,
  author: "Ada",
  person: "",
  parent: null,
  created_at: `2026-11-22T10:00:0${at}Z`,
  edited_at: null,
  resolved_at: null,
  resolved_by: "",
  ...change,
});
const me = { id: "p1", name: "Bo", role: "reviewer" };

describe("threads", () => {
  it("gather replies under what they answer, settled threads last", () => {
    const all = [
      comment("b", 2),
      comment("a", 1, { resolved_at: "2026-11-22T11:00:00Z" }),
      comment("b2", 4, { parent: "b" }),
      comment("b1", 3, { parent: "b" }),
      comment("other", 1, { node: "m" }),
    ];
    expect(threadsOf(all, "n").map((one) => [one.first.id, one.replies.map((reply) => reply.id)])).toEqual([
      ["b", ["b1", "b2"]],
      ["a", []],
    ]);
  });

  it("lose no reply whose beginning is gone", () => {
    expect(threadsOf([comment("r", 1, { parent: "gone" })], "n").map((one) => one.first.id)).toEqual(["r"]);
  });
});

describe("what is new", () => {
  it("is what others wrote since one looked", () => {
    const all = [comment("a", 1), comment("b", 3), comment("mine", 4, { author: "Bo" })];
    expect(unread(all, "n", "", me)).toBe(2);
    expect(unread(all, "n", "2026-11-22T10:00:02Z", me)).toBe(1);
  });

  it("knows one's own by the person, else by the name", () => {
    expect(isOwn(comment("a", 1, { author: "Bo", person: "p2" }), me)).toBe(false);
    expect(isOwn(comment("a", 1, { author: "Once", person: "p1" }), me)).toBe(true);
    expect(isOwn(comment("a", 1, { author: "Bo" }), me)).toBe(true);
  });
});
