import { describe, expect, it, vi } from "vitest";
import type { Cap, Entry, Job, Plan, SpendLine, Step } from "../wire/api.gen";
import { cell, csv } from "./csv";
import { news, priorities, sections, summary, usual, usualWords } from "./jobs";
import { changes, isFree, skippedGroups, stops } from "./plan";
import { charts, days, within } from "./spend";
import { budgets, capFor, nearness, type Standing, shownBudget } from "./standing";
import { whoCan } from "./who";
import { ceilings, clock, dayAfter, duration, durationRange, micros, sums, typed } from "./words";

const job = (id: string, over: Partial<Job> = {}): Job =>
  ({
    ...{
      job: id,
      canvas: "c",
      node: `node-${id}`,
      model: "stage/image",
      provider: "stage",
      author: "Ada",
      origin: "user",
    },
    ...{
      run: null,
      fan: null,
      retry_of: null,
      priority: 0,
      state: "queued",
      status: "Pending",
      choices: [],
      notes: [],
    },
    ...{ can_retry: false, done: 0, total: 0, starts: 0, take: null, late: false, error: null, currency: "USD" },
    ...{ low_micros: 0, high_micros: 0, max_micros: null, actual_micros: null, ended_at: null },
    ...{ created_at: "2026-11-22T10:00:00.000+00:00", ...over },
  }) as Job;

const step = (node: string, over: Partial<Step> = {}): Step => ({
  ...{ node, title: node, expected_fp: "fp", model: "stage/image", low_micros: 20_000, high_micros: 40_000, group: 0 },
  ...{
    currency: "USD",
    seconds_low: 1,
    seconds_high: 20,
    local: false,
    free: false,
    certain: true,
    notes: [],
    ...over,
  },
});

const plan = (steps: Step[], over: Partial<Plan> = {}): Plan => ({
  ...{ groups: [steps], skipped: [], may_follow: [], reverts: [], now: [], whole: [], at_most: [], unknown_prices: 0 },
  ...{ seconds_low: 0, seconds_high: 0, sentence: "", digest: "d1", bindings: [], ...over },
});

const line = (over: Partial<SpendLine>): SpendLine => ({
  ...{
    author: null,
    canvas_id: null,
    day: null,
    model: null,
    node_id: null,
    provider: null,
    shot: null,
    currency: "USD",
  },
  ...{
    jobs: 1,
    returned_jobs: 0,
    unknown_jobs: 0,
    reserved_micros: 0,
    settled_micros: 0,
    low_micros: 0,
    high_micros: 0,
  },
  ...over,
});

/** What the modules read of the page when they are loaded. */
vi.hoisted(() => vi.stubGlobal("location", { origin: "http://127.0.0.1" }));

describe("words", () => {
  it("reads amounts as people type them, and refuses what is none", () => {
    expect(micros("5")).toBe(5_000_000);
    expect(micros("$5.00")).toBe(5_000_000);
    expect(micros("0,04")).toBe(40_000);
    expect(micros("0.000001")).toBe(1);
    for (const wrong of ["", "five", "-1", "1e9", "1.2.3", "1,234.50"]) expect(micros(wrong)).toBeNull();
  });

  it("never offers less than it may cost", () => {
    for (const amount of [0, 1, 40_000, 123_456, 4_123_456, 999_999_999]) {
      expect(micros(typed(amount)) ?? -1).toBeGreaterThanOrEqual(amount);
    }
  });

  it("says unknown prices and never adds currencies up", () => {
    const usd = { currency: "USD", low_micros: 3_100_000, high_micros: 4_600_000, unknown: 1 };
    const eur = { currency: "EUR", low_micros: 2_000_000, high_micros: 2_000_000, unknown: 0 };
    expect(sums([usd, eur])).toBe("$3.10 – $4.60 + €2.00 + 1 unpriced");
    expect(ceilings([usd, eur])).toBe("$4.60 + €2.00 + 1 unpriced");
    expect(sums([])).toBe("free");
  });

  it("says times as ranges", () => {
    expect(duration(40)).toBe("40 s");
    expect(durationRange(40, 300)).toBe("40 s – 5 min");
    expect(durationRange(40, null)).toBe("at least 40 s");
    expect(durationRange(0, null)).toBe("time unknown");
    expect(clock(41)).toBe("0:41");
    expect(clock(3730)).toBe("1:02:10");
    expect(dayAfter("2026-02-28")).toBe("2026-03-01");
  });
});

