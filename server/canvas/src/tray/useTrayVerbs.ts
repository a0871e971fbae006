import { useEffect, useMemo, useRef } from "react";
import { useVerbs, type Verb } from "../app/keys";
import { useSession } from "../app/session";
import { open } from "../app/slots";
import type { Rating } from "../canvas/model";
import { attempt } from "../ui/toasts";
import { type Acts, noteAt, rangeWith, useActs, useMays } from "./acts";
import { against, flipped, holding, showing, withPane } from "./compare";
import { acted, type Cull, refused, takenBack } from "./cull";
import type { Deck } from "./deck";
import { toggled } from "./filter";
import { idsOf } from "./find";
import { setStage } from "./stage-state";
import { advances, type Looking, setTray, useTray } from "./tray-state";
import type { useTakes } from "./useTakes";
import { judgeVerbs, playVerbs, viewVerbs } from "./verbs";

type Takes = ReturnType<typeof useTakes>;

/** What buttons and keys of the view do. */
export interface TrayDoing {
  acts: Acts;
  mays: ReturnType<typeof useMays>;
  look(as: Looking): void;
  pick(take: string): void;
  rate(rating: Rating | null): void;
  hide(): void;
  note(): void;
  flip(by: 1 | -1): void;
  hold(): void;
  show(take: string): void;
  /** Look at a take large. */
  open(take: string): void;
  range(end: "in" | "out"): void;
  clearRange(): void;
}

