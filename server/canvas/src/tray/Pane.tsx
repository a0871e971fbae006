import { type CSSProperties, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { face } from "../canvas/model";
import { GLYPHS } from "../canvas/words";
import { useMedia } from "../ui/Media";
import { rateWords } from "./clock";
import type { Deck } from "./deck";
import { clockOf, type Entry, seconds } from "./entries";
import { Film } from "./Film";
import type { Laid } from "./layout";
import { Sound } from "./Sound";
import css from "./Stage.module.css";

/** Changes quicker than this load no film before the ring rests: running through a thousand takes loads one. */
const REST_MS = 120;

interface Props {
  deck: Deck;
  pane: string;
  entry: Entry;
  /** `A`, `B`; empty for a single one. */
  letter: string;
  laid: Laid;
  style: CSSProperties;
  picture: CSSProperties;
}

interface LabelProps {
  deck: Deck;
  pane: string;
  entry: Entry;
  letter: string;
  laid: Laid;
  /** On the right, so that those of two panes laid over one another do not meet. */
  right: boolean;
  badges: readonly string[];
}

/** Who a pane is, and what is special about how it is shown. Not part of the picture: no mode changes it. */
export function PaneLabel({ deck, pane, entry, letter, laid, right, badges }: LabelProps) {
  const frame = useStore(deck.store, (view) => view.frame);
  const { count } = clockOf(entry.take);
  const said = [
    ...badges,
    laid.scaled < 0.995 || laid.scaled > 1.005 ? `scaled ${Math.round(laid.scaled * 100)} %` : "",
    count > 1 && frame > 0 && deck.paneFrame(pane).held ? "held on its last frame" : "",
  ].filter(Boolean);
  return (
    <div className={css.over} style={box(laid.cell)}>
      <div className={`${css.label} ${right ? css.right : ""}`}>
        {letter && <b className={css.letter}>{letter}</b>}
        <span>
          take {entry.take.seq}
          {entry.pinned && ` ${GLYPHS["pinned"]} pinned`}
          {entry.inTimeline && ` ${GLYPHS["in_timeline"]} in timeline`}
          {entry.take.previz && ` ${GLYPHS["previz"]} previz`}
        </span>
        {said.map((words) => (
          <span key={words} className={css.badge}>
            {words}
          </span>
        ))}
      </div>
    </div>
  );
}

/** One take on the stage. */
export function Pane({ deck, pane, entry, letter, laid, style, picture }: Props) {
  const shown = face(entry.take);
  const urls = useMedia(shown?.output.content);
  const [trouble, setTrouble] = useState("");
  const rested = useRested(entry.id);
  const { count } = clockOf(entry.take);
  useStore(deck.store, (view) => view.frame);
  const at = deck.paneFrame(pane);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another take has no trouble yet.
  useEffect(() => setTrouble(""), [entry.id]);
  return (
    <div className={css.cell} style={{ ...box(laid.cell), ...style }} data-pane={letter || "A"} data-take={entry.id}>
      <div className={css.picture} style={{ ...box(laid.picture), ...picture }}>
        {shown?.type === "audio" ? (
          <Sound deck={deck} pane={pane} urls={rested ? urls : undefined} seconds={seconds(entry.take)} />
        ) : (
          <>
            {shown?.type === "video" && (
              <Film
                deck={deck}
                pane={pane}
                url={rested ? urls?.proxy : undefined}
                take={entry.id}
                onTrouble={setTrouble}
              />
            )}
            {urls && (shown?.type === "image" || !rested) && (
              <img className={css.film} src={urls.still} alt="" draggable={false} />
            )}
          </>
        )}
        {at.held && count > 1 && <div className={css.held} aria-hidden />}
      </div>
      {trouble && (
        <p className={css.trouble} role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

const box = (at: { x: number; y: number; width: number; height: number }): CSSProperties => ({
  left: at.x,
  top: at.y,
  width: at.width,
  height: at.height,
});

/** Whether a take may load: at once when the one before stayed a while, else when this one does. */
function useRested(take: string): boolean {
  const [rested, setRested] = useState(take);
  const last = useRef({ take, at: Number.NEGATIVE_INFINITY, hurried: false });
  if (last.current.take !== take) {
    const now = performance.now();
    last.current = { take, at: now, hurried: now - last.current.at < REST_MS };
  }
  const { hurried } = last.current;
  useEffect(() => {
    if (!hurried) return;
    const timer = setTimeout(() => setRested(take), REST_MS);
    return () => clearTimeout(timer);
  }, [take, hurried]);
  return !hurried || rested === take;
}

/** `24 / 30 fps` on a film whose rate is not A's. */
export function ratesBadge(a: Entry | undefined, entry: Entry): string {
  if (a?.kind !== "video" || entry.kind !== "video") return "";
  const [its, own] = [a, entry].map((one) => rateWords(clockOf(one.take).rate));
  return its === own ? "" : `${its} / ${own} fps`;
}
