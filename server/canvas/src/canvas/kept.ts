import { createStore, type StoreApi } from "zustand/vanilla";
import type { LiveEvent } from "../wire/live";
import { asProblem, type Problem } from "../wire/problem";
import type { CanvasSession } from "./store";

/** What belongs to a canvas beside its graph. Values are replaced whole, never written into. */
export interface KeptView<T> {
  /** Null until it is there. What was there stays while it is loaded anew. */
  readonly data: T | null;
  /** Why it could not be loaded last. */
  readonly problem: Problem | null;
}

export interface Keeping<T> {
  load(session: CanvasSession): Promise<T>;
  /**
   * `data` after an event; the very same when the event does not concern it, "anew" when it has to be loaded again.
   * Events that came while it was loaded are heard again afterwards: hearing one twice must change nothing.
   */
  hear(data: T, event: LiveEvent, session: CanvasSession): T | "anew";
}

/** Changes come in bursts: what is loaded anew is asked for once they have passed. */
const REST_MS = 500;

/** Jobs, comments or links of one canvas: loaded once for all of the page, kept in step by live events. */
export class Kept<T> {
  readonly store: StoreApi<KeptView<T>> = createStore<KeptView<T>>(() => ({ data: null, problem: null }));
  private loading: Promise<void> | null = null;
  private meanwhile: LiveEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly session: CanvasSession,
    private readonly keeping: Keeping<T>,
  ) {
    session.on((event) => this.hear(event));
    session.store.subscribe((now, before) => {
      // What was missed may not be told again.
      if (now.link === "connected" && before.link === "away") void this.load();
      if (now.link === "ended") clearTimeout(this.timer);
    });
    void this.load();
  }

  /** Load it anew; never throws, see `problem`. */
  load(): Promise<void> {
    this.loading ??= this.ask().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  /** Resolves once it is there, or could not be loaded. */
  ready(): Promise<void> {
    return this.store.getState().data === null ? this.load() : Promise.resolve();
  }

  /** Put an answer of the bridge in place before its event comes. */
  put(change: (data: T) => T): void {
    const { data } = this.store.getState();
    const next = data === null ? null : change(data);
    if (next !== data) this.store.setState({ data: next });
  }

  private async ask(): Promise<void> {
    this.meanwhile = [];
    try {
      const data = await this.keeping.load(this.session);
      const { data: before } = this.store.getState();
      // What is the same as before stays the same value: nothing is drawn anew for it.
      const same = before !== null && JSON.stringify(before) === JSON.stringify(data);
      this.store.setState({ data: same ? before : data, problem: null });
      for (const event of this.meanwhile) this.take(event);
    } catch (thrown) {
      this.store.setState({ problem: asProblem(thrown) });
    }
  }

  private hear(event: LiveEvent): void {
    if (this.loading) this.meanwhile.push(event);
    else this.take(event);
  }

  private take(event: LiveEvent): void {
    const { data } = this.store.getState();
    const next = data === null ? null : this.keeping.hear(data, event, this.session);
    if (next === "anew") {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.load(), REST_MS);
    } else if (next !== data) this.store.setState({ data: next });
  }
}

/** One for each canvas, made when it is asked for first, and gone with its session. */
export function keptBy<T>(keeping: Keeping<T>): (session: CanvasSession) => Kept<T> {
  const all = new WeakMap<CanvasSession, Kept<T>>();
  return (session) => {
    const kept = all.get(session) ?? new Kept(session, keeping);
    all.set(session, kept);
    return kept;
  };
}
