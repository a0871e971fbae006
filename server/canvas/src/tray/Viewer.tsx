import { memo, useCallback, useMemo } from "react";
import { useView } from "../app/session";
import type { Titles } from "../canvas/modelTitles";
import { revertible } from "./acts";
import type { Deck } from "./deck";
import { clockOf, type Entry } from "./entries";
import { Facts } from "./Facts";
import type { Found } from "./find";
import { useNotes } from "./notes";
import { Stage } from "./Stage";
import { TakeBar } from "./TakeBar";
import { Transport } from "./Transport";
import css from "./Tray.module.css";
import type { TrayDoing } from "./useTrayVerbs";
import { Warm } from "./Warm";

interface Props {
  entry: Entry;
  found: Found;
  entryOf(take: string | null | undefined): Entry | undefined;
  titles: Titles;
  deck: Deck;
  verbs: TrayDoing;
}

const NO_NOTES: readonly number[] = [];

/** The take with the ring, beside the tiles. */
export const Viewer = memo(function Viewer({ entry, found, entryOf, titles, deck, verbs }: Props) {
  const notes = useNotes();
  const panes = useMemo(() => [entry], [entry]);
  const clock = useMemo(() => ({ ...clockOf(entry.take), offset: 0 }), [entry]);
  const compare = useCallback(() => verbs.look("compare"), [verbs]);
  const at = found.at(entry);
  const pin = useView((view) => view.seen?.doc.nodes[entry.node]?.pin);
  const fits = useView(({ seen }) =>
    seen ? revertible(seen.doc, entry.node, seen.states[entry.node]?.expected_fp) : undefined,
  );
  return (
    <aside className={css.side} aria-label={`Take ${entry.take.seq} of ${entry.title}`}>
      <Warm deck={deck} entries={at < 0 ? [] : [found.shown[at + 1], found.shown[at - 1]]} />
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
          fits={fits}
          onRate={verbs.rate}
          onHide={verbs.hide}
          onNote={verbs.note}
          onCompare={compare}
        />
        <Facts entry={entry} other={entryOf(pin)} titles={titles} whole />
      </div>
    </aside>
  );
});
