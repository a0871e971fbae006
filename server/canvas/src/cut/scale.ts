/** Record frames and pixels: how far one is zoomed in, what is in sight, what is too narrow to be drawn by itself. */

export interface Span {
  /** Absolute record frame. */
  readonly record_start: number;
  /** Exclusive. */
  readonly record_end: number;
}

export const LEAST = 0.002;
export const MOST = 40;
/** Zoom of one press or one notch of the wheel. */
export const STEP = 1.25;
/** A clip narrower than this is drawn as part of a run. */
export const NARROW = 7;

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Pixels a frame at which so many frames fill so many pixels, with a little air behind the last. */
export function fitted(frames: number, width: number): number {
  return clamp((width - 24) / Math.max(1, frames), LEAST, MOST);
}

/** Zoom with a point held still: the new scale, and where to scroll so that what lay at `x` pixels in sight still does. */
export function zoomed(
  px: number,
  factor: number,
  scroll: number,
  x: number,
): { readonly px: number; readonly scroll: number } {
  const next = clamp(px * factor, LEAST, MOST);
  return { px: next, scroll: Math.max(0, ((scroll + x) / px) * next - x) };
}

/** The slider moves evenly over the powers between two scales: 0 to 100 and back. */
export function toSlider(px: number, least: number): number {
  return (Math.log(clamp(px, least, MOST) / least) / Math.log(MOST / least)) * 100;
}

export function fromSlider(value: number, least: number): number {
  return least * (MOST / least) ** (clamp(value, 0, 100) / 100);
}

/** The items between two record frames, of a list in record order without overlaps; ends exclusive. */
export function inSight<T extends Span>(items: readonly T[], from: number, to: number): readonly T[] {
  return items.slice(
    firstWhere(items, (item) => item.record_end > from),
    firstWhere(items, (item) => item.record_start >= to),
  );
}

/** The index of the first for which it holds; it holds for all behind that one. */
function firstWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export interface Run<T> extends Span {
  readonly items: readonly T[];
}

/**
 * Neighbours that are too narrow for themselves, drawn as one: a run grows until it is `narrow` pixels wide. What is
 * wide enough stays alone, and so does what `alone` names (the clip with the focus).
 */
export function runs<T extends Span>(items: readonly T[], px: number, alone: (item: T) => boolean): Run<T>[] {
  const found: { record_start: number; record_end: number; items: T[] }[] = [];
  let open = false;
  for (const item of items) {
    const single = (item.record_end - item.record_start) * px >= NARROW || alone(item);
    const last = found.at(-1);
    if (open && !single && last && (last.record_end - last.record_start) * px < NARROW) {
      last.items.push(item);
      last.record_end = item.record_end;
    } else {
      found.push({ record_start: item.record_start, record_end: item.record_end, items: [item] });
      open = !single;
    }
  }
  return found;
}

/** The item at a frame, else the nearest of a track. */
export function nearest<T extends Span>(items: readonly T[], frame: number): T | undefined {
  const away = (item: T) => Math.max(item.record_start - frame, frame - item.record_end + 1, 0);
  return items.reduce<T | undefined>((best, item) => (best && away(best) <= away(item) ? best : item), undefined);
}