/** Everything that can be done with the takes in sight, offered as verbs with their keys. */
export function useTrayVerbs(takes: Takes, deck: Deck): TrayDoing {
  const session = useSession();
  const acts = useActs();
  const mays = useMays();
  const looking = useTray((state) => state.looking);
  const latest = useRef(takes);
  latest.current = takes;
  const slow = useHeldKey("k");

  const doing = useMemo((): TrayDoing => {
    const ring = () => latest.current.ring;
    const entry = () => latest.current.entryOf(ring());
    const order = () => idsOf(latest.current.found.shown);
    const cull = (): Cull => {
      const state = useTray.getState();
      return { ring: ring(), advance: advances(state), acts: state.acts };
    };
    const put = (next: Cull) => {
      setTray({ acts: next.acts });
      if (next.ring !== null && next.ring !== ring()) show(next.ring);
    };
    const show = (take: string) => {
      const state = useTray.getState();
      if (state.looking === "compare" || state.looking === "cull") setTray(showing(state, take));
      latest.current.setRing(take);
    };
    /** The key acts on the take with the ring, then the ring moves on; a refusal brings it back. */
    const judge = (work: (take: string) => Promise<boolean>) => {
      const take = ring();
      if (take === null) return;
      put(acted(cull(), take, order()));
      void work(take).then((did) => did || put(refused(cull(), take)));
    };
    const frameOf = () => {
      const { panes, looking: as } = useTray.getState();
      const last = as === "compare" || as === "cull" ? Math.max(0, panes.length - 1) : 0;
      return deck.paneFrame(`pane-${last}`).frame;
    };
    return {
      acts,
      mays,
      show,
      open(take) {
        latest.current.setRing(take);
        setTray({ looking: "compare", panes: [take], held: null });
      },
      look(as) {
        const state = useTray.getState();
        const take = ring();
        if (as === state.looking && as !== "cull") as = "grid";
        if (as === "grid" || as === "sheet" || take === null)
          return setTray({ looking: take === null ? "grid" : as, held: null });
        if (as === "cull") return setTray({ looking: "cull", panes: [take], held: null, acts: [] });
        const one = entry();
        const siblings = latest.current.seen?.doc.traysOf[one?.node ?? ""] ?? [];
        const known = {
          held: state.held,
          inTimeline: siblings.find((other) => latest.current.entryOf(other.id)?.inTimeline)?.id,
          pinned: latest.current.seen?.doc.nodes[one?.node ?? ""]?.pin ?? undefined,
        };
        const near = order().filter((id) => latest.current.entryOf(id)?.node === one?.node);
        const among = near.length > 1 ? near : order();
        const panes = against(take, state.picked, among, known).filter((id) => latest.current.entryOf(id));
        setTray({ looking: "compare", panes });
        setStage({ front: panes.length - 1 });
        const last = panes.at(-1);
        if (last) latest.current.setRing(last);
      },
      pick(take) {
        const state = useTray.getState();
        if (state.looking === "compare" || state.looking === "cull") {
          const next = withPane(state, take);
          setTray(next);
          const last = next.panes.at(-1);
          if (last) latest.current.setRing(last);
        } else setTray({ picked: toggled(state.picked, take).slice(-4) });
      },
      rate: (rating) => judge((take) => acts.rate(take, rating)),
      hide() {
        const hidden = entry()?.take.hidden ?? false;
        judge((take) => acts.hide(take, !hidden));
      },
      note() {
        const one = entry();
        if (one) noteAt(one.take, one.kind === "video" || one.kind === "audio" ? frameOf() : null);
        deck.go(deck.store.getState().frame);
      },
      flip(by) {
        const state = useTray.getState();
        if (state.looking === "compare" || state.looking === "cull") {
          const next = flipped(state, by, order());
          setTray(next);
          setStage({ front: next.panes.length - 1 });
          const last = next.panes.at(-1);
          if (last) latest.current.setRing(last);
          return;
        }
        const { found, ringed } = latest.current;
        const next = found.shown[found.at(ringed) + by];
        if (next) latest.current.setRing(next.id);
      },
      hold() {
        const take = ring();
        const state = useTray.getState();
        if (take === null) return;
        const large = state.looking === "compare" || state.looking === "cull";
        const next = holding(large ? state : { panes: [take], held: null }, take, order());
        setStage({ front: next.panes.length - 1 });
        setTray({ ...next, looking: large ? state.looking : "compare" });
        const last = next.panes.at(-1);
        if (last) latest.current.setRing(last);
      },
      range(end) {
        const one = entry();
        const best = one && rangeWith(one.take, end, frameOf());
        if (one && best) void acts.best(one.id, best);
      },
      clearRange() {
        const one = entry();
        if (one) void acts.best(one.id, null);
      },
    };
  }, [acts, mays, deck]);

  const entry = takes.ringed;
  const back = async () => {
    const did = await attempt(() => session.undo());
    const state = useTray.getState();
    if (did === undefined || state.acts.length === 0) return;
    const next = takenBack({ ring: latest.current.ring, advance: false, acts: state.acts });
    setTray({ acts: next.acts });
    if (next.ring) doing.show(next.ring);
  };
  const verbs: Verb[] = [
    ...judgeVerbs(entry, doing),
    ...playVerbs(deck, () => slow.current),
    ...viewVerbs(doing, looking),
    {
      id: "tray.undo",
      title: "Take the last rating back, and go back to its take",
      keys: ["Mod+Z"],
      group: "Takes",
      enabled: looking === "cull",
      run: () => void back(),
    },
    {
      id: "tray.plan",
      title: "Plan and price of the take's node",
      keys: ["G"],
      group: "Takes",
      enabled: entry !== undefined,
      run: () => entry && open({ kind: "plan", scope: { kind: "node", nodes: [entry.node] } }),
    },
  ];
  useVerbs(verbs);
  return doing;
}

/** Whether a key is held down: K with J or L plays slowly. */
function useHeldKey(key: string): { readonly current: boolean } {
  const held = useRef(false);
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === key) held.current = true;
    };
    const up = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === key) held.current = false;
    };
    const away = () => {
      held.current = false;
    };
    window.addEventListener("keydown", down);
    window.addEventListener("keyup", up);
    window.addEventListener("blur", away);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
      window.removeEventListener("blur", away);
    };
  }, [key]);
  return held;
}
