import { memo, useCallback, useMemo } from "react";
import type { Doc } from "../canvas/model";
import type { Seen } from "../canvas/store";
import { revertible } from "./acts";
import type { Titles } from "./catalogue";
import type { Deck } from "./deck";
import { clockOf, type Entry } from "./entries";
import { Facts } from "./Facts";
import { useNotes } from "./notes";
import { Stage } from "./Stage";
import { TakeBar } from "./TakeBar";
import { Transport } from "./Transport";
import css from "./Tray.module.css";
import type { TrayDoing } from "./useTrayVerbs";
import { Warm } from "./Warm";

interface Props {
  entry: Entry;
  doc: Doc | undefined;
  states: Seen["states"] | undefined;
  order: readonly string[];
  byId: ReadonlyMap<string, Entry>;
  titles: Titles;
  deck: Deck;
  verbs: TrayDoing;
}

const NO_NOTES: readonly number[] = [];

/** The take with the ring, beside the tiles. */
export const Viewer = memo(function Viewer({ entry, doc, states, order, byId, titles, deck, verbs }: Props) {
  const notes = useNotes();
  const panes = useMemo(() => [entry], [entry]);
  const clock = useMemo(() => ({ ...clockOf(entry.take), offset: 0 }), [entry]);
  const compare = useCallback(() => verbs.look("compare"), [verbs]);
  const at = order.indexOf(entry.id);
  const pin = doc?.nodes[entry.node]?.pin ?? "";
  const expected = states?.[entry.node]?.expected_fp;
  return (
    <aside className={css.side} aria-label={`Take ${entry.take.seq} of ${entry.title}`}>
      <Warm deck={deck} entries={[order[at + 1], order[at - 1]].map((id) => byId.get(id ?? ""))} />
      <div className={css.viewer}>
        <Stage panes={panes} deck={deck} held={null} label={`Take ${entry.take.seq} of ${entry.title}`} />
      </div>
      <Transport
        deck={deck}
        take={entry.take}
        clock={clock}
        mayJudge={verbs.mays.judge}
        onRange={verbs.range}
        onClearRange={verbs.clearRange}
        notes={notes.get(entry.id) ?? NO_NOTES}
        small
      />
      <div className={css.scrolls}>
        <TakeBar
          entry={entry}
          acts={verbs.acts}
          mays={verbs.mays}
          fits={doc ? revertible(doc, entry.node, expected) : undefined}
          onRate={verbs.rate}
          onHide={verbs.hide}
          onNote={verbs.note}
          onCompare={compare}
        />
        <Facts entry={entry} other={byId.get(pin)} titles={titles} whole />
      </div>
    </aside>
  );
});
