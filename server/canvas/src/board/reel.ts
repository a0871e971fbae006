import type { ShotFacts } from "../wire/api.gen";

/** Whole numbers: 24000/1001 is {24000, 1001}. */
export interface Rate {
  readonly num: number;
  readonly den: number;
}

export function rateOfWords(text: string): Rate {
  const found = /^(\d+)(?:\/(\d+))?$/.exec(text);
  const [num, den] = [Number(found?.[1] ?? 24), Number(found?.[2] ?? 1)];
  return num > 0 && den > 0 ? { num, den } : { num: 24, den: 1 };
}

/** A shot on the reel: frames of the reel's own clock, end exclusive. */
export interface Beat {
  shot: ShotFacts;
  start: number;
  end: number;
  /** Its length is not known: it is held for two seconds. */
  guessed: boolean;
}

export interface Reel {
  rate: Rate;
  beats: readonly Beat[];
  /** Frames of all of it. */
  frames: number;
  /** Shots whose length is not known. */
  unknown: number;
}

const HELD_SECONDS = 2;

/** Shots one after the other by their lengths, on one clock: the rate of the first. Each has a frame at least. */
export function reelOf(shots: readonly ShotFacts[]): Reel {
  const rate = rateOfWords(shots[0]?.length.rate ?? "24");
  let at = 0;
  const beats = shots.map((shot): Beat => {
    const start = at;
    const { frames } = shot.length;
    at += frames === null ? HELD_SECONDS * nominal(rate) : framesAt(frames, rateOfWords(shot.length.rate), rate);
    return { shot, start, end: at, guessed: frames === null };
  });
  return { rate, beats, frames: at, unknown: beats.filter((beat) => beat.guessed).length };
}

/** How many frames of `to` as many frames of `from` last: rounded, halves up, one at least. */
export function framesAt(frames: number, from: Rate, to: Rate): number {
  if (from.num * to.den === to.num * from.den) return Math.max(1, frames);
  const [above, below] = [2 * frames * from.den * to.num + from.num * to.den, 2 * from.num * to.den];
  return Math.max(1, Math.floor(above / below));
}

/** Frames counted to a second: 30 at 29.97. */
export const nominal = (rate: Rate): number => Math.ceil(rate.num / rate.den);

/** The number of the beat a frame lies in; the last one for what lies behind the end. */
export function beatAt(reel: Reel, frame: number): number {
  let [low, high] = [0, reel.beats.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((reel.beats[middle]?.end ?? 0) <= frame) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low);
}

/** Where to look in a film for a frame of the reel, in its own seconds: the middle of the frame, from its best range on. */
export function secondsInTake(beat: Beat, frame: number, rate: Rate, own: Rate | null): number {
  const begin = beat.shot.best && own ? (beat.shot.best.start * own.den) / own.num : 0;
  return begin + ((frame - beat.start + 0.5) * rate.den) / rate.num;
}

/** The frame a clock shows that began at `from` frames `elapsed` milliseconds ago, at a speed of -8 to 8. */
export function frameAfter(from: number, elapsed: number, speed: number, rate: Rate): number {
  return from + Math.trunc((elapsed * speed * rate.num) / (1000 * rate.den));
}

/** The next speed of J (back) and L (on): 1, 2, 4, 8; the other way begins at 1 again. */
export function shuttled(speed: number, way: -1 | 1): number {
  return Math.sign(speed) === way ? way * Math.min(8, Math.abs(speed) * 2) : way;
}

/** `2 min 03 s 08 f`. */
export function runningWords(frames: number, rate: Rate): string {
  const base = nominal(rate);
  const [minutes, seconds] = [Math.floor(frames / base / 60), Math.floor(frames / base) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return minutes ? `${minutes} min ${two(seconds)} s ${two(frames % base)} f` : `${seconds} s ${two(frames % base)} f`;
}

/** `00:00:03:08`, from the reel's first frame, every number a frame. */
export function reelCode(frame: number, rate: Rate): string {
  const base = nominal(rate);
  const seconds = Math.floor(frame / base);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % base];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
