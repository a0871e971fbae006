"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const root = "../../takebridge_premiere/plugin/ui/";
const words = require(`${root}words.js`);
const jobs = require(`${root}job_words.js`);
const log = require(`${root}log_words.js`);

test("money: cents only, but never less than there is", () => {
  assert.deepEqual(
    [3_200_000, 4_000, 0, null, 12_345_678, 1_000_000].map((micros) => words.money(micros)),
    ["$3.20", "$0.004", "free", "price unknown", "$12.345678", "$1.00"],
  );
  assert.equal(words.exactly(0), "$0.00");
  assert.equal(words.money(500_000, "CHF"), "0.50 CHF");
});

test("prices: ranges, points, open ends", () => {
  assert.equal(words.price(3_100_000, 4_600_000), "$3.10 – $4.60");
  assert.equal(words.price(3_200_000, 3_200_000), "~$3.20");
  assert.equal(words.price(0, 0), "free");
  assert.equal(words.price(null, null), "price unknown");
  assert.equal(words.price(1_000_000, null), "from $1.00, end unknown");
  assert.equal(words.price(null, 2_000_000), "up to $2.00");
});

test("lengths count at the nominal rate", () => {
  assert.equal(words.length(80, "24/1"), "3 s 08 f");
  assert.equal(words.length(80, "24000/1001"), "3 s 08 f");
  assert.equal(words.length(64 * 30 + 12, "30000/1001"), "1 min 04 s 12 f");
  assert.equal(words.length(59, "59.94"), "0 s 59 f"); // nominal 60
  assert.equal(words.length(25, "25"), "1 s 00 f");
});

test("spans, ages and clocks", () => {
  assert.equal(words.span(60, 120), "usually 60 s – 2 min");
  assert.equal(words.span(95, 180), "usually 2–3 min");
  assert.equal(words.span(40, 40), "about 40 s");
  assert.equal(words.span(null, null), "no estimate yet");
  assert.equal(words.ago(10), "just now");
  assert.equal(words.ago(120), "2 min ago");
  assert.equal(words.clock(101), "1:41");
});

test("amounts a person types", () => {
  assert.deepEqual(
    ["50", "$12.50", "0,5", " 3 ", "", "x", "-1", "1e3", "1.1234567", "1000000", "1000000.01"].map(words.microsOf),
    [50_000_000, 12_500_000, 500_000, 3_000_000, null, null, null, null, null, 1_000_000_000_000, null],
  );
});

test("a long line is cut at a word", () => {
  assert.equal(words.firstLine("one two three", 9), "one two…");
  assert.equal(words.firstLine("short\nmore"), "short");
});

const NOW = Date.UTC(2026, 10, 22, 12, 0, 41);
const job = (more) => ({
  job: "j",
  node: "n",
  model: "veo",
  status: "InProgress",
  currency: "USD",
  choices: [],
  high_micros: 4_600_000,
  max_micros: 4_600_000,
  actual_micros: null,
  created_at: "2026-11-22T12:00:00",
  error: null,
  ...more,
});
const row = (more, cancelling = false) => jobs.jobRow(job(more), "SH010", { now: NOW, usual: [60, 120], cancelling });

test("a job in progress says its time; the bridge's times are UTC where they do not say", () => {
  assert.equal(row({}).status, "In progress 0:41, usually 60 s – 2 min");
  assert.deepEqual([row({}).canCancel, row({}).token], [true, "in_progress"]);
  assert.equal(row({}, true).status, "Cancelling… may still be charged");
  assert.equal(row({ status: "Complete", actual_micros: 3_200_000 }).status, "Complete · $3.20");
});

test("a lost answer is said in the same words everywhere", () => {
  const lost = row({
    status: "PendingReview",
    error: { code: "unknown_outcome", message: "x" },
    choices: ["look_again"],
  });
  assert.equal(lost.detail, "We sent this and lost the answer. It may have been charged; we won't send it twice.");
  assert.equal(jobs.choiceWords(job({}), "look_again"), "Check with provider");
  assert.equal(jobs.choiceWords(job({}), "submit_again"), "Send again (may pay twice) · up to $4.60");
});

test("failures say whether they cost money", () => {
  const failed = { status: "Failed", error: { code: "x", message: "No." } };
  assert.equal(jobs.failure(job({ ...failed, actual_micros: 0 })), "No. Not charged.");
  assert.equal(jobs.failure(job({ ...failed, actual_micros: 150_000 })), "No. Charged $0.15.");
  assert.equal(jobs.failure(job(failed)), "No. Whether it was charged is not known yet.");
  assert.equal(jobs.failure(job({ ...failed, error: { code: "job_cancelled" } })), "");
});

test("the footer counts, and says what today cost", () => {
  const spent = [
    { day: "2026-11-22", currency: "USD", settled_micros: 18_000_000, reserved_micros: 400_000, unknown_jobs: 1 },
    { day: "2026-11-21", currency: "USD", settled_micros: 99_000_000, reserved_micros: 0 },
  ];
  const caps = [{ scope: "day", key: "", currency: "USD", limit_micros: 50_000_000 }];
  const today = jobs.today(spent, caps, "2026-11-22");
  assert.equal(today, "Today $18.40 of $50.00 + 1 job of unknown cost");
  assert.equal(
    jobs.footer([job({}), job({ status: "Failed" })], "Today $0.00"),
    "1 in progress · 1 failed · Today $0.00",
  );
  assert.equal(jobs.footer([], "Today $0.00"), "Nothing in progress · Today $0.00");
});

test("a finished job leaves after a quarter of an hour, a failed one stays", () => {
  const done = job({ job: "a", status: "Complete", ended_at: "2026-11-22T11:45:00Z" });
  const failed = job({ job: "b", status: "Failed", error: { code: "x" }, ended_at: "2026-11-21T00:00:00Z" });
  assert.deepEqual(
    jobs.shownJobs([done, failed], [], NOW).map((one) => one.job),
    ["b"],
  );
  assert.deepEqual(jobs.shownJobs([done, failed], ["b"], NOW), []);
});

test("events become sentences; a push tells of itself", () => {
  const told = (topic, data) => (log.ofEvent(topic, data, NOW, () => "SH010") || {}).text;
  assert.equal(
    told("job.changed", { ...job({}), status: "Complete", actual_micros: 0 }),
    "SH010: a new take is there. Not charged.",
  );
  assert.equal(told("host.disconnected", { reason: "stopped" }), "The editor is disconnected: it was stopped.");
  assert.equal(
    told("canvas.changed", { author: "Ada", origin: "user", ops: [{ op: "pin" }, { op: "rate_take" }] }),
    "Ada pinned a take and rated a take.",
  );
  assert.equal(told("canvas.changed", { author: "Ada", ops: [{ op: "add_take" }, { op: "pin" }] }), undefined);
  assert.equal(told("job.progress", job({})), undefined);
});
