/** What the queue shows, worked out from the jobs as the bridge says them. */
import type { Job, RunFacts } from "../wire/api.gen";
import { duration } from "./words";

export interface Sections {
  readonly review: readonly Job[];
  readonly running: readonly Job[];
  readonly pending: readonly Job[];
  readonly failed: readonly Job[];
  readonly done: readonly Job[];
}

const MOST_DONE = 30;
const newest = (one: Job, other: Job) =>
  (other.ended_at ?? other.created_at).localeCompare(one.ended_at ?? one.created_at);

/**
 * Jobs by what they want of a person. A failure stays in sight until something newer is asked of its node, somebody
 * gave up on it or put it away; of what is done, the newest.
 */
export function sections(jobs: readonly Job[], putAway: ReadonlySet<string> = new Set()): Sections {
  const of = (status: string) => jobs.filter((job) => job.status === status);
  const latest = new Map<string, string>();
  for (const job of jobs) {
    if (job.created_at > (latest.get(job.node) ?? "")) latest.set(job.node, job.created_at);
  }
  const matters = (job: Job) =>
    job.state === "failed" &&
    !putAway.has(job.job) &&
    job.created_at === latest.get(job.node) &&
    code(job) !== "given_up";
  return {
    review: of("PendingReview").sort(newest),
    running: of("InProgress").sort((one, other) => one.created_at.localeCompare(other.created_at)),
    pending: of("Pending").sort(
      (one, other) => one.priority - other.priority || one.created_at.localeCompare(other.created_at),
    ),
    failed: of("Failed").filter(matters).sort(newest),
    done: of("Complete").sort(newest).slice(0, MOST_DONE),
  };
}

export const code = (job: Job): string => text(job.error, "code");

export function text(error: Job["error"], name: "code" | "message" | "hint"): string {
  const found = error?.[name];
  return typeof found === "string" ? found : "";
}

/** `2 in progress · 3 pending`; `Nothing in the queue` when there is nothing to say. */
export function summary(found: Sections): readonly { key: keyof Sections; words: string }[] {
  const parts: { key: keyof Sections; words: string }[] = [];
  if (found.review.length) parts.push({ key: "review", words: `${found.review.length} pending review` });
  if (found.running.length) parts.push({ key: "running", words: `${found.running.length} in progress` });
  if (found.pending.length) parts.push({ key: "pending", words: `${found.pending.length} pending` });
  if (found.failed.length) parts.push({ key: "failed", words: `${found.failed.length} failed` });
  return parts;
}

/** Seconds from when the provider took it (of an older bridge: from asking) to the end. */
const took = (job: Job): number =>
  (Date.parse(job.ended_at ?? "") - Date.parse(job.started_at || job.created_at)) / 1000;
const LEAST_PAST = 2;
const MOST_PAST = 20;

/**
 * How long jobs of each model usually took, from when the provider had them to the take: the middle four fifths of the newest twenty.
 * A model with fewer than two has no estimate yet.
 */
export function usual(jobs: readonly Job[]): ReadonlyMap<string, readonly [number, number]> {
  const past = new Map<string, number[]>();
  for (const job of [...jobs].sort(newest)) {
    const times = past.get(job.model) ?? [];
    if (job.status !== "Complete" || !job.ended_at || times.length >= MOST_PAST) continue;
    times.push(took(job));
    past.set(job.model, times);
  }
  const found = new Map<string, readonly [number, number]>();
  for (const [model, times] of past) {
    if (times.length < LEAST_PAST) continue;
    const sorted = times.sort((one, other) => one - other);
    const cut = Math.floor(sorted.length / 10);
    found.set(model, [sorted[cut] ?? 0, sorted[sorted.length - 1 - cut] ?? 0]);
  }
  return found;
}

/** `usually 1 – 2 min`, `no estimate yet`. */
export function usualWords(range: readonly [number, number] | undefined): string {
  if (!range) return "no estimate yet";
  const [low, high] = range.map(duration);
  return low === high ? `usually ${high}` : `usually ${low} – ${high}`;
}

/** Priorities that put a waiting job before all others, a step up, a step down. */
export function priorities(job: Job, pending: readonly Job[]): { first: number; up: number; down: number } {
  const least = Math.min(...pending.filter((one) => one.job !== job.job).map((one) => one.priority), 1);
  const within = (value: number) => Math.max(-1000, Math.min(1000, value));
  return {
    first: within(Math.min(least - 1, job.priority)),
    up: within(job.priority - 1),
    down: within(job.priority + 1),
  };
}

export const isOpen = (run: RunFacts): boolean => run.state === "running" || run.state === "paused";

/** What to announce when a job changes; nothing for what is no news to somebody who does not look. */
export function news(before: Job | undefined, now: Job, title: string): { words: string; urgent: boolean } | null {
  if (!before || before.status === now.status) return null;
  if (now.status === "Complete") return { words: `A take of ${title} is ready.`, urgent: false };
  if (now.status === "PendingReview")
    return { words: `${title} needs a decision: its outcome is unknown.`, urgent: true };
  if (now.state === "cancelled") return { words: `${title} was cancelled.`, urgent: false };
  if (now.status === "Failed") return { words: `${title} failed. ${text(now.error, "message")}`, urgent: true };
  return null;
}
