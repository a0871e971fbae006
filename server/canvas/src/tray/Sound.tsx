import { useEffect, useRef } from "react";
import type WaveSurfer from "wavesurfer.js";
import type { MediaUrls } from "../wire/media";
import type { Deck } from "./deck";
import { empty } from "./pool";
import css from "./Stage.module.css";

interface Props {
  deck: Deck;
  pane: string;
  urls: MediaUrls | undefined;
  seconds: number;
}

interface Peaks {
  rate: number;
  peaks: readonly (readonly [number, number])[];
}

/** A pane's sound: its waveform from the bridge's own peaks, played by the deck like a film. */
export function Sound({ deck, pane, urls, seconds }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place.current;
    if (!box || !urls) return;
    let current = true;
    let wave: WaveSurfer | null = null;
    const player = document.createElement("audio");
    player.preload = "auto";
    player.src = urls.original;
    deck.sit(pane, player);
    void draw(box, player, urls.peaks, seconds).then(
      (made) => {
        if (current) wave = made;
        else made.destroy();
      },
      () => undefined, // Without a waveform it still plays.
    );
    return () => {
      current = false;
      deck.rise(pane, player);
      wave?.destroy();
      empty(player);
    };
  }, [deck, pane, urls, seconds]);
  return <div ref={place} className={css.wave} />;
}

async function draw(
  container: HTMLElement,
  media: HTMLAudioElement,
  peaks: string,
  duration: number,
): Promise<WaveSurfer> {
  const [{ default: Wave }, response] = await Promise.all([import("wavesurfer.js"), fetch(peaks)]);
  const read = (await response.json()) as Peaks;
  if (!response.ok) throw new Error("no peaks");
  const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]");
  const style = getComputedStyle(container);
  return Wave.create({
    container,
    media,
    peaks: [read.peaks.flatMap(([low, high]) => [high, low])],
    duration,
    height: "auto",
    interact: false,
    waveColor: style.getPropertyValue("--wave"),
    progressColor: style.getPropertyValue("--wave-done"),
    cursorColor: style.getPropertyValue("--wave-done"),
    cspNonce: nonce?.nonce || nonce?.content || "",
  });
}