describe("queue", () => {
  it("keeps a failure in sight until its node is asked for anew, or it is put away", () => {
    const failed = job("a", { state: "failed", status: "Failed", node: "n" });
    const later = job("b", { node: "n", created_at: "2026-11-22T11:00:00.000+00:00" });
    expect(sections([failed]).failed).toEqual([failed]);
    expect(sections([failed, later]).failed).toEqual([]);
    expect(sections([failed], new Set(["a"])).failed).toEqual([]);
    expect(sections([{ ...failed, error: { code: "given_up" } }]).failed).toEqual([]);
  });

  it("counts what wants a decision first, and puts waiting jobs in the order of their turns", () => {
    const found = sections([
      job("late", { priority: 5 }),
      job("soon", { priority: -1 }),
      job("open", { state: "unknown", status: "PendingReview" }),
    ]);
    expect(found.pending.map((one) => one.job)).toEqual(["soon", "late"]);
    expect(summary(found).map((one) => one.words)).toEqual(["1 pending review", "2 pending"]);
  });

  it("puts a job before all others", () => {
    const others = [job("a", { priority: -3 }), job("b")];
    expect(priorities(job("c"), others).first).toBe(-4);
    expect(priorities(job("c", { priority: -1000 }), [job("a", { priority: -1000 })]).first).toBe(-1000);
  });

  it("knows how long a model usually takes only from its own past", () => {
    const done = (id: string, seconds: number) =>
      job(id, {
        ...{ state: "done", status: "Complete" },
        ended_at: new Date(Date.parse("2026-11-22T10:00:00Z") + seconds * 1000).toISOString(),
      });
    expect(usual([done("a", 60)]).get("stage/image")).toBeUndefined();
    expect(usualWords(undefined)).toBe("no estimate yet");
    expect(usualWords(usual([done("a", 60), done("b", 130)]).get("stage/image"))).toBe("usually 60 s – 2 min");
  });

  it("announces what happened, not what was there", () => {
    const now = job("a", { state: "failed", status: "Failed", error: { message: "Refused." } });
    expect(news(undefined, now, "SH010")).toBeNull();
    expect(news(now, now, "SH010")).toBeNull();
    expect(news(job("a"), now, "SH010")).toEqual({ words: "SH010 failed. Refused.", urgent: true });
    expect(news(job("a"), job("a", { state: "done", status: "Complete" }), "SH010")?.urgent).toBe(false);
  });
});

describe("plan", () => {
  it("says what is another than before", () => {
    const before = plan([step("A"), step("B")]);
    const after = plan([step("A", { high_micros: 90_000 }), step("C", { free: true })], { digest: "d2" });
    expect(changes(before, before)).toEqual([]);
    expect(changes(before, after)).toEqual([
      "“A” costs $0.02 – $0.09 instead of $0.02 – $0.04",
      "“C” runs as well now, free",
      "“B” does not run any more",
    ]);
    expect(changes(before, plan([step("A"), step("B")], { digest: "d3" }))).toHaveLength(1);
  });

  it("is stopped by a cap it would pass, not by one that only asks for a maximum", () => {
    const over = plan([step("A", { high_micros: 3_000_000 })], {
      whole: [{ currency: "USD", low_micros: 0, high_micros: 3_000_000, unknown: 0 }],
      bindings: [{ scope: "day", currency: "USD", left_micros: 900_000, words: "Of the $5.00 …" }],
    });
    expect(stops(over, []).map((one) => one.title)).toEqual(["Over today’s budget by $2.10"]);
    const unknown = plan([step("A", { high_micros: null })], {
      whole: [{ currency: "USD", low_micros: 0, high_micros: 0, unknown: 1 }],
      bindings: [{ scope: "day", currency: "USD", left_micros: 900_000, words: "Jobs at an unknown price …" }],
    });
    expect(stops(unknown, [])).toEqual([]);
  });

  it("is stopped by a cap in another currency alone", () => {
    const eur: Cap = { scope: "day", key: "", currency: "EUR", limit_micros: 1 };
    const made = plan([step("A")], { bindings: [{ scope: "day", currency: "USD", left_micros: null, words: "…" }] });
    expect(stops(made, [eur])).toHaveLength(1);
    expect(stops(made, [eur, { ...eur, currency: "USD" }])).toHaveLength(0);
  });

  it("is free only when every step is", () => {
    expect(isFree(plan([step("A", { free: true })]))).toBe(true);
    expect(isFree(plan([step("A", { free: true }), step("B", { high_micros: null })]))).toBe(false);
  });

  it("groups what is left out, what one can do something about first", () => {
    const left = (node: string, reason: Plan["skipped"][number]["reason"]) => ({
      node,
      title: node,
      reason,
      words: "",
    });
    const groups = skippedGroups([left("a", "fresh"), left("b", "blocked"), left("c", "fresh")]);
    expect(groups.map((one) => one.title)).toEqual(["1 waiting for input", "2 up to date"]);
  });
});

