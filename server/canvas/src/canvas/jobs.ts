import type { LiveJob } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { keptBy } from "./kept";

/** A job with the seconds its provider says are left, as far as somebody said. */
export type Job = LiveJob & { readonly eta_seconds?: number | null };

/** The jobs of a canvas by their id, and the newest one of each node. */
export interface Jobs {
  readonly byId: Readonly<Record<string, Job>>;
  readonly newestOf: Readonly<Record<string, Job>>;
}

export const jobsOf = keptBy<Jobs>({
  async load({ id }) {
    return jobsFrom((await got(api.GET("/api/jobs", { params: { query: { canvas_id: id } } }))) as readonly Job[]);
  },
  hear(jobs, { topic, data }, { id }) {
    if (topic !== "job.changed" && topic !== "job.progress") return jobs;
    return (data as Job).canvas === id ? withJob(jobs, data as Job) : jobs;
  },
});

export function jobsFrom(all: readonly Job[]): Jobs {
  const newestOf: Record<string, Job> = {};
  for (const job of all) if (isNewest(job, newestOf[job.node])) newestOf[job.node] = job;
  return { byId: Object.fromEntries(all.map((job) => [job.job, job])), newestOf };
}

/** The jobs after one of them came or changed; what is left of it is known until somebody says otherwise. */
export function withJob({ byId, newestOf }: Jobs, changed: Job): Jobs {
  const eta_seconds = changed.eta_seconds === undefined ? byId[changed.job]?.eta_seconds : changed.eta_seconds;
  const job = eta_seconds === undefined ? changed : { ...changed, eta_seconds };
  const newest = isNewest(job, newestOf[job.node]) ? { ...newestOf, [job.node]: job } : newestOf;
  return { byId: { ...byId, [job.job]: job }, newestOf: newest };
}

/** Whether a job was begun last at its node; of one job the later word counts. */
const isNewest = (job: Job, other: Job | undefined) =>
  !other || other.job === job.job || job.created_at >= other.created_at;
