// biome-ignore-all lint/a11y/useSemanticElements: rows out of sight are not drawn, which a table's own elements do not allow.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself has the focus, its cells are pointed at.
import { type CSSProperties, type MouseEvent, memo } from "react";
import { ShotCell } from "./ShotCell";
import css from "./Shots.module.css";
import type { Column, Line } from "./shotTable";

interface Props {
  line: Line;
  index: number;
  columns: readonly { id: Column }[];
  style: CSSProperties;
  /** From the top of the rows, in pixels. */
  top: number;
  selected: boolean;
  /** The number of the column the grid's own place is in; null in every other row. */
  at: number | null;
  acting: Column | null;
  onPress(event: MouseEvent, row: number, column: number): void;
  onAct(row: number, column: Column): void;
  onEnd(): void;
}

/** One shot of the grid. It is drawn again only when something of its own changed: walking and scrolling draw few rows. */
export const ShotRow = memo(function ShotRow(props: Props) {
  const { line, index, columns, style, top, selected, at, acting, onPress, onAct, onEnd } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={css.row}
      style={{ ...style, translate: `0 ${top}px` }}
    >
      {columns.map((one, column) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are heard by the grid.
        <div
          key={one.id}
          id={`shot-cell-${index}-${column}`}
          role="gridcell"
          aria-colindex={column + 1}
          data-column={one.id}
          className={css.cell}
          data-at={at === column || undefined}
          onClick={(event) => onPress(event, index, column)}
          onDoubleClick={() => onAct(index, one.id)}
        >
          <ShotCell line={line} column={one.id} acting={acting === one.id} onEnd={onEnd} />
        </div>
      ))}
    </div>
  );
});
