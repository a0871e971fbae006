export interface Place {
  row: number;
  column: number;
}

const PAGE = 8;

/** Where a key leads in a grid; null where it leads nowhere. Mod goes to the end of what it moves along. */
export function gridMove(key: string, mod: boolean, at: Place, rows: number, columns: number): Place | null {
  const { row, column } = at;
  const wanted = ((): Place | null => {
    switch (key) {
      case "ArrowDown":
        return { row: mod ? rows - 1 : row + 1, column };
      case "ArrowUp":
        return { row: mod ? 0 : row - 1, column };
      case "ArrowRight":
        return { row, column: mod ? columns - 1 : column + 1 };
      case "ArrowLeft":
        return { row, column: mod ? 0 : column - 1 };
      case "PageDown":
        return { row: row + PAGE, column };
      case "PageUp":
        return { row: row - PAGE, column };
      case "Home":
        return { row: mod ? 0 : row, column: 0 };
      case "End":
        return { row: mod ? rows - 1 : row, column: columns - 1 };
      default:
        return null;
    }
  })();
  const within = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
  return wanted && { row: within(wanted.row, rows), column: within(wanted.column, columns) };
}
