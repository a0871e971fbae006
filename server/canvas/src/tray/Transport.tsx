import { Pause, Play, Repeat, SkipBack, SkipForward, StepBack, StepForward } from "lucide-react";
import { type KeyboardEvent, memo, type PointerEvent, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Take } from "../canvas/model";
import { Button, IconButton, Toggle } from "../ui/Button";
import { masterFrame, type PaneClock, timecode, typedFrame } from "./clock";
import type { Deck } from "./deck";
import css from "./Transport.module.css";

interface Props {
  deck: Deck;
  /** The take whose best range is shown and set. */
  take: Take;
  clock: PaneClock;
  mayJudge: boolean;
  onRange(end: "in" | "out"): void;
  onClearRange(): void;
  /** Frames of the take with notes. */
  notes: readonly number[];
  /** Only the bar, the play button and the frame. */
  small?: boolean;
}

/** Play, step, the bar with the best range, and a field for timecode or a frame. */
export const Transport = memo(function Transport(props: Props) {
  const { deck, take, clock, mayJudge, onRange, onClearRange, notes, small = false } = props;
  const { frame, speed, count, loop } = useStore(deck.store);
  const still = count < 2;
  return (
    <div className={css.transport}>
      <Bar deck={deck} take={take} clock={clock} notes={notes} />
      <div className={css.keys} role="toolbar" aria-label="Transport">
        {!small && (
          <IconButton label="First frame" chord="Home" isDisabled={still} onPress={() => deck.go(0)}>
            <SkipBack size={16} aria-hidden />
          </IconButton>
        )}
        <IconButton label="One frame back" chord="ArrowLeft" isDisabled={still} onPress={() => deck.step(-1)}>
          <StepBack size={16} aria-hidden />
        </IconButton>
        <IconButton
          label={speed === 0 ? "Play" : "Stop"}
          chord="Space"
          isDisabled={still}
          onPress={() => deck.press("Space")}
        >
          {speed === 0 ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
        </IconButton>
        <IconButton label="One frame on" chord="ArrowRight" isDisabled={still} onPress={() => deck.step(1)}>
          <StepForward size={16} aria-hidden />
        </IconButton>
        {!small && (
          <IconButton label="Last frame" chord="End" isDisabled={still} onPress={() => deck.go(count - 1)}>
            <SkipForward size={16} aria-hidden />
          </IconButton>
        )}
        <Toggle
          label="Play again at the end"
          isSelected={loop}
          isDisabled={still}
          onChange={(on) => deck.setLoop(on)}
          className={css.icon ?? ""}
        >
          <Repeat size={16} aria-hidden />
        </Toggle>
        <span className={css.speed} aria-live="polite">
          {speed === 0 || speed === 1 ? "" : `${speed < 0 ? "−" : ""}${Math.abs(speed)}×`}
        </span>
        <span className={css.room} />
        <Button
          look="quiet"
          isDisabled={still || !mayJudge}
          onPress={() => onRange("in")}
          aria-label="In: best range begins at this frame (I)"
        >
          In
        </Button>
        <Button
          look="quiet"
          isDisabled={still || !mayJudge}
          onPress={() => onRange("out")}
          aria-label="Out: best range ends with this frame (O)"
        >
          Out
        </Button>
        {take.best && (
          <Button
            look="quiet"
            isDisabled={!mayJudge}
            onPress={onClearRange}
            aria-label={`${take.best.end - take.best.start} f, clear the best range, frames ${take.best.start} to ${take.best.end - 1}`}
          >
            {take.best.end - take.best.start} f ✕
          </Button>
        )}
        <FrameField deck={deck} frame={frame} />
      </div>
    </div>
  );
});

/** Shows the position; what is typed there is gone to. */
function FrameField({ deck, frame }: { deck: Deck; frame: number }) {
  const { rate, count } = useStore(deck.store);
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const text = typed ?? timecode(frame, rate);
  const enter = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") {
      event.currentTarget.blur();
      event.stopPropagation();
    }
    if (event.key !== "Enter") return;
    const to = typedFrame(text, rate, frame, count);
    setWrong(to === null);
    if (to !== null) {
      event.currentTarget.blur();
      deck.go(to);
    }
  };
  return (
    <span className={css.position}>
      <input
        className={css.field}
        aria-label="Timecode or frame"
        aria-invalid={wrong}
        title="A timecode (1:08), a frame (f 14), or a step (+5)"
        value={text}
        disabled={count < 2}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => {
          setTyped(null);
          setWrong(false);
        }}
        onFocus={(event) => event.target.select()}
        onKeyDown={enter}
      />
      <output className={css.count}>
        f {frame} / {count}
      </output>
    </span>
  );
}

interface BarProps {
  deck: Deck;
  take: Take;
  clock: PaneClock;
  notes: readonly number[];
}

/** The shared bar: where everybody is, the best range, notes; drag or arrow keys move it. */
function Bar({ deck, take, clock, notes }: BarProps) {
  const { frame, count, rate } = useStore(deck.store);
  const drags = useRef(false);
  const last = Math.max(1, count - 1);
  const part = (at: number) => `${(Math.min(count, Math.max(0, at)) / count) * 100}%`;
  const scrub = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    deck.go(Math.min(count - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * count))));
  };
  const keys = (event: KeyboardEvent) => {
    const far = event.shiftKey ? 10 : 1;
    const to: Record<string, number> = {
      ArrowLeft: frame - far,
      ArrowRight: frame + far,
      ArrowDown: frame - far,
      ArrowUp: frame + far,
      Home: 0,
      End: last,
      PageUp: frame + 25,
      PageDown: frame - 25,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    deck.go(next);
  };
  const start = take.best && masterFrame(take.best.start, rate, clock);
  const end = take.best && masterFrame(take.best.end, rate, clock);
  return (
    <div
      className={css.bar}
      role="slider"
      tabIndex={count < 2 ? -1 : 0}
      aria-label="Position"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={frame}
      aria-valuetext={`${timecode(frame, rate)}, frame ${frame} of ${count}`}
      aria-disabled={count < 2}
      onPointerDown={(event) => {
        if (count < 2) return;
        drags.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={(event) => drags.current && scrub(event)}
      onPointerUp={() => {
        drags.current = false;
      }}
      onKeyDown={keys}
    >
      <div className={css.rail} />
      {take.best && start !== null && end !== null && (
        <div
          className={css.best}
          style={{ left: part(start), width: `calc(${part(end)} - ${part(start)})` }}
          data-best={`${take.best.start}-${take.best.end}`}
        />
      )}
      {notes.map((note) => (
        <div key={note} className={css.note} style={{ left: part(masterFrame(note, rate, clock)) }} />
      ))}
      {count > 1 && <div className={css.head} style={{ left: `${((frame + 0.5) / count) * 100}%` }} />}
    </div>
  );
}
