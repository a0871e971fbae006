/** SMPTE time code (ST 12-1) of absolute record frames, drop-frame and not, and the marks of a ruler. Pure. */

/** Frames per second as the bridge writes it: `24`, `25`, `30000/1001`. `counted` are the frames a time code counts. */
export interface Rate {
  readonly num: number;
  readonly den: number;
  readonly counted: number;
}

export function rateOf(text: string): Rate {
  const match = /^(\d+)(?:\/(\d+))?$/.exec(text.trim());
  const num = Number(match?.[1] ?? 24);
  const den = Number(match?.[2] ?? 1) || 1;
  return { num, den, counted: Math.max(1, Math.round(num / den)) };
}

/** Numbers left out at each minute that is no tenth: 2 at 29.97, 4 at 59.94; none at other rates. */
function dropped(rate: Rate): number {
  return rate.den === 1001 && rate.counted % 30 === 0 ? rate.counted / 15 : 0;
}

/** `01:00:10;02`: drop-frame has a semicolon before the frames. Past 24 hours it begins anew; before zero it is signed. */
export function timecode(frame: number, rate: Rate, drop = false): string {
  if (frame < 0) return `-${timecode(-frame, rate, drop)}`;
  const fps = rate.counted;
  const isDrop = drop && dropped(rate) > 0;
  const number = isDrop ? renumbered(frame, fps, dropped(rate)) : frame;
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(number / fps);
  const [hh, mm, ss] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return `${two(hh)}:${two(mm)}:${two(ss)}${isDrop ? ";" : ":"}${two(number % fps)}`;
}

/** The number drop-frame gives a frame: it leaves `drops` out at the head of each minute but every tenth. */
function renumbered(frame: number, fps: number, drops: number): number {
  const minute = fps * 60 - drops;
  const ten = minute * 10 + drops;
  const tens = Math.floor(frame / ten);
  const rest = frame % ten;
  const minutes = rest < fps * 60 ? 0 : 1 + Math.floor((rest - fps * 60) / minute);
  return frame + drops * (9 * tens + minutes);
}

/** `3 s 08 f`, `12 f`, `1 min 04 s 00 f`: a length in the words of an editor. */
export function lengthWords(frames: number, rate: Rate): string {
  const whole = Math.abs(frames);
  const [seconds, rest] = [Math.floor(whole / rate.counted), whole % rate.counted];
  const sign = frames < 0 ? "-" : "";
  if (seconds === 0) return `${sign}${rest} f`;
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 60) return `${sign}${seconds} s ${two(rest)} f`;
  return `${sign}${Math.floor(seconds / 60)} min ${two(seconds % 60)} s ${two(rest)} f`;
}

/**
 * The frame a number of the time code stands for: what `renumbered` undoes. A number that drop-frame leaves out stands
 * for the first frame of its minute.
 */
function frameOf(number: number, fps: number, drops: number): number {
  const minutes = Math.floor(number / (fps * 60));
  const there = minutes % 10 === 0 ? number : Math.max(number, minutes * fps * 60 + drops);
  return there - drops * (minutes - Math.floor(minutes / 10));
}

export interface Tick {
  readonly frame: number;
  /** Written on long marks only. */
  readonly label: string;
}

/** Steps a ruler may take: frames first, then seconds, minutes, hours. */
function steps(fps: number): number[] {
  const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000];
  return [...[1, 2, 5, 10].filter((frames) => frames < fps), ...seconds.map((one) => one * fps)];
}

/** The smallest step whose marks are at least `least` pixels apart. */
export function tickStep(rate: Rate, pxPerFrame: number, least: number): number {
  const all = steps(rate.counted);
  return all.find((step) => step * pxPerFrame >= least) ?? all.at(-1) ?? 1;
}

/** Short marks to a long one: what divides it evenly. */
const parts = (step: number) => [5, 4, 2].find((one) => step % one === 0) ?? 1;

/** Marks between two record frames on whole steps of the time code; the labels at least `least` pixels apart. */
export function ticks(from: number, to: number, rate: Rate, drop: boolean, pxPerFrame: number, least = 110): Tick[] {
  const step = tickStep(rate, pxPerFrame, least);
  const minor = step / parts(step);
  const [fps, drops] = [rate.counted, drop ? dropped(rate) : 0];
  const found: Tick[] = [];
  for (let number = Math.floor(from / minor) * minor; ; number += minor) {
    const frame = frameOf(number, fps, drops);
    if (frame >= to) return found;
    if (frame >= from) found.push({ frame, label: number % step === 0 ? timecode(frame, rate, drop) : "" });
  }
}
