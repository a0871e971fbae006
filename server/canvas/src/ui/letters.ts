/** How much larger than usual a person's browser is told to write: 1, or 2 at twice the size. */
const larger =
  typeof document === "undefined" ? 1 : Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** The height of a row that is reckoned, not measured, in pixels: given for letters of the usual size. */
export const rowHeight = (px: number): number => Math.round(px * Math.max(1, larger));
