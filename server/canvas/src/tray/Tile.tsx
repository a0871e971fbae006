import { type CSSProperties, type MouseEvent, memo } from "react";
import type { Titles } from "../canvas/modelTitles";
import { GLYPHS, money } from "../canvas/words";
import { Poster } from "../ui/Media";
import { tint } from "../ui/State";
import { durationWords, type Entry, modelWords, ratingOf, spoken } from "./entries";
import css from "./Tile.module.css";

interface Props {
  entry: Entry;
  titles: Titles;
  /** The take that keys act on. */
  ring: boolean;
  /** Chosen for comparing, as `A`, `B` … */
  letter: string;
  /** Numbers only: in strips of one node. */
  small?: boolean;
  /** Where it lies in a list that is drawn in parts; in the flow without. Numbers, so that a tile is drawn only anew when it changes. */
  x?: number;
  y?: number;
  width?: number;
  height?: number | undefined;
  index: number;
  count: number;
  onPress(entry: Entry, add: boolean): void;
  onOpen(entry: Entry): void;
}

/** One take of a tray. Two marks never look alike: pinned on the canvas, and in the timeline. */
export const Tile = memo(function Tile({
  entry,
  titles,
  ring,
  letter,
  small = false,
  x,
  y = 0,
  width,
  height,
  index,
  count,
  onPress,
  onOpen,
}: Props) {
  const { take } = entry;
  const rating = ratingOf(take.rating);
  const press = (event: MouseEvent) => onPress(entry, event.ctrlKey || event.metaKey || event.altKey);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list hears every key (ring.ts, keys.ts).
    <div
      role="option"
      id={`take-${take.id}`}
      aria-selected={letter !== ""}
      aria-posinset={index + 1}
      aria-setsize={count}
      tabIndex={ring ? 0 : -1}
      className={`${css.tile} ${small ? css.small : ""} ${take.hidden ? css.hidden : ""}`}
      data-ring={ring}
      data-take={take.id}
      data-rating={take.rating ?? ""}
      style={x === undefined ? undefined : at(x, y, width, height)}
      onClick={press}
      onDoubleClick={() => onOpen(entry)}
    >
      <span className="visually-hidden">
        {spoken(entry, titles, !small) + (letter ? `, in comparison as ${letter}` : "")}
      </span>
      <div className={css.frame} aria-hidden>
        <Poster take={take} label="" className={css.poster} />
        {letter && <span className={css.letter}>{letter}</span>}
        {take.previz && (
          <span className={css.previz} style={tint("previz")}>
            {GLYPHS["previz"]} Previz
          </span>
        )}
        {take.hidden && <span className={css.away}>✕ Hidden</span>}
      </div>
      <div className={css.line} aria-hidden>
        <b>{take.seq}</b>
        {entry.pinned && (
          <span title="Pinned">
            {GLYPHS["pinned"]}
            {!small && " Pinned"}
          </span>
        )}
        {entry.inTimeline && (
          <span title="In timeline">
            {GLYPHS["in_timeline"]}
            {!small && " In timeline"}
          </span>
        )}
        {entry.locked && entry.pinned && <span title="The node is locked">{GLYPHS["locked"]}</span>}
        <span className={css.room} />
        <span title={rating?.word ?? "Not rated"} className={css.rating}>
          {rating ? `${rating.glyph}${small ? "" : ` ${rating.word}`}` : ""}
        </span>
      </div>
      {!small && (
        <>
          <div className={css.title} aria-hidden>
            {entry.title}
          </div>
          <div className={css.quiet} aria-hidden>
            {entry.model ? modelWords(entry.model, titles) : "Brought in"}
            {entry.outdated && (
              <span style={tint("stale")} className={css.stale}>
                {" "}
                {GLYPHS["stale"]} Out of date
              </span>
            )}
          </div>
          <div className={css.quiet} aria-hidden>
            {facts(entry)}
          </div>
        </>
      )}
    </div>
  );
});

const at = (x: number, y: number, width: number | undefined, height: number | undefined): CSSProperties => ({
  position: "absolute",
  top: 0,
  left: 0,
  width,
  height,
  transform: `translate(${x}px, ${y}px)`,
});

/** `8 s · seed 4411 · $3.20` */
function facts({ take, micros }: Entry): string {
  return [
    durationWords(take),
    take.seed_used === null ? "" : `seed ${take.seed_used}`,
    take.origin === "generated" ? (micros === 0 ? "free" : money(micros, take.currency)) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}
