import type { Job } from "../canvas/jobs";
import type { Take } from "../canvas/model";

/** Whether a job is worth a badge: under way, waiting for a person, or failed with nothing made since. */
export function worthShowing(job: Job, takes: readonly Take[]): boolean {
  if (job.status === "Complete" || job.state === "cancelled") return false;
  if (job.status !== "Failed") return true;
  const last = takes.at(-1);
  return !last || Date.parse(last.created_at) < Date.parse(job.created_at);
}
