/** Cells for spreadsheets. One that a spreadsheet would take for a formula gets an apostrophe before it. */
export type Cell = string | number | null;

const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@|\uff1d\uff0b\uff0d\uff20]/;

function plain(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  return FORMULA.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
}

/** Lines with CRLF as RFC 4180 has them, with the mark that lets spreadsheets read letters of any script. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  const quoted = (value: Cell) => {
    const text = plain(value);
    return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\uFEFF${rows.map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
}

/** Rows for pasting: tabs between cells, and a cell's own tabs and line ends as blanks. */
export const tsvOf = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => row.map((value) => plain(value).replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");
