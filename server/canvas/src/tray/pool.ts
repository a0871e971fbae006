/**
 * The page's film players: never more than four, because browsers stop at some and every one holds a decoder. Taking
 * an element out of the page does not free its player; emptying its source does. Players nobody needs right now keep
 * the films that are probably shown next; they give way to whoever needs one.
 */
export const MOST_PLAYERS = 4;

const live = new Set<HTMLVideoElement>();
const warmed = new Map<string, HTMLVideoElement>();
/** Films that are probably shown next, loaded or not. */
const expected = new Set<string>();

function made(): HTMLVideoElement {
  const player = document.createElement("video");
  player.preload = "auto";
  player.muted = true;
  player.playsInline = true;
  player.disablePictureInPicture = true;
  player.disableRemotePlayback = true;
  player.tabIndex = -1;
  player.setAttribute("aria-hidden", "true");
  live.add(player);
  return player;
}

/** A player for this film, loaded already when it was expected; null when four are in use. */
export function lease(url: string): HTMLVideoElement | null {
  const ready = warmed.get(url);
  if (ready) {
    warmed.delete(url);
    return ready;
  }
  if (live.size >= MOST_PLAYERS) coolOne();
  if (live.size >= MOST_PLAYERS) return null;
  const player = made();
  player.src = url;
  return player;
}

/** Load a film that is probably shown next, when a player is free for it. */
export function warm(url: string): void {
  if (warmed.has(url) || live.size >= MOST_PLAYERS) return;
  const player = made();
  player.src = url;
  warmed.set(url, player);
}

/** Say that a film is probably shown next: whoever has shown it leaves it loaded. */
export function expect(url: string): void {
  expected.add(url);
}

/** Bring an expected film to a moment, so that showing it takes no seek. */
export function seekWarm(url: string, seconds: number): void {
  const player = warmed.get(url);
  if (!player || Math.abs(player.currentTime - seconds) < SAME_MOMENT) return;
  const go = () => {
    if (warmed.get(url) === player) player.currentTime = seconds;
  };
  if (player.readyState >= 1) go();
  else player.addEventListener("loadedmetadata", go, { once: true });
}

/** Two moments nearer than this are one: players keep their clock in millionths. */
export const SAME_MOMENT = 1e-4;

/** It will not be shown next after all. */
export function cool(url: string): void {
  expected.delete(url);
  const player = warmed.get(url);
  if (!player) return;
  warmed.delete(url);
  release(player);
}

function coolOne(): void {
  const [oldest] = warmed.keys();
  if (oldest !== undefined) cool(oldest);
}

/** A player that has shown its film: kept when that film is expected again, else let go. */
export function retire(player: HTMLVideoElement): void {
  const url = player.getAttribute("src") ?? "";
  if (!expected.has(url) || warmed.has(url)) return release(player);
  player.pause();
  player.remove();
  player.muted = true;
  player.playbackRate = 1;
  warmed.set(url, player);
}

export function release(player: HTMLVideoElement): void {
  empty(player);
  player.remove();
  live.delete(player);
}

/** Let go of what a player has loaded. */
export function empty(player: HTMLMediaElement): void {
  player.pause();
  player.removeAttribute("src");
  player.load();
}
