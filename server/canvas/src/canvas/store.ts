import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Ahead } from "../wire/ahead";
import type { LiveEditing, LiveHello, LivePresence } from "../wire/api.gen";
import { answered, api, got } from "../wire/http";
import { Live, type LiveEvent } from "../wire/live";
import { asProblem, Problem } from "../wire/problem";
import { advanced, type Seen } from "./advanced";
import type { CanvasChanged, Kinds, Op, Snapshot } from "./model";
import { docOf, type Whole } from "./reduce";
import { turns } from "./turns";

export type { Seen } from "./advanced";

/** Somebody else on this canvas. `client` names the connection. */
export interface Present {
  client: string;
  canvas: string;
  name: string;
  cursor: readonly [number, number] | null;
  selection: readonly string[];
  editing: LiveEditing | null;
}

export type Link = "connecting" | "connected" | "away" | "ended";

export interface CanvasView {
  readonly link: Link;
  readonly seen: Seen | null;
  /** Why the canvas is not there, when it is not. */
  readonly problem: Problem | null;
  readonly present: readonly Present[];
  /** This page's own connection. */
  readonly client: string;
  /** How many of one's own edits can be undone and redone. */
  readonly undo: number;
  readonly redo: number;
}

export interface Committed {
  epoch: string;
  rev: number;
}

type Heard = (event: LiveEvent) => void;

const EMPTY: CanvasView = {
  link: "connecting",
  seen: null,
  problem: null,
  present: [],
  client: "",
  undo: 0,
  redo: 0,
};

/**
 * A canvas kept in step with the bridge's: snapshot first, then one change after the other (docs/live.md). Edits go
 * out as ops and come back like everybody's; this page decides nothing and works no state out.
 */
export class CanvasSession {
  readonly store = createStore<CanvasView>(() => EMPTY);
  private readonly live: Live;
  private readonly heard = new Set<Heard>();
  private readonly waiting = new Set<() => void>();
  private loading: Promise<void> | null = null;
  private first: Promise<Response> | null;
  private behind = true;
  private queued: CanvasChanged[] = [];
  /** Edits stand in the order they were made here: undo takes back the one a person saw last. */
  private readonly inTurn = turns();
  private place: Pick<LivePresence, "cursor" | "selection" | "editing"> = {
    cursor: null,
    selection: [],
    editing: null,
  };

  /** Node kinds by key; there as soon as the canvas is. */
  kinds: Kinds = {};

  constructor(
    readonly id: string,
    /** Asked again with each load: what failed once may be there the next time, and kinds come with updates. */
    private readonly loadKinds: () => Promise<Kinds>,
    private readonly name: string,
    mayConnect?: () => Promise<boolean>,
    ahead: Ahead | null = null,
  ) {
    this.first = ahead?.snapshot ?? null;
    this.live = new Live(
      {
        hello: (hello) => this.begin(hello),
        event: (event) => this.hear(event),
        connected: (is) => this.store.setState({ link: is ? "connected" : "away" }),
        ended: () => this.store.setState({ link: "ended" }),
      },
      [id],
      mayConnect,
      ahead,
    );
  }

  close(): void {
    this.live.close();
  }

  /** Hear every event of this connection: jobs, hosts, comments. Returns how to stop. */
  on(listener: Heard): () => void {
    this.heard.add(listener);
    return () => this.heard.delete(listener);
  }

  /**
   * Commit ops, all or none; resolves once they show here. A lost answer is asked for again with the same id, so
   * nothing is done twice. Throws the bridge's Problem.
   */
  async commit(ops: readonly Op[]): Promise<Committed> {
    const path = { canvas_id: this.id };
    const send = () => {
      const epoch = this.store.getState().seen?.epoch ?? null;
      const base_rev = epoch === null ? null : (this.store.getState().seen?.rev ?? null);
      const body = { op_id: crypto.randomUUID(), author: this.name, epoch, base_rev, ops: [...ops] };
      return again(() => got(api.POST("/api/canvases/{canvas_id}/ops", { params: { path }, body })));
    };
    return this.settled(await this.inTurn(send));
  }

  /** Take back one's own newest edit. Throws the bridge's Problem, for instance when somebody built on it. */
  async undo(): Promise<Committed> {
    const body = { op_id: crypto.randomUUID(), author: this.name };
    const params = { path: { canvas_id: this.id } };
    const send = () => again(() => got(api.POST("/api/canvases/{canvas_id}/undo", { params, body })));
    return this.settled(await this.inTurn(send));
  }

  /** Take back one's own newest undo. */
  async redo(): Promise<Committed> {
    const body = { op_id: crypto.randomUUID(), author: this.name };
    const params = { path: { canvas_id: this.id } };
    const send = () => again(() => got(api.POST("/api/canvases/{canvas_id}/redo", { params, body })));
    return this.settled(await this.inTurn(send));
  }

