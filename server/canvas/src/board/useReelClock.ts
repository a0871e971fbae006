import { useCallback, useEffect, useRef, useState } from "react";
import { frameAfter, type Reel, shuttled } from "./reel";

/** One whole frame is the truth; while it plays, the screen's own beat asks how far it is. It stops at both ends. */
export function useReelClock(reel: Reel, from: number) {
  const [frame, setFrame] = useState(from);
  const [speed, setSpeed] = useState(1);
  const began = useRef({ frame: from, at: performance.now() });
  const last = Math.max(0, reel.frames - 1);
  const { rate } = reel;

  const set = useCallback(
    (next: number) => {
      const within = Math.min(last, Math.max(0, next));
      began.current = { frame: within, at: performance.now() };
      setFrame(within);
      return within;
    },
    [last],
  );
  useEffect(() => {
    if (speed === 0) return;
    let asked = 0;
    const beat = () => {
      const next = frameAfter(began.current.frame, performance.now() - began.current.at, speed, rate);
      setFrame(Math.min(last, Math.max(0, next)));
      if (next > last || next < 0) setSpeed(0);
      else asked = requestAnimationFrame(beat);
    };
    asked = requestAnimationFrame(beat);
    return () => cancelAnimationFrame(asked);
  }, [speed, last, rate]);

  const go = (next: number) => {
    // At the end, playing begins anew.
    set(next > 0 && frame >= last ? 0 : frame);
    setSpeed(next);
  };
  return {
    frame: Math.min(frame, last),
    speed,
    seek: (next: number) => {
      setSpeed(0);
      set(next);
    },
    stop: () => setSpeed(0),
    toggle: () => (speed ? setSpeed(0) : go(1)),
    shuttle: (way: -1 | 1) => go(shuttled(speed, way)),
  };
}
