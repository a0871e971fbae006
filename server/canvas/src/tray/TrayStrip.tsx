import { type FocusEvent, type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useVerbs } from "../app/keys";
import { useSelection, useView } from "../app/session";
import { showTakes } from "../app/slots";
import { useTitles } from "../canvas/modelTitles";
import { GLYPHS } from "../canvas/words";
import { Button } from "../ui/Button";
import { noteAt, useActs, useMays } from "./acts";
import { EntryBook, NOTHING } from "./book";
import { useFocusRing } from "./Grid";
import { usePinners } from "./pinners";
import { Questions } from "./Questions";
import { moveRing, movesRing } from "./ring";
import { Tile } from "./Tile";
import css from "./TrayStrip.module.css";
import { useInTimeline } from "./timeline";
import { judgeVerbs } from "./verbs";

/** Of a long tray the strip shows the newest; all of them are in the takes view. */
const MOST_SHOWN = 60;
const COLUMNS = 4;

/** The selected node's takes, small: the same marks and keys as in the takes view, while the focus is here. */
export function TrayStrip() {
  const nodes = useSelection((state) => state.nodes);
  const [only] = nodes;
  return nodes.length === 1 && only ? <Strip node={only} /> : null;
}

function Strip({ node }: { node: string }) {
  const box = useRef<HTMLElement>(null);
  const [focused, setFocused] = useState(false);
  const seen = useView((view) => view.seen);
  const ringed = useSelection((state) => state.take);
  const setRing = useSelection((state) => state.ring);
  const inTimeline = useInTimeline();
  const titles = useTitles();
  const acts = useActs();
  const mays = useMays();
  usePinners();
  const [book] = useState(() => new EntryBook());
  const only = useMemo(() => [node], [node]);
  const listed = useMemo(
    () => (seen ? book.of(seen.doc, seen.states, inTimeline, only) : NOTHING),
    [book, seen, inTimeline, only],
  );
  const all = useMemo(() => listed.pages.flat().reverse(), [listed]);
  const entries = useMemo(
    () => all.filter((one) => !one.take.hidden || one.id === ringed).slice(0, MOST_SHOWN),
    [all, ringed],
  );
  const ring = entries.find((one) => one.id === ringed) ?? entries.find((one) => one.pinned) ?? entries[0];
  const focusRing = useFocusRing(box, ring?.id ?? null);
  const verbs = judgeVerbs(
    ring,
    {
      acts,
      mays,
      rate: (rating) => ring && void acts.rate(ring.id, rating),
      hide: () => ring && void acts.hide(ring.id, !ring.take.hidden),
      note: () => ring && noteAt(ring.take, null),
    },
    "strip",
  ).map((verb) => ({ ...verb, enabled: verb.enabled !== false && focused }));
  useVerbs(focused ? verbs : []);
  if (all.length === 0) return null;

  const timeline = all.find((one) => one.inTimeline);
  const pinned = all.find((one) => one.pinned);
  const pressKey = (event: KeyboardEvent) => {
    if (!movesRing(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    const at = entries.findIndex((one) => one.id === ring?.id);
    const next = entries[moveRing(at, event.key, { count: entries.length, columns: COLUMNS, page: 2 })];
    if (!next) return;
    focusRing();
    setRing(next.id);
  };
  const away = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
  };
  return (
    <section
      ref={box}
      className={css.tray}
      aria-label="Takes of the selected node"
      onFocus={() => setFocused(true)}
      onBlur={away}
      data-verbs
    >
      <header className={css.head}>
        <span className={css.facts}>
          <span>In timeline: {timeline ? `${GLYPHS["in_timeline"]} take ${timeline.take.seq}` : "none"}</span>
          <span>Pinned: {pinned ? `${GLYPHS["pinned"]} take ${pinned.take.seq}` : "none"}</span>
        </span>
        <Button look="quiet" onPress={() => showTakes(node, ring?.id)}>
          Open large
        </Button>
      </header>
      <div role="listbox" aria-label={`Takes, ${entries.length}`} className={css.tiles} onKeyDown={pressKey}>
        {entries.map((entry, index) => (
          <Tile
            key={entry.id}
            entry={entry}
            titles={titles}
            small
            ring={entry.id === ring?.id}
            letter=""
            index={index}
            count={entries.length}
            onPress={(pressed) => {
              focusRing();
              setRing(pressed.id);
            }}
            onOpen={(opened) => showTakes(node, opened.id)}
          />
        ))}
      </div>
      {all.length > entries.length && <p className={css.more}>{all.length - entries.length} more in the takes view.</p>}
      <Questions />
    </section>
  );
}
