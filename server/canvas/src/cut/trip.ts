/** A round trip as it is decided on this page: compared, chosen, applied. Nothing is changed before “Apply”. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { useMe, useSession } from "../app/session";
import type { CanvasSession } from "../canvas/store";
import type { PutClip, RoundTrip, RoundTripRequest, TripFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import type { LiveEvent } from "../wire/live";
import { asProblem, type Problem } from "../wire/problem";
import { apart, kept, later, lost, type Pick, type Picks, samePlan, sent } from "./choices";

export interface Progress {
  readonly state: string;
  readonly done: number;
  readonly total: number;
}

export interface TripView {
  readonly stage: "idle" | "looking" | "planned" | "applying" | "ended";
  readonly plan: RoundTrip | null;
  /** What the plan was made with. */
  readonly seenWith: Picks;
  readonly picks: Picks;
  /** Said calmly above the plan: the timeline changed meanwhile. */
  readonly note: string;
  readonly problem: Problem | null;
  readonly progress: Progress | null;
  readonly result: RoundTrip | null;
  /** How a trip that failed or was stopped ended. */
  readonly facts: TripFacts | null;
  /** Takes that went in by themselves, beside a conflict left for later. */
  readonly put: readonly PutClip[] | null;
  /** Trips of before that did not end. */
  readonly open: readonly TripFacts[];
}

export interface Consent {
  readonly keepCopy: boolean;
  readonly generate: boolean;
  readonly maxMicros: number;
  readonly allowUnknown: boolean;
}

export const NO_CONSENT: Consent = { keepCopy: false, generate: false, maxMicros: 0, allowUnknown: false };
const EMPTY: TripView = {
  stage: "idle",
  plan: null,
  seenWith: {},
  picks: {},
  note: "",
  problem: null,
  progress: null,
  result: null,
  facts: null,
  put: null,
  open: [],
};
const CHANGED = new Set(["timeline_changed", "timeline_switched", "precondition_failed"]);

/** The conflicts a choice was made about that there are no more. */
function decided({ details }: Problem): readonly string[] {
  const { unknown } = details;
  return typeof unknown === "string" ? unknown.split(" ") : [];
}

export class Trip {
  readonly store = createStore<TripView>(() => EMPTY);
  private hangUp: AbortController | null = null;

  constructor(
    private readonly session: CanvasSession,
    private readonly author: string,
  ) {
    session.on((event) => this.hear(event));
    void this.loadOpen();
  }

  /** See what a round trip would do; choices that still fit are kept. */
  async compare(note = ""): Promise<void> {
    const { stage, plan, picks } = this.store.getState();
    if (stage === "looking" || stage === "applying") return;
    this.store.setState({ stage: "looking", problem: null, result: null, facts: null, put: null, note });
    try {
      await this.show(picks, plan !== null);
    } catch (thrown) {
      this.store.setState({ stage: plan ? "planned" : "idle", problem: asProblem(thrown) });
    }
  }

  pick(ids: readonly string[], pick: Pick): void {
    const more = Object.fromEntries(ids.map((id) => [id, pick]));
    this.store.setState({ picks: { ...this.store.getState().picks, ...more } });
  }

  /** Put the comparison away. */
  close(): void {
    if (this.store.getState().stage !== "applying") this.store.setState({ ...EMPTY, open: this.store.getState().open });
  }

  /** Carry out exactly the plan that is shown; where it has become another one, show that and ask again. */
  async apply(consent: Consent): Promise<void> {
    const { stage, plan, picks, seenWith } = this.store.getState();
    if (stage !== "planned" || !plan) return;
    this.store.setState({ stage: "applying", problem: null, note: "", progress: null });
    this.hangUp = new AbortController();
    const { signal } = this.hangUp;
    try {
      const now = await this.planned(seenWith, signal);
      if (!samePlan(now, plan)) {
        await this.show(picks, true, now);
      } else if (later(picks).length) {
        await this.putApart(plan);
      } else {
        await this.carryOut(picks, consent, signal);
      }
    } catch (thrown) {
      await (signal.aborted ? this.stopped() : this.failed(asProblem(thrown)));
    } finally {
      this.hangUp = null;
    }
  }

  /** Take the open cut as the base; merges nothing. */
  async newBase(): Promise<void> {
    await this.single({ dry_run: false, new_base: true });
  }

  /** End a trip that was cut off: it is finished, or what it did is taken back. */
  async resume(): Promise<void> {
    await this.single({ dry_run: false, resume: true });
    await this.loadOpen();
  }

  /** Call it off as long as nothing was written; after the first write the bridge finishes or undoes it. */
  stop(): void {
    this.hangUp?.abort();
  }

  private async single(asked: Partial<RoundTripRequest>): Promise<void> {
    this.store.setState({ stage: "applying", problem: null, note: "", progress: null });
    try {
      const result = await this.ask(asked);
      this.store.setState({ stage: "ended", result, plan: null, picks: {} });
    } catch (thrown) {
      await this.failed(asProblem(thrown));
    }
  }