describe("budgets", () => {
  const cap = (over: Partial<Cap>): Cap => ({
    scope: "day",
    key: "",
    currency: "USD",
    limit_micros: 10_000_000,
    ...over,
  });
  const standing = (over: Partial<Standing>): Standing => ({
    ...{ day: "2026-11-22", canvas: "c", author: "Ada", caps: [], today: [], onCanvas: [], mine: [], room: {} },
    ...over,
  });

  it("lets a cap of its own replace that of each", () => {
    const caps = [cap({}), cap({ key: "2026-11-22", limit_micros: 5 })];
    expect(capFor(caps, "day", "2026-11-22", "USD")?.limit_micros).toBe(5);
    expect(capFor(caps, "day", "2026-11-23", "USD")?.limit_micros).toBe(10_000_000);
    expect(capFor(caps, "day", "2026-11-22", "EUR")).toBeUndefined();
  });

  it("counts what is held, and shows today’s before a tighter one", () => {
    const caps = [cap({}), cap({ scope: "canvas", limit_micros: 4_000_000 })];
    const spent = line({ settled_micros: 2_000_000, reserved_micros: 1_000_000, high_micros: 3_000_000 });
    const here = standing({ caps, today: [spent], onCanvas: [spent] });
    expect(budgets(here).map((one) => [one.cap.scope, one.left])).toEqual([
      ["canvas", 1_000_000],
      ["day", 7_000_000],
    ]);
    expect(shownBudget(here)?.cap.scope).toBe("day");
  });

  it("says near and over", () => {
    const at = (committed: number) => nearness({ cap: cap({}), committed, left: 10_000_000 - committed, uncounted: 0 });
    expect([at(0), at(9_000_000), at(9_000_001), at(10_000_000), at(12_000_000)]).toEqual([
      "fine",
      "fine",
      "near",
      "over",
      "over",
    ]);
  });
});

describe("spending", () => {
  it("draws a chart a currency", () => {
    const found = charts(
      [
        line({ shot: "A", settled_micros: 1, jobs: 2 }),
        line({ shot: "B", settled_micros: 5, unknown_jobs: 1 }),
        line({ shot: "A", settled_micros: 7, currency: "EUR" }),
      ],
      "shot",
    );
    expect(found.map((one) => [one.currency, one.total.settled])).toEqual([
      ["EUR", 7],
      ["USD", 6],
    ]);
    expect(found[1]?.bars.map((bar) => bar.name)).toEqual(["B", "A"]);
    expect(found[1]?.total).toMatchObject({ jobs: 3, unknown: 1 });
  });

  it("shows the days between", () => {
    const bar = (name: string) => ({ name, settled: 1, held: 0, jobs: 1, returned: 0, unknown: 0 });
    expect(days([bar("2026-11-03"), bar("2026-11-01")]).map((one) => [one.name, one.jobs])).toEqual([
      ["2026-11-01", 1],
      ["2026-11-02", 0],
      ["2026-11-03", 1],
    ]);
    expect(days([bar("2026-11-03"), bar("2020-11-01")])).toHaveLength(2);
  });

  it("takes the end of a range out, and turns the order round", () => {
    const at = (day: string) => ({ created_at: `${day}T23:59:59.000+00:00` }) as Entry;
    const all = [at("2026-11-20"), at("2026-11-21"), at("2026-11-22")];
    expect(within(all, "2026-11-21", "2026-11-22")).toEqual([all[1]]);
    expect(within(all, "", "")).toEqual([all[2], all[1], all[0]]);
  });
});

describe("CSV", () => {
  it("lets nothing run in a spreadsheet", () => {
    for (const evil of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0=1", "|calc"]) {
      expect(cell(evil)).toBe(`"'${evil}"`);
    }
    expect(cell('=HYPERLINK("x")')).toBe(`"'=HYPERLINK(""x"")"`);
  });

  it("keeps numbers, quotes and lines", () => {
    expect(cell(-0.04)).toBe("-0.04");
    expect(cell(null)).toBe("");
    expect(cell("S01A, “ferry”")).toBe('"S01A, “ferry”"');
    expect(
      csv([
        ["a", 1],
        ["two\nlines", null],
      ]),
    ).toBe('\uFEFFa,1\r\n"two\nlines",\r\n');
  });
});

describe("who can", () => {
  it("names those who may", () => {
    const person = (name: string, role: string) => ({
      id: name,
      name,
      role,
      created_at: "",
      last_seen: "",
      sessions: [],
    });
    const all = [person("root", "owner"), person("Ada", "producer"), person("Bob", "editor")] as never;
    expect(whoCan(all, "producer")).toBe("root (owner) or Ada (producer)");
    expect(whoCan([] as never, "producer")).toBe("the owner of the bridge");
  });
});
