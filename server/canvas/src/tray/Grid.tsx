import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Titles } from "../canvas/modelTitles";
import { rowHeight } from "../ui/letters";
import type { Entry } from "./entries";
import { moveRing, movesRing } from "./ring";
import { Tile } from "./Tile";
import css from "./Tray.module.css";

interface Props {
  entries: readonly Entry[];
  titles: Titles;
  ring: string | null;
  /** Where the ring is among the entries, -1 when it is elsewhere. */
  at: number;
  /** Chosen for comparing, in order. */
  picked: readonly string[];
  /** Least width of a tile in pixels. */
  least: number;
  label: string;
  onRing(take: string): void;
  onPick(take: string): void;
  onOpen(take: string): void;
}

const GAP = 8;
const PADDING = 8;
/** What a tile needs below its picture: four lines and its edges. */
const WORDS_HEIGHT = rowHeight(86);
const LETTERS = ["A", "B", "C", "D"];

/** Every take as a tile. Only rows in sight are drawn, and the row with the ring, so that the focus is never lost. */
export const Grid = memo(function Grid({
  entries,
  titles,
  ring,
  at,
  picked,
  least,
  label,
  onRing,
  onPick,
  onOpen,
}: Props) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box) - 2 * PADDING;
  const columns = Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  const tile = (width - GAP * (columns - 1)) / columns;
  const height = Math.round((tile * 9) / 16) + WORDS_HEIGHT;
  const rows = Math.ceil(entries.length / columns);
  const ringRow = at < 0 ? -1 : Math.floor(at / columns);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => box.current,
    estimateSize: () => height + GAP,
    overscan: 2,
    // A scroll is drawn with the next picture, not within its event: many events make one drawing.
    useFlushSync: false,
    paddingStart: PADDING,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return ringRow < 0 || shown.includes(ringRow) ? shown : [...shown, ringRow].sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when their height changes.
  useEffect(() => virtual.measure(), [height]);

  const focusRing = useFocusRing(box, ring);
  const pressKey = (event: KeyboardEvent) => {
    if (!movesRing(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    const page = Math.floor((box.current?.clientHeight ?? height) / (height + GAP));
    const next = entries[moveRing(at, event.key, { count: entries.length, columns, page })];
    if (!next) return;
    focusRing();
    onRing(next.id);
  };
  // The ring is brought into sight when it moves, and once the list is there.
  const drawn = width > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: not when the list scrolls by hand.
  useLayoutEffect(() => {
    if (ringRow >= 0 && drawn) virtual.scrollToIndex(ringRow, { align: "auto" });
  }, [ring, columns, drawn]);

  const calls = useRef({ focusRing, onRing, onPick, onOpen });
  calls.current = { focusRing, onRing, onPick, onOpen };
  const press = useCallback((pressed: Entry, add: boolean) => {
    calls.current.focusRing();
    calls.current.onRing(pressed.id);
    if (add) calls.current.onPick(pressed.id);
  }, []);
  const opened = useCallback((entry: Entry) => calls.current.onOpen(entry.id), []);

  return (
    <div ref={box} className={css.scroll}>
      <div
        role="listbox"
        aria-label={label}
        aria-multiselectable
        className={css.sheet}
        style={{ height: virtual.getTotalSize() + PADDING }}
        onKeyDown={pressKey}
      >
        {drawn &&
          virtual
            .getVirtualItems()
            .flatMap((row) =>
              entries
                .slice(row.index * columns, (row.index + 1) * columns)
                .map((entry, column) => (
                  <Tile
                    key={entry.id}
                    entry={entry}
                    titles={titles}
                    ring={ring === entry.id}
                    letter={LETTERS[picked.indexOf(entry.id)] ?? ""}
                    index={row.index * columns + column}
                    count={entries.length}
                    x={PADDING + column * (tile + GAP)}
                    y={row.start}
                    width={tile}
                    height={height}
                    onPress={press}
                    onOpen={opened}
                  />
                )),
            )}
      </div>
    </div>
  );
});

/** After a key or a press the focus follows the ring; without one it stays where it is. */
export function useFocusRing(box: React.RefObject<HTMLElement | null>, ring: string | null): () => void {
  const follows = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at after each change of the ring.
  useLayoutEffect(() => {
    if (!follows.current) return;
    follows.current = false;
    box.current?.querySelector<HTMLElement>("[data-ring=true]")?.focus({ preventScroll: true });
  }, [ring, box]);
  return () => {
    follows.current = true;
  };
}

function useWidth(of: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const box = of.current;
    if (!box) return;
    const measure = () => setWidth(box.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [of]);
  return width;
}
