"use strict";

/** Jobs in each standing, as the bridge says them. */

const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

function job(id, more = {}) {
  return {
    job: id,
    canvas: "canvas_1",
    node: "node_make",
    model: "google/veo-3.1",
    provider: "google",
    state: "running",
    status: "InProgress",
    choices: [],
    can_retry: false,
    done: 0,
    total: 0,
    currency: "USD",
    low_micros: 3_200_000,
    high_micros: 4_600_000,
    max_micros: 4_600_000,
    actual_micros: null,
    error: null,
    created_at: minutesAgo(0.7),
    ended_at: null,
    ...more,
  };
}

/** One runs, one waits, one failed, one lost its answer, one is done. */
function someJobs() {
  const error = {
    code: "provider_refused",
    message: "The model refused the prompt (policy).",
    hint: "Edit the prompt.",
  };
  const lost = { code: "unknown_outcome", message: "The answer was lost.", hint: "" };
  return [
    job("job_done", {
      state: "done",
      status: "Complete",
      actual_micros: 3_200_000,
      created_at: minutesAgo(5),
      ended_at: minutesAgo(4),
    }),
    job("job_failed", {
      state: "failed",
      status: "Failed",
      error,
      can_retry: true,
      actual_micros: 0,
      ended_at: minutesAgo(3),
    }),
    job("job_lost", {
      state: "unknown",
      status: "PendingReview",
      error: lost,
      choices: ["look_again", "submit_again", "give_up"],
    }),
    job("job_waits", { state: "queued", status: "Pending" }),
    job("job_runs", { done: 3, total: 10 }),
  ];
}

module.exports = { job, someJobs };
