import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useRef } from "react";
import type { Titles } from "../canvas/modelTitles";
import type { Entry } from "./entries";
import { Tile } from "./Tile";
import css from "./Tray.module.css";

interface Props {
  entries: readonly Entry[];
  titles: Titles;
  ring: string | null;
  /** The panes of the comparison, A first. */
  panes: readonly string[];
  label: string;
  onRing(take: string): void;
  onPick(take: string): void;
}

const WIDTH = 112;
const GAP = 6;
const LETTERS = ["A", "B", "C", "D"];

const nothing = () => undefined;

/** The same takes in one row, below the picture. ↑ and ↓ are heard by the view: ← and → belong to frames here. */
export function Strip({ entries, titles, ring, panes, label, onRing, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const at = entries.findIndex((one) => one.id === ring);
  const virtual = useVirtualizer({
    count: entries.length,
    horizontal: true,
    getScrollElement: () => box.current,
    estimateSize: () => WIDTH + GAP,
    overscan: 4,
    useFlushSync: false,
    paddingStart: GAP,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return at < 0 || shown.includes(at) ? shown : [...shown, at].sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the ring moves, not when the strip scrolls.
  useLayoutEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    // The focus goes along when it is on a tile already.
    const list = box.current;
    if (list?.contains(document.activeElement)) {
      list.querySelector<HTMLElement>("[data-ring=true]")?.focus({ preventScroll: true });
    }
  }, [at]);
  const press = useCallback(
    (pressed: Entry, add: boolean) => (add ? onPick(pressed.id) : onRing(pressed.id)),
    [onPick, onRing],
  );
  return (
    <div ref={box} className={css.strip}>
      <div
        role="listbox"
        aria-label={label}
        aria-orientation="horizontal"
        aria-multiselectable
        className={css.sheet}
        style={{ width: virtual.getTotalSize(), height: "100%" }}
      >
        {virtual.getVirtualItems().map((item) => {
          const entry = entries[item.index];
          if (!entry) return null;
          return (
            <Tile
              key={entry.id}
              entry={entry}
              titles={titles}
              small
              ring={ring === entry.id}
              letter={panes.length > 1 ? (LETTERS[panes.indexOf(entry.id)] ?? "") : ""}
              index={item.index}
              count={entries.length}
              x={item.start}
              width={WIDTH}
              onPress={press}
              onOpen={nothing}
            />
          );
        })}
      </div>
    </div>
  );
}
