import { useEffect, useRef } from "react";
import { useMedia } from "../ui/Media";
import type { Rate } from "./reel";
import type { Sound } from "./sounds";

interface Props {
  sounds: readonly Sound[];
  rate: Rate;
  frame: number;
  speed: number;
  muted: boolean;
}

/** Seconds before a sound's turn in which it is loaded. */
const AHEAD_SECONDS = 2;
/** Further from the clock than this, a playing sound is put back: less is not heard as out of step. */
const DRIFT_SECONDS = 0.12;

/** What is heard at a frame of the reel: only at 1×, in step with its clock. */
export function SoundTracks({ sounds, rate, frame, speed, muted }: Props) {
  const ahead = (AHEAD_SECONDS * rate.num) / rate.den;
  return sounds
    .filter((one) => frame >= one.start - ahead && frame < one.end)
    .map((one) => (
      <Player
        key={one.wire}
        sound={one}
        at={((frame - one.start) * rate.den) / rate.num}
        on={speed === 1 && frame >= one.start}
        muted={muted}
      />
    ));
}

function Player({ sound, at, on, muted }: { sound: Sound; at: number; on: boolean; muted: boolean }) {
  const urls = useMedia(sound.content);
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = player.current;
    // One that is only taken out of the page plays on.
    return () => audio?.pause();
  }, []);
  useEffect(() => {
    const audio = player.current;
    if (!audio || !urls) return;
    const wanted = Math.max(0, at);
    if (!on) audio.pause();
    if (!on || Math.abs(audio.currentTime - wanted) > DRIFT_SECONDS) audio.currentTime = wanted;
    if (on && audio.paused) void audio.play().catch(() => undefined); // The pictures go on without it.
  }, [at, on, urls]);
  return <audio ref={player} src={urls?.original} preload="auto" muted={muted} data-track={sound.track} />;
}
