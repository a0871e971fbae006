import { useEffect } from "react";
import { create } from "zustand";
import { useSession, useView } from "../app/session";
import type { Take } from "../canvas/model";
import type { LiveJob } from "../wire/api.gen";
import { api, got } from "../wire/http";

export type Job = LiveJob & { eta_seconds?: number | null };

/** The newest job of each node of the open canvas. */
export const useJobs = create<{ canvas: string; byNode: Readonly<Record<string, Job>> }>(() => ({
  canvas: "",
  byNode: {},
}));

/** Keep up with jobs while the drawing is there. */
export function useFollowJobs(): void {
  const session = useSession();
  const connected = useView((view) => view.link === "connected");
  useEffect(() => {
    if (!connected) return;
    const query = { canvas_id: session.id };
    got(api.GET("/api/jobs", { params: { query } })).then(
      (jobs) => useJobs.setState({ canvas: session.id, byNode: newest(jobs as unknown as Job[]) }),
      () => undefined, // Cards go without rings; the next event tells.
    );
    return session.on(({ topic, data }) => {
      if (topic !== "job.changed" && topic !== "job.progress") return;
      const job = data as Job;
      if (job.canvas === session.id) {
        useJobs.setState(({ byNode }) => ({ byNode: newest([...present(byNode[job.node]), job], byNode) }));
      }
    });
  }, [session, connected]);
}

const present = (job: Job | undefined): Job[] => (job ? [job] : []);

/** By node, the job begun last; of one job the later word. */
export function newest(jobs: readonly Job[], before: Readonly<Record<string, Job>> = {}): Record<string, Job> {
  const byNode = { ...before };
  for (const job of jobs) {
    const other = byNode[job.node];
    if (!other || other.job === job.job || job.created_at >= other.created_at) byNode[job.node] = job;
  }
  return byNode;
}

/** Whether a job is worth a badge: under way, waiting for a person, or failed with nothing made since. */
export function worthShowing(job: Job, takes: readonly Take[]): boolean {
  if (job.status === "Complete" || job.state === "cancelled") return false;
  if (job.status !== "Failed") return true;
  const last = takes.at(-1);
  return !last || Date.parse(last.created_at) < Date.parse(job.created_at);
}
