import { memo } from "react";
import { useSelection, useView } from "../app/session";
import type { CutItem, CutTrack } from "../wire/api.gen";
import css from "./Clip.module.css";
import { useFrame } from "./frames";
import { Picture } from "./Picture";
import { lengthWords, type Rate, timecode } from "./timecode";
import { kindWords, MATTERS, type Matter, matterOf, trackName } from "./words";

/** What every clip of a drawing has in common. */
export interface Ground {
  readonly rate: Rate;
  readonly drop: boolean;
  readonly session: string;
  readonly reading: string;
  /** Clip links a comparison found conflicts about. */
  readonly disputed: ReadonlySet<string>;
  /** The layers tell differences instead of states. */
  readonly layered: boolean;
}

export interface ClipProps {
  readonly item: CutItem;
  readonly track: CutTrack;
  readonly ground: Ground;
  readonly left: number;
  readonly width: number;
  /** The one tab stop of the drawing. */
  readonly stop: boolean;
  readonly selected: boolean;
  /** How it differs from the base, in words; of a layer. */
  readonly differs: string;
  /** Its row; with `press` what a click says. Both stay the same while one scrolls, so that no clip is drawn again. */
  readonly row: string;
  press(row: string, item: CutItem): void;
}

/** A clip narrower than this shows its colour alone; its name is read aloud and in the table. */
const NAMED = 34;
const WORDED = 110;
const PICTURED = 48;

export const useMatter = (item: CutItem, track: CutTrack, disputed: ReadonlySet<string>): Matter => {
  const status = useView((view) => (item.node ? view.seen?.states[item.node]?.status : undefined));
  return matterOf(item, track.kind, status, item.link !== null && disputed.has(item.link.id));
};

/** A clip or gap as a button, drawn to scale. Pointing at it points at its node everywhere else, and back. */
export const Clip = memo(function Clip(props: ClipProps) {
  const { item, track, ground, left, width, stop, selected, differs, row, press } = props;
  const matter = useMatter(item, track, ground.disputed);
  const hovered = useSelection((state) => item.node !== null && state.hovered === item.node);
  const about = aboutOf(item);
  const shown = ground.layered ? (differs ? DIFFERS : MATTERS.none) : MATTERS[matter];
  return (
    <button
      type="button"
      className={css.clip}
      style={{ left, width: Math.max(2, width - 1), "--tint": shown.tint } as React.CSSProperties}
      tabIndex={stop ? 0 : -1}
      aria-label={labelOf(props, shown.word)}
      aria-pressed={selected}
      title={item.kind === "gap" ? undefined : `${item.name}${shown.word ? ` · ${shown.word}` : ""}`}
      data-clip={item.key}
      data-matter={ground.layered ? undefined : matter}
      data-kind={item.kind}
      data-track={track.kind}
      data-hovered={hovered || undefined}
      data-off={item.enabled ? undefined : ""}
      data-differs={differs ? "" : undefined}
      onClick={() => press(row, item)}
      // Not “enter”: React misses it when what the pointer was on before, an open list for one, is gone.
      onPointerOver={() => item.node && useSelection.getState().point({ hovered: item.node })}
      onPointerLeave={() => item.node && useSelection.getState().point({ hovered: null })}
    >
      {width >= NAMED && (
        <span className={css.words} aria-hidden>
          {shown.glyph && (item.kind !== "gap" || item.link || differs) && (
            <span className={css.glyph}>{shown.glyph}</span>
          )}
          <span className={css.name}>{nameOf(item, differs)}</span>{" "}
          {width >= WORDED && (item.kind !== "gap" || item.link) && <span className={css.word}>{shown.word}</span>}{" "}
          {width >= WORDED && about && <span className={css.kind}>{about}</span>}
        </span>
      )}
      {width >= PICTURED && item.thumb && !ground.layered && <Thumb item={item} ground={ground} />}
      {width >= PICTURED && item.picture && ground.layered && (
        <span className={css.thumb} aria-hidden>
          <Picture picture={item.picture} label="" reading={ground.reading} />
        </span>
      )}
    </button>
  );
});

const DIFFERS = { glyph: "≠", word: "Differs from the base", tint: "var(--stale)" };

/** What stands on it: of a gap the shot that waits for it, or what is gone from it. */
const nameOf = (item: CutItem, differs: string): string =>
  item.link?.shot || (item.kind === "gap" ? differs : item.name);

/** What a clip is besides its state: `Reversed · Switched off`. */
const aboutOf = (item: CutItem): string =>
  [kindWords(item), item.enabled ? "" : "Switched off"].filter(Boolean).join(" · ");

/** What is read aloud. It begins with the words in sight, in their order: people speak what they see (WCAG 2.5.3). */
function labelOf({ item, track, ground, differs }: ClipProps, word: string): string {
  const open = item.kind === "gap" && !item.link;
  const sight = open ? ["Gap"] : [item.link?.shot || item.name, word, aboutOf(item)];
  const parts = [
    sight.filter(Boolean).join(" "),
    item.link && item.name !== item.link.shot ? item.name : "",
    trackName(track),
    `at ${timecode(item.record_start, ground.rate, ground.drop)}`,
    lengthWords(item.record_end - item.record_start, ground.rate),
    differs === word ? "" : differs,
    track.locked ? "track locked" : "",
    track.enabled ? "" : "track switched off",
  ];
  return parts.filter(Boolean).join(", ");
}

/** The first frame of a clip; nothing while it loads or where there is none. */
function Thumb({ item, ground }: { item: CutItem; ground: Ground }) {
  const { session, reading } = ground;
  const at = { content: null, frame: 0, session, clip: item.key, record_frame: item.record_start };
  const frame = useFrame(at, reading);
  return (
    <span className={css.thumb} aria-hidden>
      {frame?.url && <img src={frame.url} alt="" draggable={false} decoding="async" />}
    </span>
  );
}
