import type { Rate } from "./clock";

/** What to do with a pane that follows: nothing, play a little faster or slower, or seek. */
export type Correction = { kind: "none" } | { kind: "rate"; factor: number } | { kind: "seek" };

const GENTLY = 1.02;
const FIRMLY = 1.04;

/**
 * `behind` is how far a follower is behind the leader, in seconds (negative: ahead); `rate` is the follower's own.
 * Within half a frame nothing is done. Up to three frames it catches up by playing 2 or 4 % off; beyond, it seeks.
 */
export function correction(behind: number, rate: Rate): Correction {
  const frames = (Math.abs(behind) * rate.num) / rate.den;
  if (frames <= 0.5) return { kind: "none" };
  if (frames > 3) return { kind: "seek" };
  const strength = frames > 1.5 ? FIRMLY : GENTLY;
  return { kind: "rate", factor: behind > 0 ? strength : 1 / strength };
}

/** Shuttle speeds as J, K and L make them: 0 stands, negative runs back. */
export type ShuttleKey = "J" | "K" | "L" | "Space";

const FASTEST = 8;

/** The speed after a key. Repeating J or L doubles up to 8; with K held they run at a quarter. */
export function shuttle(speed: number, key: ShuttleKey, slow = false): number {
  if (key === "K") return 0;
  if (key === "Space") return speed === 0 ? 1 : 0;
  const way = key === "L" ? 1 : -1;
  if (slow) return way / 4;
  const going = Math.sign(speed) === way && Math.abs(speed) >= 1;
  return way * (going ? Math.min(FASTEST, Math.abs(speed) * 2) : 1);
}
