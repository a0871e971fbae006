import { useEffect, useRef, useState } from "react";
import { face, type Take } from "../canvas/model";
import { Poster, useMedia } from "../ui/Media";
import { drained } from "../wire/http";
import css from "./Card.module.css";
import { columns, type Peaks } from "./peaks";

const kept = new Map<string, Promise<Peaks>>();

function peaksOf(url: string): Promise<Peaks> {
  const found =
    kept.get(url) ??
    fetch(url).then(async (answer) => (answer.ok ? answer.json() : Promise.reject(await drained(answer))));
  kept.set(url, found);
  found.catch(() => kept.delete(url));
  if (kept.size > 200) kept.delete(kept.keys().next().value ?? "");
  return found;
}

/** A sound's shape, drawn from its peaks; where there are none, the picture of it. */
export function Waveform({ take }: { take: Take }) {
  const urls = useMedia(face(take)?.output.content);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [without, setWithout] = useState(false);
  useEffect(() => {
    let current = true;
    if (urls) {
      peaksOf(urls.peaks).then(
        (peaks) => current && canvas.current && draw(canvas.current, peaks),
        () => current && setWithout(true),
      );
    }
    return () => {
      current = false;
    };
  }, [urls]);
  if (without) return <Poster take={take} label="" scrub={false} className={css.face} />;
  return <canvas ref={canvas} className={css.face} width={264} height={126} aria-hidden />;
}

function draw(canvas: HTMLCanvasElement, peaks: Peaks): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.fillStyle = getComputedStyle(canvas).color;
  columns(peaks.peaks, width / 3).forEach(([low, high], index) => {
    const top = height / 2 - (high * height) / 2.2;
    context.fillRect(index * 3, top, 2, Math.max(1, ((high - low) * height) / 2.2));
  });
}
