import { face, fact, type Take } from "../canvas/model";
import type { Mode } from "./stage-state";
import { type Box, type Look, matched, pictureBox, type Size } from "./wipe";

const PLAIN: Size = { width: 1280, height: 720 };

/** The size of a take's picture; a sound or words get a page of their own. */
export function sizeOf(take: Take): Size {
  const facts = face(take)?.output.facts;
  const width = facts ? fact(facts, "width") : 0;
  const height = facts ? fact(facts, "height") : 0;
  return width > 0 && height > 0 ? { width, height } : PLAIN;
}

/** The cells of a stage: all of it for what is laid over one another, side by side in a row or a square. */
export function cells(stage: Size, count: number, mode: Mode): readonly Box[] {
  const whole = { x: 0, y: 0, ...stage };
  if (mode !== "side" || count < 2) return Array.from({ length: count }, () => whole);
  const columns = count === 2 || count === 3 ? bestColumns(stage, count) : 2;
  const rows = Math.ceil(count / columns);
  const gap = 2;
  const width = (stage.width - gap * (columns - 1)) / columns;
  const height = (stage.height - gap * (rows - 1)) / rows;
  return Array.from({ length: count }, (_, index) => ({
    x: (index % columns) * (width + gap),
    y: Math.floor(index / columns) * (height + gap),
    width,
    height,
  }));
}

/** Beside or below one another, whichever shows 16:9 pictures larger. */
function bestColumns(stage: Size, count: number): number {
  const beside = Math.min(stage.width / count / 16, stage.height / 9);
  const below = Math.min(stage.width / 16, stage.height / count / 9);
  return beside >= below ? count : 1;
}

export interface Laid {
  cell: Box;
  /** Where the picture lies in its cell. */
  picture: Box;
  /** How much it was scaled against A; 1 when it was not. */
  scaled: number;
}

/** Every pane's place. All are looked at like A: what fits A's frame fits theirs. */
export function lay(stage: Size, sizes: readonly Size[], mode: Mode, look: Look): readonly Laid[] {
  const [a = PLAIN] = sizes;
  return cells(stage, sizes.length, mode).map((cell, index) => {
    const first = pictureBox(a, cell, look);
    const { box, scaled } = matched(sizes[index] ?? a, a, first);
    return { cell, picture: box, scaled };
  });
}
