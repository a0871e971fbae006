/** Runs, pauses and money of an open canvas: loaded once, then kept in step by events. Shared by all of money. */

import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { useMe, useSession } from "../app/session";
import { type Jobs, jobsOf, withJob } from "../canvas/jobs";
import type { CanvasSession } from "../canvas/store";
import { attempt } from "../ui/toasts";
import type { Job, PauseFacts, QueueFacts, RunFacts } from "../wire/api.gen";
import { bridgeNow } from "../wire/clock";
import { api, got } from "../wire/http";
import type { LiveEvent } from "../wire/live";
import { asProblem, type Problem } from "../wire/problem";
import { news } from "./jobs";
import { loadStanding, type Standing } from "./standing";

export interface DeskView {
  readonly problem: Problem | null;
  /** Jobs of other canvases as they were when they were looked at last; null until somebody looks. */
  readonly elsewhere: readonly Job[] | null;
  readonly runs: Readonly<Record<string, RunFacts>>;
  readonly pauses: readonly PauseFacts[];
  readonly providers: QueueFacts["providers"];
  readonly standing: Standing | null;
  /** What was announced last; `turn` tells two equal sentences apart. */
  readonly polite: { readonly words: string; readonly turn: number };
  readonly urgent: { readonly words: string; readonly turn: number };
}

const QUIET = { words: "", turn: 0 };
const EMPTY: DeskView = {
  problem: null,
  elsewhere: null,
  runs: {},
  pauses: [],
  providers: {},
  standing: null,
  polite: QUIET,
  urgent: QUIET,
};
/** After a change of a job the money is asked for anew, this long after the last one. */
const SETTLE_MS = 400;

export class Desk {
  readonly store = createStore<DeskView>(() => EMPTY);
  private readonly jobs;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly session: CanvasSession,
    private readonly author: string,
  ) {
    this.jobs = jobsOf(session);
    this.jobs.store.subscribe((now, before) => this.follow(now.data, before.data));
    session.on((event) => this.hear(event));
    session.store.subscribe((now, before) => {
      if (now.link === "connected" && before.link !== "connected") void this.load();
    });
    void this.load();
  }

  /** Load everything anew. What cannot be loaded is said in `problem`; what was there stays. */
  async load(): Promise<void> {
    try {
      const query = { canvas_id: this.session.id };
      const [, runs, queue] = await Promise.all([
        this.jobs.ready(),
        got(api.GET("/api/runs", { params: { query } })),
        got(api.GET("/api/queue")),
      ]);
      this.store.setState({
        problem: this.jobs.store.getState().problem,
        runs: Object.fromEntries(runs.map((run) => [run.run, run])),
        pauses: queue.pauses,
        providers: queue.providers,
      });
      await this.loadStanding();
    } catch (thrown) {
      this.store.setState({ problem: asProblem(thrown) });
    }
  }

  /** Load what counts against the caps. */
  async loadStanding(): Promise<void> {
    try {
      this.store.setState({ standing: await loadStanding(this.session.id, this.author) });
    } catch (thrown) {
      this.store.setState({ problem: asProblem(thrown) });
    }
  }

  /** Look at the jobs of the other canvases. */
  async loadElsewhere(): Promise<void> {
    try {
      const all = await got(api.GET("/api/jobs", { params: { query: {} } }));
      this.store.setState({ elsewhere: all.filter((job) => job.canvas !== this.session.id) });
    } catch (thrown) {
      this.store.setState({ problem: asProblem(thrown) });
    }
  }

  /** Put an answer in place before its event comes. */
  seen(answer: {
    job?: Job | undefined;
    run?: RunFacts | undefined;
    pauses?: readonly PauseFacts[] | undefined;
  }): void {
    const { job } = answer;
    if (job?.canvas === this.session.id) this.jobs.put((jobs) => withJob(jobs, job));
    if (answer.run) this.takeRun(answer.run);
    if (answer.pauses) this.store.setState({ pauses: answer.pauses });
  }

  /** Ask a job to stop. What is refused is said. */
  async cancel(job: Job): Promise<void> {
    const params = { path: { job_id: job.job } };
    const answer = await attempt(() => got(api.POST("/api/jobs/{job_id}/cancel", { params })));
    if (answer) this.seen({ job: answer });
  }

  private hear(event: LiveEvent): void {
    if (event.topic === "run.changed") this.takeRun(event.data as Partial<RunFacts> & { run: string });
    else if (event.topic === "queue.changed") this.seen({ pauses: (event.data as { pauses: PauseFacts[] }).pauses });
    else if (event.topic === "caps.changed") void this.loadStanding();
  }

  /** Say what became of jobs, and count the money anew. */
  private follow(now: Jobs | null, before: Jobs | null): void {
    if (!now || !before) return;
    for (const job of Object.values(now.byId)) {
      const old = before.byId[job.job];
      if (old === job) continue;
      if (old?.state === job.state) continue;
      this.announce(old, job);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.loadStanding(), SETTLE_MS);
    }
  }

  private takeRun(run: Partial<RunFacts> & { run: string }): void {
    const before = this.store.getState().runs[run.run];
    const blank: RunFacts = {
      ...{ run: run.run, canvas: this.session.id, author: "", state: "running", reason: "", currency: "USD" },
      ...{ done: 0, total: 0, under_way: 0, failed: 0, spent_micros: 0, max_micros: 0 },
      ...{ created_at: new Date(bridgeNow()).toISOString(), ended_at: "" },
    };
    this.store.setState(({ runs }) => ({ runs: { ...runs, [run.run]: { ...blank, ...before, ...run } } }));
  }

  private announce(before: Job | undefined, job: Job): void {
    const title = this.session.store.getState().seen?.doc.nodes[job.node]?.title || "a node";
    const said = news(before, job, title);
    if (!said) return;
    const name = said.urgent ? "urgent" : "polite";
    this.store.setState((view) => ({ [name]: { words: said.words, turn: view[name].turn + 1 } }));
  }
}

const desks = new WeakMap<CanvasSession, Desk>();

/** The desk of the open canvas. */
export function useDesk(): Desk {
  const session = useSession();
  const { name } = useMe();
  const found = desks.get(session) ?? new Desk(session, name);
  desks.set(session, found);
  return found;
}

/** Read from it; renders again only when what `select` gives has changed. */
export function useDeskView<T>(select: (view: DeskView) => T): T {
  return useStore(useDesk().store, select);
}
