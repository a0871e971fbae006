import { useLayoutEffect, useRef } from "react";
import type { Deck } from "./deck";
import { empty, lease, release, retire } from "./pool";
import css from "./Stage.module.css";

interface Props {
  deck: Deck;
  pane: string;
  /** The small film: another address is another take. */
  url: string | undefined;
  /** The take, told to whoever waits for it to be on screen. */
  take: string;
  onTrouble(words: string): void;
}

/** After a seek ended, its frame is on screen at the latest by then. */
const REVEAL_MS = 40;
const RETRY_MS = 120;

/**
 * A pane's film. When the take changes, the new film is sought underneath and shown once its frame is there: the old
 * picture stays until then, so that nothing is ever black. With no player to spare, a copy of the old picture stays.
 */
export function Film({ deck, pane, url, take, onTrouble }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const front = useRef<HTMLVideoElement | null>(null);
  const trouble = useRef(onTrouble);
  trouble.current = onTrouble;

  // Before the page is painted: the new film is asked for in the same moment as the key is heard.
  useLayoutEffect(() => {
    const box = place.current;
    if (!box || !url) return;
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let still: HTMLCanvasElement | null = null;
    let player: HTMLVideoElement | null = null;
    let shown = false;
    let picture = 0;

    const reveal = (): void => {
      if (!current || shown || !player) return;
      shown = true;
      still?.remove();
      const old = front.current;
      front.current = player;
      if (old && old !== player) retire(old);
      box.dataset["shown"] = take;
    };
    const sought = () => {
      player?.requestVideoFrameCallback(reveal);
      timer = setTimeout(reveal, REVEAL_MS);
    };
    const broken = () => {
      if (current && player?.getAttribute("src")) trouble.current("This film cannot be shown. Load the page again.");
    };
    const begin = () => {
      player = lease(url);
      if (!player && !front.current) {
        timer = setTimeout(begin, RETRY_MS);
        return;
      }
      if (player) {
        // Covered, not see-through: browsers draw no frames of what cannot be seen at all.
        player.className = css.film ?? "";
        box.prepend(player);
      } else {
        player = front.current;
        still = player && pictureOf(player);
        if (still) box.append(still);
      }
      if (!player) return;
      player.addEventListener("seeked", sought, { once: true });
      player.addEventListener("error", broken);
      deck.rise(pane);
      if (player.getAttribute("src") !== url) player.src = url;
      deck.sit(pane, player);
      // It stands at this frame already: nothing is sought, and it is on screen with the next picture of the page.
      if (player.paused && !player.seeking && player.readyState >= 2) {
        player.removeEventListener("seeked", sought);
        picture = requestAnimationFrame(() => {
          picture = requestAnimationFrame(reveal);
        });
      }
    };
    begin();
    return () => {
      current = false;
      clearTimeout(timer);
      cancelAnimationFrame(picture);
      still?.remove();
      player?.removeEventListener("seeked", sought);
      player?.removeEventListener("error", broken);
      if (player && player !== front.current) {
        deck.rise(pane, player);
        release(player);
      } else if (player && !shown) empty(player);
    };
  }, [deck, pane, url, take]);

  useLayoutEffect(
    () => () => {
      if (!front.current) return;
      deck.rise(pane, front.current);
      release(front.current);
      front.current = null;
    },
    [deck, pane],
  );

  return <div ref={place} className={css.fill} data-film={take} />;
}

/** What a player shows, as a picture of its own. */
function pictureOf(player: HTMLVideoElement): HTMLCanvasElement | null {
  if (player.videoWidth === 0) return null;
  const canvas = document.createElement("canvas");
  canvas.width = player.videoWidth;
  canvas.height = player.videoHeight;
  canvas.className = css.film ?? "";
  canvas.getContext("2d")?.drawImage(player, 0, 0);
  return canvas;
}
