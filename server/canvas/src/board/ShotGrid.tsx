// biome-ignore-all lint/a11y/useSemanticElements: rows out of sight are not drawn, which a table's own elements do not allow.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself has the focus, its cells are pointed at.
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSelection } from "../app/session";
import { rowHeight } from "../ui/letters";
import { keyOf } from "./films";
import { gridMove } from "./gridKeys";
import type { Act } from "./ShotCell";
import { ShotRow } from "./ShotRow";
import css from "./Shots.module.css";
import { COLUMNS, type Column, type Line, type Sort } from "./shotTable";

interface Props {
  lines: readonly Line[];
  columns: readonly Column[];
  sort: Sort | null;
  onSort(sort: Sort | null): void;
}

const ROW = rowHeight(64);
const HEAD = 32;

/**
 * A grid with one place of the tab order: arrows walk from cell to cell, the row follows as selection, Enter or F2 does
 * what the cell is for. Only rows in sight are drawn; the one with the cell stays.
 */
export function ShotGrid({ lines, columns, sort, onSort }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState({ row: 0, column: 1 });
  const [act, setAct] = useState<Act | null>(null);
  const anchor = useRef(0);
  const selected = useSelection((one) => one.nodes);
  const chosen = useMemo(() => new Set(selected), [selected]);
  const shown = useMemo(() => COLUMNS.filter((one) => columns.includes(one.id)), [columns]);
  const row = Math.min(at.row, lines.length - 1);
  const column = Math.min(at.column, shown.length - 1);
  const grid = shown.map((one) => (one.id === "prompt" ? `minmax(${one.width}px, 1fr)` : `${one.width}px`)).join(" ");
  const width = shown.reduce((sum, one) => sum + one.width, 0);
  const style = useMemo(() => ({ gridTemplateColumns: grid, height: ROW }), [grid]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 6,
    scrollMargin: HEAD,
    getItemKey: (index) => (lines[index] ? keyOf(lines[index].shot) : index),
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), Math.max(0, row)])].sort((a, b) => a - b),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: columns that come or go change where cells are.
  useEffect(() => setAct(null), [columns, lines.length]);

  const pick = (to: number, extend: boolean, add = false) => {
    const line = lines[to];
    if (!line) return;
    if (!extend) anchor.current = to;
    const [from, last] = [Math.min(anchor.current, to), Math.max(anchor.current, to)];
    const range = extend ? lines.slice(from, last + 1).map((one) => one.shot.node) : [line.shot.node];
    const before = useSelection.getState().nodes;
    const next = add
      ? before.includes(line.shot.node)
        ? before.filter((one) => one !== line.shot.node)
        : [...before, line.shot.node]
      : range;
    useSelection.getState().select([...new Set(next)]);
  };
  const hear = (event: KeyboardEvent) => {
    if (event.target !== scroll.current || event.altKey) return;
    const mod = event.ctrlKey || event.metaKey;
    const to = gridMove(event.key, mod, { row, column }, lines.length, shown.length);
    if (to) {
      setAt(to);
      if (scroll.current) bringIn(scroll.current, to.row);
      if (to.row !== row) pick(to.row, event.shiftKey);
    } else if (mod && event.key.toLowerCase() === "a") {
      useSelection.getState().select([...new Set(lines.map((line) => line.shot.node))]);
    } else if (event.key === " ") pick(row, event.shiftKey, mod);
    else if (event.key === "Enter" || event.key === "F2") setAct({ row, column: shown[column]?.id ?? "title" });
    else return;
    event.preventDefault();
  };
  const picking = useRef(pick);
  picking.current = pick;
  const press = useCallback((event: MouseEvent, to: number, over: number) => {
    if ((event.target as Element).closest("input, textarea")) return;
    setAt({ row: to, column: over });
    picking.current(to, event.shiftKey, event.ctrlKey || event.metaKey);
  }, []);
  const begin = useCallback((to: number, column: Column) => setAct({ row: to, column }), []);
  const ended = useCallback(() => {
    setAct(null);
    scroll.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div
      ref={scroll}
      className={css.scroll}
      role="grid"
      tabIndex={0}
      aria-label="Shot list"
      aria-rowcount={lines.length + 1}
      aria-colcount={shown.length}
      aria-multiselectable
      aria-activedescendant={row >= 0 ? `shot-cell-${row}-${column}` : undefined}
      onKeyDown={hear}
    >
      <div role="row" aria-rowindex={1} className={css.heads} style={{ gridTemplateColumns: grid, minWidth: width }}>
        {shown.map((one, index) => (
          <Head key={one.id} column={one.id} title={one.title} index={index} sort={sort} onSort={onSort} />
        ))}
      </div>
      <div role="rowgroup" className={css.rows} style={{ height: virtual.getTotalSize(), minWidth: width }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          return (
            line && (
              <ShotRow
                key={item.key}
                line={line}
                index={item.index}
                columns={shown}
                style={style}
                top={item.start - HEAD}
                selected={chosen.has(line.shot.node)}
                at={item.index === row ? column : null}
                acting={act?.row === item.index ? act.column : null}
                onPress={press}
                onAct={begin}
                onEnd={ended}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** Scroll no further than it takes to see a row below the heads. */
function bringIn(scroll: HTMLElement, row: number): void {
  const [above, below] = [row * ROW, (row + 1) * ROW + HEAD - scroll.clientHeight];
  if (scroll.scrollTop > above) scroll.scrollTop = above;
  else if (scroll.scrollTop < below) scroll.scrollTop = below;
}

interface HeadProps {
  column: Column;
  title: string;
  index: number;
  sort: Sort | null;
  onSort(sort: Sort | null): void;
}

/** Up, down, then as in the film again. */
function Head({ column, title, index, sort, onSort }: HeadProps) {
  const mine = sort?.column === column ? sort : null;
  const sortable = column !== "still" && column !== "price";
  const next = !mine ? { column, down: false } : mine.down ? null : { column, down: true };
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={mine ? (mine.down ? "descending" : "ascending") : sortable ? "none" : undefined}
      className={css.head}
    >
      {sortable ? (
        <button type="button" onClick={() => onSort(next)}>
          {title}
          {mine && (mine.down ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
        </button>
      ) : (
        title
      )}
    </div>
  );
}
