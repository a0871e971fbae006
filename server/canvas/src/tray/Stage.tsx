import { type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { Deck } from "./deck";
import { clockOf, type Entry } from "./entries";
import { lay, sizeOf } from "./layout";
import { Pane, PaneLabel, ratesBadge } from "./Pane";
import { paneStyles, stacked } from "./pane-styles";
import css from "./Stage.module.css";
import { pairKey, setStage, useStage } from "./stage-state";
import { WipeLine } from "./WipeLine";
import { Words } from "./Words";
import { panned, type Size, zoomAt } from "./wipe";

const LETTERS = ["A", "B", "C", "D"];
/** The names panes keep whatever take they show: a film is exchanged in its pane, not the pane. */
export const paneName = (index: number): string => `pane-${index}`;

interface Props {
  /** One to four takes; the first is A. */
  panes: readonly Entry[];
  deck: Deck;
  /** The take held as A, said on its badge. */
  held: string | null;
  /** Words for the whole picture, read aloud. */
  label: string;
}

/** A deck of one's own, closed with the component. */
export function useDeck(): Deck {
  const [deck] = useState(() => new Deck());
  useEffect(() => () => deck.close(), [deck]);
  return deck;
}

/** The takes, large. Words are read and compared as words, everything else as pictures. */
export function Stage(props: Props) {
  const words = props.panes.every((pane) => pane.kind === "text" || pane.kind === "other");
  return words ? <Pages {...props} /> : <Pictures {...props} />;
}

function Pages({ panes, deck, label }: Props) {
  useLayoutEffect(() => deck.arrange([]), [deck]);
  return (
    <section className={css.well} aria-label={label}>
      <Words panes={panes.slice(0, 2)} />
    </section>
  );
}

/** Side by side or over one another, all at the same moment and looked at alike. */
function Pictures({ panes, deck, held, label }: Props) {
  const well = useRef<HTMLDivElement>(null);
  const size = useSize(well);
  const state = useStage();
  const mode = panes.length > 1 ? state.mode : "flip";
  const [a, b] = panes;
  const offset = a && b ? (state.offsets[pairKey(a.id, b.id)] ?? 0) : 0;
  const clocks = useMemo(
    () =>
      panes.map((entry, index) => ({
        key: paneName(index),
        clock: { ...clockOf(entry.take), offset: index === 1 ? offset : 0 },
      })),
    [panes, offset],
  );
  useLayoutEffect(() => deck.arrange(clocks), [deck, clocks]);
  useEffect(() => deck.listen(state.sound === null ? null : paneName(state.sound)), [deck, state.sound]);

  const sizes = panes.map((pane) => sizeOf(pane.take));
  const laid = lay(size, sizes, mode, state.look);
  const front = Math.min(state.front, panes.length - 1);
  const styles = paneStyles(mode, laid, front, state);
  const hand = useHand(well, sizes[0], size);
  const [first] = laid;
  return (
    <section className={`${css.well} ${state.grey ? css.grey : ""}`} ref={well} aria-label={label} {...hand}>
      <div className={css.pictures} style={styles.all}>
        {panes.map((entry, index) => {
          const at = laid[index];
          const drawn = styles.panes[index];
          if (!at || !drawn || size.width === 0) return null;
          return (
            <Pane
              key={paneName(index)}
              deck={deck}
              pane={paneName(index)}
              entry={entry}
              letter={panes.length > 1 ? (LETTERS[index] ?? "") : ""}
              laid={at}
              style={drawn.cell}
              picture={drawn.picture}
            />
          );
        })}
      </div>
      {panes.map((entry, index) => {
        const at = laid[index];
        if (!at || styles.panes[index]?.hidden !== false) return null;
        return (
          <PaneLabel
            key={paneName(index)}
            deck={deck}
            pane={paneName(index)}
            entry={entry}
            letter={panes.length > 1 ? (LETTERS[index] ?? "") : ""}
            laid={at}
            right={stacked(mode) && index > 0}
            badges={[
              entry.id === held ? "Hold" : "",
              ratesBadge(a, entry),
              index === 1 && offset !== 0 ? `offset ${offset > 0 ? "+" : ""}${offset} f` : "",
            ]}
          />
        );
      })}
      {mode === "wipe" && first && <WipeLine picture={first.picture} stage={size} well={well} />}
    </section>
  );
}

/** Drag moves an enlarged picture, the wheel zooms about the pointer. */
function useHand(well: React.RefObject<HTMLDivElement | null>, picture: Size | undefined, stage: Size) {
  const from = useRef<{ x: number; y: number } | null>(null);
  const latest = useRef({ picture, stage });
  latest.current = { picture, stage };
  useEffect(() => {
    const box = well.current;
    if (!box) return;
    const wheel = (event: WheelEvent) => {
      const { picture: of, stage: room } = latest.current;
      if (!of || !(event.ctrlKey || event.metaKey || useStage.getState().look.scale !== null)) return;
      event.preventDefault();
      const at = box.getBoundingClientRect();
      const look = zoomAt(
        useStage.getState().look,
        Math.exp(-event.deltaY / 400),
        event.clientX - at.left,
        event.clientY - at.top,
        of,
        room,
      );
      setStage({ look });
    };
    box.addEventListener("wheel", wheel, { passive: false });
    return () => box.removeEventListener("wheel", wheel);
  }, [well]);
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      const onPicture = event.target instanceof Element && !event.target.closest("button, [role=slider], input");
      if (event.button === 0 && onPicture && useStage.getState().look.scale !== null) {
        from.current = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
      }
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (!from.current || !picture) return;
      const look = panned(
        useStage.getState().look,
        event.clientX - from.current.x,
        event.clientY - from.current.y,
        picture,
        stage,
      );
      from.current = { x: event.clientX, y: event.clientY };
      setStage({ look });
    },
    onPointerUp() {
      from.current = null;
    },
  };
}

function useSize(of: React.RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const box = of.current;
    if (!box) return;
    const measure = () => setSize({ width: box.clientWidth, height: box.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [of]);
  return size;
}

/** The frame everybody is at. */
export const useFrame = (deck: Deck): number => useStore(deck.store, (view) => view.frame);