  /** Tell the others where one is: cursor in canvas units, selected nodes, the field one types into. */
  say(place: { cursor?: [number, number] | null; selection?: string[]; editing?: LiveEditing | null }): void {
    // Each message replaces the one before it (docs/live.md): who says one thing keeps the others.
    this.place = { ...this.place, ...place };
    this.live.say({ type: "presence", canvas: this.id, name: this.name, ...this.place });
  }

  /** Load the canvas anew. */
  reload(): Promise<void> {
    this.behind = true;
    this.loading ??= this.load().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  /** Resolves when this page shows at least this revision, or another epoch; for edits made by other routes, too. */
  async settled(done: Committed): Promise<Committed> {
    void this.countHistory();
    if (!this.shows(done)) {
      await new Promise<void>((resolve) => {
        const check = () => {
          if (this.shows(done)) {
            this.waiting.delete(check);
            clearTimeout(late);
            resolve();
          }
        };
        // The change is committed; if its event does not come, the whole canvas tells.
        const late = setTimeout(() => void this.reload().finally(check), 3000);
        this.waiting.add(check);
      });
    }
    return done;
  }

  private shows(done: Committed): boolean {
    const seen = this.store.getState().seen;
    return seen !== null && (seen.epoch !== done.epoch || seen.rev >= done.rev);
  }

  private begin(hello: LiveHello): void {
    const present = (hello.present as unknown as Present[]).filter((one) => one.client !== hello.client);
    this.store.setState({ present, client: hello.client });
    if (this.behind || !hello.complete) void this.reload();
  }

  private hear(event: LiveEvent): void {
    if (event.topic === "canvas.changed") this.take(event.data as CanvasChanged);
    else if (event.topic === "presence") this.meet(event.data as Present);
    else if (event.topic === "presence.left") this.part((event.data as { client: string }).client);
    for (const listener of this.heard) listener(event);
  }

  private meet(one: Present): void {
    const { client, present } = this.store.getState();
    if (one.client === client) return;
    this.store.setState({ present: [...present.filter((other) => other.client !== one.client), one] });
  }

  private part(client: string): void {
    this.store.setState({ present: this.store.getState().present.filter((one) => one.client !== client) });
  }

  private take(changed: CanvasChanged): void {
    if (changed.canvas !== this.id) return;
    if (this.behind) {
      this.queued.push(changed);
      return;
    }
    const seen = this.store.getState().seen;
    const next = seen && advanced(seen, changed, this.kinds);
    if (!next) void this.reload();
    else if (next !== seen) this.show(next);
  }

  private show(seen: Seen): void {
    this.store.setState({ seen, problem: null });
    for (const check of [...this.waiting]) check();
  }

  private async load(): Promise<void> {
    try {
      for (let tries = 0; this.behind && tries < 5; tries++) {
        const [snapshot, kinds] = await Promise.all([this.snapshot(), this.loadKinds()]);
        this.kinds = kinds;
        this.catchUp({ ...snapshot, doc: docOf(snapshot.canvas as unknown as Whole) });
      }
      await this.countHistory();
    } catch (thrown) {
      this.store.setState({ problem: asProblem(thrown) });
    }
  }

  /** The canvas as it is now; the first time perhaps asked for already, after the hello of this connection. */
  private async snapshot(): Promise<Snapshot> {
    const first = this.first;
    this.first = null;
    if (first) return answered<Snapshot>(first);
    const params = { path: { canvas_id: this.id } };
    return (await got(api.GET("/api/canvases/{canvas_id}", { params }))) as unknown as Snapshot;
  }

  /** Show the snapshot and what came while it was on its way. */
  private catchUp(loaded: Seen): void {
    const queued = this.queued;
    this.queued = [];
    let seen: Seen | null = { epoch: loaded.epoch, rev: loaded.rev, doc: loaded.doc, states: loaded.states };
    for (const changed of queued) seen = seen && advanced(seen, changed, this.kinds);
    if (seen) {
      this.behind = false;
      this.show(seen);
    }
  }

  private async countHistory(): Promise<void> {
    const params = { path: { canvas_id: this.id }, query: { author: this.name } };
    try {
      const { undo, redo } = await got(api.GET("/api/canvases/{canvas_id}/history", { params }));
      this.store.setState({ undo, redo });
    } catch {
      // Only how the buttons look; the next change counts again.
    }
  }
}

/** Ask again, a few times, what an id makes harmless to repeat. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (thrown) {
      const lost = thrown instanceof Problem && thrown.code === "unreachable";
      if (!lost || tries >= 4) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** tries));
    }
  }
}

/** Read from a canvas in a component; renders again only when what `select` gives has changed. */
export function useCanvas<T>(session: CanvasSession, select: (view: CanvasView) => T): T {
  return useStore(session.store, select);
}
