import { useDeferredValue, useMemo } from "react";
import { useStore } from "zustand";
import { revertible } from "./acts";
import { flipped } from "./compare";
import type { Deck } from "./deck";
import { clockOf, type Entry } from "./entries";
import { Facts } from "./Facts";
import { idsOf } from "./find";
import { ModeBar } from "./ModeBar";
import { useNotes } from "./notes";
import { Stage } from "./Stage";
import { Strip } from "./Strip";
import { pairKey, useStage } from "./stage-state";
import { TakeBar } from "./TakeBar";
import { Transport } from "./Transport";
import css from "./Tray.module.css";
import { useTray } from "./tray-state";
import type { useTakes } from "./useTakes";
import type { TrayDoing } from "./useTrayVerbs";
import { Warm } from "./Warm";

interface Props {
  takes: ReturnType<typeof useTakes>;
  deck: Deck;
  verbs: TrayDoing;
}

const NO_NOTES: readonly number[] = [];

/** The stage with everything about it: comparing and culling. */
export function Large({ takes, deck, verbs }: Props) {
  const state = useTray();
  const notes = useNotes();
  const panes = useMemo(
    () => state.panes.map(takes.entryOf).filter((one): one is Entry => one !== undefined),
    [state.panes, takes.entryOf],
  );
  const entry = takes.ringed ?? panes.at(-1);
  const offsets = useStage((stage) => stage.offsets);
  const frame = useStore(deck.store, (view) => view.frame);
  const [a, b] = panes;
  // The picture changes first; what is written about it follows.
  const second = entry !== undefined && entry === b;
  const offset = second && a ? (offsets[pairKey(a.id, b.id)] ?? 0) : 0;
  const late = useDeferredValue(entry);
  const clock = useMemo(() => late && { ...clockOf(late.take), offset }, [late, offset]);
  if (!entry || !a || !late || !clock) return null;
  const next = (by: 1 | -1) => {
    const take = flipped(state, by, idsOf(takes.found.shown)).panes.at(-1);
    return take === entry.id ? undefined : takes.entryOf(take);
  };
  const expected = takes.seen?.states[late.node]?.expected_fp;
  return (
    <div className={css.large}>
      <Stage
        panes={panes}
        deck={deck}
        held={state.held}
        label={`${panes.map((one) => `Take ${one.take.seq} of ${one.title}`).join(" and ")}, frame ${frame}`}
      />
      <Warm deck={deck} entries={([1, -1] as const).map((by) => next(by))} />
      <ModeBar panes={panes} />
      <Transport
        deck={deck}
        take={late.take}
        clock={clock}
        mayJudge={verbs.mays.judge}
        onRange={verbs.range}
        onClearRange={verbs.clearRange}
        notes={notes.get(late.id) ?? NO_NOTES}
      />
      <Facts entry={late} other={panes.length > 1 && a !== late ? a : undefined} titles={takes.titles} />
      <TakeBar
        entry={late}
        acts={verbs.acts}
        mays={verbs.mays}
        fits={takes.seen ? revertible(takes.seen.doc, late.node, expected) : undefined}
        onRate={verbs.rate}
        onHide={verbs.hide}
        onNote={verbs.note}
        onCompare={verbs.hold}
      />
      <Strip
        entries={takes.found.shown}
        titles={takes.titles}
        ring={entry.id}
        panes={state.panes}
        label={`Takes, ${takes.found.shown.length}`}
        onRing={verbs.show}
        onPick={verbs.pick}
      />
    </div>
  );
}
