/** Jobs, comments and linked clips of a canvas, as events change them. */
import { describe, expect, it, vi } from "vitest";
import type { Comment, LinkedClip } from "../wire/api.gen";
import { countOpen, withComment, without } from "./comments";
import { type Job, jobsFrom, withJob } from "./jobs";
import { inTimeline } from "./links";

vi.mock("../wire/http", () => ({}));

describe("jobs", () => {
  const job = (id: string, created_at: string, change: Partial<Job> = {}) =>
    ({ job: id, node: "a", status: "Pending", created_at, ...change }) as Job;

  it("the one begun last stands for its node, whichever comes first", () => {
    const [old, newer] = [job("1", "2026-01-01T00:00:00Z"), job("2", "2026-01-02T00:00:00Z")];
    expect(jobsFrom([newer, old]).newestOf["a"]?.job).toBe("2");
    const jobs = withJob(jobsFrom([newer]), old);
    expect(jobs.newestOf["a"]?.job).toBe("2");
    expect(Object.keys(jobs.byId).sort()).toEqual(["1", "2"]);
    expect(withJob(jobs, job("2", newer.created_at, { status: "Complete" })).newestOf["a"]?.status).toBe("Complete");
  });

  it("what is left of one is known until somebody says otherwise", () => {
    let jobs = withJob(jobsFrom([]), job("1", "2026", { eta_seconds: 40 }));
    jobs = withJob(jobs, job("1", "2026", { status: "InProgress" }));
    expect(jobs.byId["1"]?.eta_seconds).toBe(40);
    expect(withJob(jobs, job("1", "2026", { eta_seconds: null })).byId["1"]?.eta_seconds).toBeNull();
  });
});

describe("comments", () => {
  const said = (id: string, parent: string | null = null, resolved_at: string | null = null, text = id) =>
    ({
      id,
      node: "n",
      parent,
      resolved_at,
      text,
      created_at: `2026-01-01T00:00:0${id.charCodeAt(0) % 10}Z`,
    }) as Comment;

  it("a settled thread counts with none of its answers, an open one with all", () => {
    const all = [said("a", null, "2026"), said("b", "a"), said("c"), said("d", "c")];
    expect(countOpen(all)).toEqual({ n: 2 });
  });

  it("one that was reworded stands in its own place, one taken back is gone", () => {
    const all = [said("d"), said("e"), said("f")];
    const after = withComment(all, said("e", null, null, "other"));
    expect(after.map((one) => one.text)).toEqual(["d", "other", "f"]);
    expect(without(after, "d").map((one) => one.id)).toEqual(["e", "f"]);
  });
});

it("of each linked clip the take delivered last is in the timeline, else the one it came from; of a gap none", () => {
  const clip = (source_take_id: string, ...made: [string, string][]) =>
    ({
      link: { source_take_id },
      deliveries: made.map(([take_id, created_at], number) => ({ take_id, created_at, number })),
    }) as unknown as LinkedClip;
  const linked = [clip("s1"), clip("s2", ["t2", "2026-02"], ["t1", "2026-01"]), clip("")];
  expect([...inTimeline(linked)].sort()).toEqual(["s1", "t2"]);
});
