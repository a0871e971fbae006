"use strict";

/**
 * The footer with its line of counts; pressed, the jobs open above it and stay as the person left them. No animation.
 */

const { every } = require("../link/clock.js");
const { bar, button } = require("./controls.js");
const { as, fill, h, say, show } = require("./dom.js");
const { choiceWords, footer, jobRow, retryWords, shownJobs, today, usualSeconds } = require("./job_words.js");
const { GLYPHS } = require("./marks.js");
const { jobsOf, nameOf } = require("./selectors.js");

const MOST_ROWS = 40;
const SECOND_MS = 1_000;

/** @param {import("./app.js").App} app */
function jobsDrawer(app) {
  const { state, clock } = app;
  const list = h("div", { class: "stack" });
  const empty = h("div", { class: "empty" }, "Nothing is being made.");
  const all = button("", () => pending().forEach((job) => app.acts.cancel(job.job)));
  const area = h("div", { class: "jobs scrolls" }, list, empty, h("div", { class: "row end" }, all.el));
  const line = button("", () => toggle(), { look: "quiet", class: "foot-line figures" });
  const budget = button("Budget", () => app.sheets.budget(), { look: "quiet" });
  /** @type {Map<string, ReturnType<typeof jobView>>} */
  const rows = new Map();

  function pending() {
    const { cancelling } = state.get();
    return jobsOf(state.get()).filter((job) => job.status === "Pending" && !cancelling.includes(job.job));
  }

  function toggle() {
    const jobsOpen = !state.get().jobsOpen;
    state.set({ jobsOpen });
    app.memory.keep({ jobsOpen });
  }

  function draw() {
    const now = state.get();
    const shown = shownJobs(jobsOf(now), now.dismissed, clock.now()).slice(0, MOST_ROWS);
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    line.say(`${now.jobsOpen ? "▾" : "▴"}  ${footer(shown, today(now.spent, now.caps, day))}`);
    show(area, now.jobsOpen);
    if (now.jobsOpen) {
      drawRows(shown);
    }
  }

  /** @param {any[]} shown */
  function drawRows(shown) {
    const wanted = shown.map((job) => {
      const view = rows.get(job.job) || jobView(app);
      rows.set(job.job, view);
      view.draw(job);
      return view.el;
    });
    const there = [...list.children];
    if (there.length !== wanted.length || wanted.some((el, at) => el !== there[at])) {
      fill(list, wanted);
    }
    [...rows.keys()].filter((id) => !shown.some((job) => job.job === id)).forEach((id) => rows.delete(id));
    const waiting = pending().length;
    all.say(`Cancel ${waiting} pending`);
    show(all.el, waiting > 1);
    show(empty, !shown.length);
  }

  state.on(["jobs", "cancelling", "dismissed", "spent", "caps", "jobsOpen", "names", "now"], draw);
  every(
    clock,
    SECOND_MS,
    () => state.get().jobsOpen && jobsOf(state.get()).some((job) => job.status === "InProgress") && draw(),
  );
  draw();
  return { el: h("div", { class: "drawer" }, area, h("div", { class: "foot" }, line.el, budget.el)) };
}

/**
 * One job: glyph, what and where, status with time, a thin bar where the provider counts, its buttons.
 * @param {import("./app.js").App} app
 */
function jobView(app) {
  const { state, clock, acts } = app;
  const glyph = h("div", { class: "glyph" });
  const title = h("div", { class: "one-line" });
  const status = h("div", { class: "label figures wrap" });
  const detail = h("div", { class: "label wrap" });
  const progress = bar();
  const below = h("div", { class: "row wraps" });
  const beside = h("div", { class: "beside" });
  let made = "";
  const el = h(
    "div",
    { class: "card job" },
    h("div", { class: "row top" }, glyph, h("div", { class: "grow" }, title, status, detail, progress.el), beside),
    below,
  );

  /** @param {any} job */
  function draw(job) {
    const now = state.get();
    const usual = usualSeconds(jobsOf(now), job.model);
    const row = jobRow(job, nameOf(now, job.node) || "Another canvas", {
      now: clock.now(),
      usual,
      cancelling: now.cancelling.includes(job.job),
    });
    say(glyph, GLYPHS[row.token] || "");
    as(glyph, "tone-", row.token);
    say(title, row.title);
    say(status, row.status);
    say(detail, row.detail);
    show(detail, Boolean(row.detail));
    show(progress.el, job.status === "InProgress" && job.total > 0);
    progress.set(job.done || 0, job.total || 0);
    const wanted = JSON.stringify([
      row.canCancel,
      row.canRetry,
      row.choices,
      job.status,
      job.high_micros,
      job.max_micros,
    ]);
    if (wanted !== made) {
      made = wanted;
      const buttons = buttonsOf(job, row);
      fill(beside, buttons.length === 1 ? buttons : []);
      fill(below, buttons.length === 1 ? [] : buttons);
      show(below, buttons.length > 1);
    }
  }

  /** @param {any} job @param {import("./job_words.js").JobRow} row */
  function buttonsOf(job, row) {
    const found = [];
    if (row.canCancel) {
      found.push(button("Cancel", () => acts.cancel(job.job)));
    }
    if (row.canRetry) {
      found.push(button(retryWords(job), () => acts.retry(job)));
    }
    row.choices.forEach((choice) => found.push(button(choiceWords(job, choice), () => acts.decide(job, choice))));
    if (!row.canCancel && !row.choices.length && row.status !== "") {
      found.push(button("Dismiss", () => acts.dismiss(job.job), { look: "quiet" }));
    }
    return found.map((one) => one.el);
  }
  return { el, draw };
}

module.exports = { jobsDrawer };