  private async carryOut(picks: Picks, consent: Consent, signal: AbortSignal): Promise<void> {
    const asked: Partial<RoundTripRequest> = {
      dry_run: false,
      choices: sent(picks),
      keep_copy: consent.keepCopy,
      generate: consent.generate,
      max_micros: consent.generate ? consent.maxMicros : 0,
      allow_unknown: consent.generate && consent.allowUnknown,
    };
    const result = await this.ask(asked, signal);
    this.store.setState({ stage: "ended", result, plan: null, picks: {}, progress: null });
  }

  private async putApart(plan: RoundTrip): Promise<void> {
    const { links, takes } = apart(plan);
    const body = { canvas_id: this.session.id, links: [...links], takes: { ...takes }, author: this.author };
    const put = await got(api.POST("/api/clips/put", { body }));
    this.store.setState({ stage: "ended", put, plan: null, picks: {}, progress: null });
  }

  /** Show a plan; `asked again` says so when it is another one than before. */
  private async show(picks: Picks, before: boolean, known?: RoundTrip): Promise<void> {
    let plan = known ?? (await this.planned(picks));
    const old = this.store.getState().plan;
    const fitting = kept(picks, plan);
    // The plan that is shown is made with the choices that stand, so that it says what happens.
    if (known) plan = await this.ask({ choices: sent(fitting) });
    const again = before && old !== null && known !== undefined;
    const gone = lost(picks, fitting);
    const words = again
      ? `The timeline or the canvas changed meanwhile; nothing was applied. Look again${
          gone > 0 ? "; choices that no longer fit are open again" : ", your choices are kept"
        }.`
      : this.store.getState().note;
    this.store.setState({ stage: "planned", plan, picks: fitting, seenWith: sent(fitting), note: words });
  }

  private async failed(problem: Problem): Promise<void> {
    const trip = problem.details["trip"];
    const facts = typeof trip === "string" ? await this.factsOf(trip) : null;
    if ((CHANGED.has(problem.code) || decided(problem).length > 0) && !facts) {
      this.store.setState({ stage: "planned", progress: null });
      await this.compare("The timeline changed meanwhile; nothing was applied. Look again, your choices are kept.");
      return;
    }
    const { plan } = this.store.getState();
    this.store.setState({ stage: facts ? "ended" : plan ? "planned" : "idle", problem, facts, progress: null });
    await this.loadOpen();
  }

  /** We hung up: the bridge's own book says whether anything had been written. */
  private async stopped(): Promise<void> {
    const seen = this.store.getState().progress !== null;
    const [newest] = seen ? await this.trips() : [];
    this.store.setState({
      stage: newest ? "ended" : "planned",
      facts: newest ? await this.factsOf(newest.trip) : null,
      note: newest ? "" : "Stopped. Nothing was written to the timeline.",
      progress: null,
    });
  }

  /** A trip that was left in the middle went on, or was undone: what is said of it is what it came to. */
  private async tellAnew(trip: string): Promise<void> {
    const facts = await this.factsOf(trip);
    if (facts?.ended_at) this.store.setState({ facts, problem: null });
  }

  private async factsOf(trip: string): Promise<TripFacts | null> {
    try {
      return await got(api.GET("/api/roundtrips/{trip}", { params: { path: { trip } } }));
    } catch {
      return null;
    }
  }

  private trips(): Promise<TripFacts[]> {
    const query = { canvas_id: this.session.id };
    return got(api.GET("/api/roundtrips", { params: { query } })).catch(() => []);
  }

  private async loadOpen(): Promise<void> {
    const open = (await this.trips()).filter((one) => one.state === "applying" || one.state === "undoing");
    this.store.setState({ open });
  }

  /** The plan with these choices; those about what a colleague has decided meanwhile are left out. */
  private async planned(picks: Picks, signal?: AbortSignal): Promise<RoundTrip> {
    const choices = sent(picks);
    try {
      return await this.ask({ choices }, signal);
    } catch (thrown) {
      const gone = decided(asProblem(thrown));
      if (gone.length === 0) throw thrown;
      const left = Object.entries(choices).filter(([id]) => !gone.includes(id));
      return this.ask({ choices: Object.fromEntries(left) }, signal);
    }
  }

  private ask(asked: Partial<RoundTripRequest>, signal?: AbortSignal): Promise<RoundTrip> {
    const body = { canvas_id: this.session.id, author: this.author, ...asked };
    return got(api.POST("/api/roundtrips", { body, ...(signal ? { signal } : {}) }));
  }

  private hear(event: LiveEvent): void {
    if (event.topic.startsWith("host.")) void this.loadOpen();
    if (event.topic !== "roundtrip.changed") return;
    const told = event.data as Progress & { canvas: string; trip: string };
    if (told.canvas !== this.session.id) return;
    if (this.store.getState().facts?.trip === told.trip) void this.tellAnew(told.trip);
    if (this.store.getState().stage === "applying") {
      this.store.setState({ progress: { state: told.state, done: told.done, total: told.total } });
    } else if (told.state !== "applying" && told.state !== "undoing") void this.loadOpen();
  }
}

const trips = new WeakMap<CanvasSession, Trip>();

export function useTrip(): Trip {
  const session = useSession();
  const { name } = useMe();
  const trip = trips.get(session) ?? new Trip(session, name);
  trips.set(session, trip);
  return trip;
}

export function useTripView<T>(select: (view: TripView) => T): T {
  return useStore(useTrip().store, select);
}
