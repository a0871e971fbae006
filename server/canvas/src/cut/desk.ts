/** The open timeline of a canvas's page: read when it is looked at, kept in step by events. One for all of the page. */
import { useEffect } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { useSession } from "../app/session";
import type { CanvasSession } from "../canvas/store";
import type { ClipLink, CutLayers, CutView, ExchangeReport, HostFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import type { LiveEvent } from "../wire/live";
import { asProblem, type Problem } from "../wire/problem";

export interface DeskView {
  /** The timeline as it was read last; it stays when the editor goes. */
  readonly cut: CutView | null;
  /** Why there is no newer reading. */
  readonly problem: Problem | null;
  readonly reading: boolean;
  /** Null until they were asked for. */
  readonly hosts: readonly HostFacts[] | null;
  readonly exchange: ExchangeReport | null;
  readonly layers: CutLayers | null;
  /** The canvas's links, asked for while no editor is there. */
  readonly links: readonly ClipLink[];
  /** Base and canvas as the bridge keeps them, asked for while no editor is there and nothing was read on this page. */
  readonly kept: CutLayers | null;
}

const EMPTY: DeskView = {
  cut: null,
  problem: null,
  reading: false,
  hosts: null,
  exchange: null,
  layers: null,
  links: [],
  kept: null,
};
/** What may make the view another one: the editor, the links, and pins and takes on the canvas. */
const CONCERNS = /^(cut|clip|link|gap|put|roundtrip|canvas)\./;
const HOSTS = /^(host|exchange)\./;
const SETTLE_MS = 500;
/** An editor tells nobody of a trim: somebody who looks asks, and a look is cheap where nothing changed. */
const LOOK_MS = 4000;

export class CutDesk {
  readonly store = createStore<DeskView>(() => EMPTY);
  private said = "";
  private watchers = 0;
  private wantsLayers = false;
  private going: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private poll: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly session: CanvasSession) {
    session.on((event) => this.hear(event));
    session.store.subscribe((now, before) => {
      if (now.link !== "connected" || before.link === "connected") return;
      void this.loadHosts();
      if (this.watchers) void this.load();
    });
    void this.loadHosts();
  }

  /** Somebody looks at the cut. Returns how to stop. */
  watch(): () => void {
    this.watchers += 1;
    if (this.watchers === 1) {
      void this.load();
      this.poll = setInterval(() => document.visibilityState === "visible" && void this.load(), LOOK_MS);
    }
    return () => {
      this.watchers -= 1;
      if (this.watchers === 0) clearInterval(this.poll);
    };
  }

  /** Read the timeline; `fresh` in any case, else as the bridge has it. Never throws: see `problem`. */
  load(fresh = false): Promise<void> {
    if (this.going && !fresh) return this.going;
    const going = this.read(fresh).finally(() => {
      if (this.going === going) this.going = null;
    });
    this.going = going;
    return going;
  }

  /** Keep the layers in step as well while they are shown. */
  showLayers(are: boolean): void {
    this.wantsLayers = are;
    if (are) void this.readLayers();
  }

  async loadHosts(): Promise<void> {
    try {
      const [hosts, exchange] = await Promise.all([got(api.GET("/api/cut/hosts")), got(api.GET("/api/exchange"))]);
      this.store.setState({ hosts, exchange });
    } catch {
      // The page's own line says that the bridge is away; what was known stays.
    }
  }

  private hear(event: LiveEvent): void {
    if (HOSTS.test(event.topic)) void this.loadHosts();
    if (!this.watchers || !(CONCERNS.test(event.topic) || HOSTS.test(event.topic))) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), SETTLE_MS);
  }

  private async read(fresh: boolean): Promise<void> {
    this.store.setState({ reading: true });
    try {
      const query = { canvas: this.session.id, fresh };
      const cut = await got(api.GET("/api/cut", { params: { query } }));
      const said = JSON.stringify({ ...cut, read_at: "", playhead: null });
      const same = said === this.said;
      this.said = said;
      const before = this.store.getState();
      const kept = same && before.cut && samePlace(before.cut, cut) ? before.cut : cut;
      this.store.setState({ cut: kept, hosts: cut.hosts, problem: null });
      if (this.wantsLayers && (!same || before.layers === null)) await this.readLayers();
    } catch (thrown) {
      const problem = asProblem(thrown);
      this.store.setState({ problem });
      if (problem.code === "host_offline") await this.readLinks();
    } finally {
      this.store.setState({ reading: false });
    }
  }

  private async readLayers(): Promise<void> {
    try {
      const query = { canvas: this.session.id };
      this.store.setState({ layers: await got(api.GET("/api/cut/layers", { params: { query } })) });
    } catch (thrown) {
      this.store.setState({ problem: asProblem(thrown) });
    }
  }

  /** Null where there is no base. */
  private async readKept(): Promise<CutLayers | null> {
    try {
      return await got(api.GET("/api/cut/layers", { params: { query: { canvas: this.session.id } } }));
    } catch {
      return null;
    }
  }

  private async readLinks(): Promise<void> {
    try {
      const query = { canvas_id: this.session.id };
      const [links] = await Promise.all([got(api.GET("/api/clips/links", { params: { query } })), this.loadHosts()]);
      this.store.setState({ links, kept: links.length && !this.store.getState().cut ? await this.readKept() : null });
    } catch {
      // Nothing to draw then; the words say what to do.
    }
  }
}

/** Only where the playhead stands may differ from what is shown already. */
const samePlace = (one: CutView, other: CutView) => one.playhead?.record_frame === other.playhead?.record_frame;

const desks = new WeakMap<CanvasSession, CutDesk>();

export function useCutDesk(): CutDesk {
  const session = useSession();
  const desk = desks.get(session) ?? new CutDesk(session);
  desks.set(session, desk);
  return desk;
}

/** Read from the desk; renders again only when what `select` gives has changed. */
export function useCut<T>(select: (view: DeskView) => T): T {
  return useStore(useCutDesk().store, select);
}

/** Keep the timeline in step while the component is there. */
export function useWatchedCut(): void {
  const desk = useCutDesk();
  useEffect(() => desk.watch(), [desk]);
}
