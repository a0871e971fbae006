/**
 * One integer frame is the truth of every pane. Frames count from 0, ends are exclusive, rates are fractions, and a
 * seek goes to the middle of a frame: at its very beginning browsers show the frame before it.
 */
export interface Rate {
  readonly num: number;
  readonly den: number;
}

/** What has no frames of its own (a sound, a still) is stepped on this grid. */
export const PLAIN_RATE: Rate = { num: 25, den: 1 };

/** Where to seek for a frame, in seconds: the middle of it. */
export const seekTime = (frame: number, rate: Rate): number => ((2 * frame + 1) * rate.den) / (2 * rate.num);

/** The frame that begins at a presentation time (`mediaTime` of a frame callback), however that was rounded. */
export const frameOfStamp = (seconds: number, rate: Rate): number =>
  Math.max(0, Math.round((seconds * rate.num) / rate.den));

/** The frame that is shown at a moment of a media clock; a stamp rounded down a little still counts as its frame. */
export const frameOfMoment = (seconds: number, rate: Rate): number =>
  Math.max(0, Math.floor((seconds * rate.num) / rate.den + 1e-3));

/** The frame of `to` that is on screen in the middle of a frame of `from`. Whole numbers only. */
export function across(frame: number, from: Rate, to: Rate): number {
  if (from.num * to.den === to.num * from.den) return frame;
  return Math.floor(((2 * frame + 1) * from.den * to.num) / (2 * from.num * to.den));
}

/** How many frames of `to` it takes to show all `count` frames of `from`. */
export const countAcross = (count: number, from: Rate, to: Rate): number =>
  Math.max(1, Math.ceil((count * from.den * to.num) / (from.num * to.den)));

export interface PaneClock {
  readonly rate: Rate;
  /** Frames it has; a still has 1 and holds it for ever. */
  readonly count: number;
  /** Moved against the others, in frames of its own. */
  readonly offset: number;
}

/** Which frame a pane shows at the master's frame, and whether it holds its first or last one there. */
export function paneFrame(frame: number, master: Rate, pane: PaneClock): { frame: number; held: boolean } {
  const wanted = across(frame, master, pane.rate) + pane.offset;
  const last = Math.max(0, pane.count - 1);
  return { frame: Math.min(last, Math.max(0, wanted)), held: wanted < 0 || wanted > last };
}

/** The master's frame at a pane's frame: the first one that shows it. */
export function masterFrame(frame: number, master: Rate, pane: PaneClock): number {
  const own = Math.max(0, frame - pane.offset);
  if (pane.rate.num * master.den === master.num * pane.rate.den) return own;
  let found = Math.floor((own * pane.rate.den * master.num) / (pane.rate.num * master.den));
  while (across(found, master, pane.rate) < own) found += 1;
  return found;
}

/** How many master frames it takes until the longest pane has ended. */
export const masterCount = (master: Rate, panes: readonly PaneClock[]): number =>
  Math.max(1, ...panes.map((pane) => countAcross(Math.max(1, pane.count - pane.offset), pane.rate, master)));

const base = (rate: Rate) => Math.max(1, Math.round(rate.num / rate.den));
const two = (value: number) => String(value).padStart(2, "0");

/** `00:00:03:08`, counted from the take's first frame, non-drop: every number is a frame. */
export function timecode(frame: number, rate: Rate): string {
  const perSecond = base(rate);
  const seconds = Math.floor(frame / perSecond);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return [hours, minutes, seconds % 60, frame % perSecond].map(two).join(":");
}

/** What somebody typed: `14`, `f 14`, `+5`, `-3`, `1:08`, `00:00:01:08`; null for anything else. Kept within 0 … count − 1. */
export function typedFrame(text: string, rate: Rate, now: number, count: number): number | null {
  const said = text.trim().toLowerCase();
  const within = (frame: number) => Math.min(count - 1, Math.max(0, frame));
  const single = /^(?:f\s*)?([+-])?(\d{1,7})$/.exec(said);
  if (single) {
    const value = Number(single[2]);
    if (single[1]) return within(now + (single[1] === "-" ? -value : value));
    return within(value);
  }
  if (!/^\d{1,2}(:\d{1,2}){1,3}$/.test(said)) return null;
  const parts = said.split(":").map(Number);
  while (parts.length < 4) parts.unshift(0);
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = parts;
  if (minutes > 59 || seconds > 59 || frames >= base(rate)) return null;
  return within(((hours * 60 + minutes) * 60 + seconds) * base(rate) + frames);
}

/** `24`, `23.976`, `59.94`. */
export const rateWords = (rate: Rate): string => String(Math.round((rate.num / rate.den) * 1000) / 1000);
