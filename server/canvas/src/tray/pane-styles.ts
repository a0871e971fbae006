import type { CSSProperties } from "react";
import type { Laid } from "./layout";
import type { Mode } from "./stage-state";
import { type Wipe, wipeClip } from "./wipe";

interface Drawn {
  cell: CSSProperties;
  picture: CSSProperties;
  /** Its label would lie over the front one's. */
  hidden: boolean;
}

interface How {
  wipe: Wipe;
  opacity: number;
  gain: number;
}

/** Whether panes lie over one another with both in sight. */
export const stacked = (mode: Mode): boolean => mode === "wipe" || mode === "overlay" || mode === "difference";

/**
 * How every pane is drawn. Of more than two, A is laid against the front one. What is not in sight stays where it is,
 * underneath: its film goes on and is there at once.
 */
export function paneStyles(
  mode: Mode,
  laid: readonly Laid[],
  front: number,
  { wipe, opacity, gain }: How,
): { all: CSSProperties; panes: readonly Drawn[] } {
  const other = Math.max(1, front);
  const panes = laid.map((at, index): Drawn => {
    if (mode === "side" || laid.length === 1) return { cell: {}, picture: {}, hidden: false };
    if (mode === "flip") {
      const shown = index === front;
      return { cell: { zIndex: shown ? 1 : 0 }, picture: {}, hidden: !shown };
    }
    if (index === 0) return { cell: {}, picture: {}, hidden: false };
    if (index !== other) return { cell: {}, picture: { opacity: 0 }, hidden: true };
    const a = laid[0] ?? at;
    if (mode === "wipe")
      return { cell: {}, picture: { clipPath: wipeClip(wipe, a.picture, at.picture) }, hidden: false };
    if (mode === "overlay") return { cell: {}, picture: { opacity }, hidden: false };
    return { cell: {}, picture: { mixBlendMode: "difference" }, hidden: false };
  });
  return { all: mode === "difference" ? { filter: `brightness(${gain})` } : {}, panes };
}
