import { Pause, Play, SkipBack, SkipForward, Volume2, VolumeX, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useVerbs } from "../app/keys";
import { useView } from "../app/session";
import { face, rateOf } from "../canvas/model";
import { IconButton } from "../ui/Button";
import { Slider } from "../ui/Field";
import { useMedia } from "../ui/Media";
import css from "./Animatic.module.css";
import { keyOf } from "./films";
import { type Beat, beatAt, type Rate, type Reel, reelCode, secondsInTake } from "./reel";
import { SoundTracks } from "./SoundTracks";
import { soundsOf } from "./sounds";
import { useReelClock } from "./useReelClock";

interface Props {
  reel: Reel;
  /** Whose sounds are heard; null where nothing orders the shots yet. */
  film: string | null;
  from: number;
  /** The shot that is on screen. */
  onShot(key: string | null): void;
  onClose(): void;
}

/** The film's stills, proxies and sounds, each as long as it is in the film, on one clock of whole frames. */
export function Animatic({ reel, film, from, onShot, onClose }: Props) {
  const clock = useReelClock(reel, from);
  const { frame, speed } = clock;
  const at = beatAt(reel, frame);
  const beat = reel.beats[at];
  const key = beat ? keyOf(beat.shot) : null;
  useEffect(() => onShot(key), [key, onShot]);
  const doc = useView((view) => view.seen?.doc);
  const sounds = useMemo(() => (doc ? soundsOf(doc, film, reel) : []), [doc, film, reel]);
  const [muted, setMuted] = useState(false);
  const stage = useRef<HTMLElement>(null);
  useEffect(() => stage.current?.focus(), []);
  const hop = (by: -1 | 1) => {
    const here = by < 0 && frame > (beat?.start ?? 0) ? at : at + by;
    clock.seek(reel.beats[Math.max(0, here)]?.start ?? reel.frames - 1);
  };

  const group = "Animatic";
  useVerbs([
    { id: "animatic.play", title: "Play or stop", keys: ["Space"], group, run: clock.toggle },
    { id: "animatic.back", title: "Play backwards, again: faster", keys: ["J"], group, run: () => clock.shuttle(-1) },
    { id: "animatic.stop", title: "Stop", keys: ["K"], group, run: clock.stop },
    { id: "animatic.on", title: "Play, again: faster", keys: ["L"], group, run: () => clock.shuttle(1) },
    { id: "animatic.earlier", title: "One frame back", keys: ["ArrowLeft"], group, run: () => clock.seek(frame - 1) },
    { id: "animatic.later", title: "One frame on", keys: ["ArrowRight"], group, run: () => clock.seek(frame + 1) },
    { id: "animatic.shot.back", title: "Shot before", keys: ["ArrowUp", "Shift+ArrowLeft"], group, run: () => hop(-1) },
    { id: "animatic.shot.on", title: "Next shot", keys: ["ArrowDown", "Shift+ArrowRight"], group, run: () => hop(1) },
    { id: "animatic.first", title: "First frame", keys: ["Home"], group, run: () => clock.seek(0) },
    { id: "animatic.last", title: "Last frame", keys: ["End"], group, run: () => clock.seek(reel.frames - 1) },
    {
      id: "animatic.mute",
      title: muted ? "Sound on" : "Sound off",
      keys: ["M"],
      group,
      enabled: sounds.length > 0,
      run: () => setMuted(!muted),
    },
    { id: "animatic.close", title: "Close the animatic", keys: ["Escape"], group, run: onClose },
  ]);

  // Two places: what is on screen, and what comes next, already loaded. A shot keeps its place when its turn comes.
  const next = reel.beats[speed < 0 ? at - 1 : at + 1];
  const places: [Beat | undefined, Beat | undefined] = at % 2 === 0 ? [beat, next] : [next, beat];
  return (
    <section ref={stage} className={css.stage} aria-label="Animatic" tabIndex={-1}>
      <div className={css.screen}>
        {places.map((one, index) => (
          <Picture
            // biome-ignore lint/suspicious/noArrayIndexKey: the two places are what they are.
            key={index}
            beat={one}
            rate={reel.rate}
            frame={one === beat ? frame : (one?.start ?? 0)}
            speed={one === beat ? speed : 0}
            shown={one === beat}
          />
        ))}
        {beat && !beat.shot.still && (
          <p className={css.none}>
            <span>{beat.shot.title}: no take yet</span>
          </p>
        )}
      </div>
      <SoundTracks sounds={sounds} rate={reel.rate} frame={frame} speed={speed} muted={muted} />
      <div className={css.transport}>
        <IconButton label="Shot before" chord="ArrowUp" onPress={() => hop(-1)}>
          <SkipBack size={16} aria-hidden />
        </IconButton>
        <IconButton label={speed ? "Stop" : "Play"} chord="Space" onPress={clock.toggle}>
          {speed ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
        </IconButton>
        <IconButton label="Next shot" chord="ArrowDown" onPress={() => hop(1)}>
          <SkipForward size={16} aria-hidden />
        </IconButton>
        <span className={css.code} data-frame={frame}>
          {reelCode(frame, reel.rate)}
        </span>
        <div className={css.rail}>
          <Slider
            label="Frame of the animatic"
            value={frame}
            onChange={clock.seek}
            minValue={0}
            maxValue={Math.max(0, reel.frames - 1)}
          />
        </div>
        <span className={css.what}>
          {at + 1} of {reel.beats.length}: {beat?.shot.title}
          {beat?.guessed ? ", length not known" : ""}
          {speed !== 0 && speed !== 1 ? ` · ${speed}×` : ""}
        </span>
        {sounds.length > 0 && (
          <IconButton label={muted ? "Sound on" : "Sound off"} chord="M" onPress={() => setMuted(!muted)}>
            {muted ? <VolumeX size={16} aria-hidden /> : <Volume2 size={16} aria-hidden />}
          </IconButton>
        )}
        <IconButton label="Close the animatic" chord="Escape" onPress={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
    </section>
  );
}

interface PictureProps {
  beat: Beat | undefined;
  rate: Rate;
  frame: number;
  speed: number;
  shown: boolean;
}

/** A shot's still, or its proxy held to the clock's frame. */
function Picture({ beat, rate, frame, speed, shown }: PictureProps) {
  const urls = useMedia(beat?.shot.still || undefined);
  const take = useView((view) => (beat?.shot.take ? view.seen?.doc.takes[beat.shot.take] : undefined));
  const output = take && face(take)?.output;
  if (!beat || !urls) return null;
  const look = shown ? css.picture : css.waiting;
  if (beat.shot.still_kind !== "video")
    return <img src={urls.still} alt={shown ? beat.shot.title : ""} className={look} />;
  const own = output ? rateOf(output) : null;
  const at = secondsInTake(beat, frame, rate, own);
  return <Film src={urls.proxy} poster={urls.poster} at={at} speed={speed} className={look} label={beat.shot.title} />;
}

interface FilmProps {
  src: string;
  poster: string;
  at: number;
  speed: number;
  label: string;
  className: string | undefined;
}

/** Further from the clock than this, a playing proxy is put back. */
const DRIFT_SECONDS = 0.12;

/** Played by the browser at 1× and held to the clock; at any other speed sought frame by frame. */
function Film({ src, poster, at, speed, label, className }: FilmProps) {
  const player = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = player.current;
    return () => {
      video?.pause();
      video?.removeAttribute("src");
      video?.load();
    };
  }, []);
  useEffect(() => {
    const video = player.current;
    if (!video) return;
    if (speed === 1) {
      if (Math.abs(video.currentTime - at) > DRIFT_SECONDS) video.currentTime = at;
      if (video.paused) void video.play().catch(() => undefined); // It stays on the frame that was sought.
    } else {
      video.pause();
      if (!video.seeking || speed === 0) video.currentTime = at;
    }
  }, [at, speed]);
  return (
    <video
      ref={player}
      src={src}
      poster={poster}
      className={className}
      aria-label={label}
      muted
      playsInline
      preload="auto"
      disablePictureInPicture
      tabIndex={-1}
    />
  );
}
