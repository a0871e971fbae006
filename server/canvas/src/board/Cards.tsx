import { type KeyboardEvent, useMemo } from "react";
import {
  DropIndicator,
  GridLayout,
  GridList,
  GridListItem,
  type Selection,
  Size,
  useDragAndDrop,
  Virtualizer,
} from "react-aria-components";
import { useSelection } from "../app/session";
import { showTakes } from "../app/slots";
import tile from "../ui/Tile.module.css";
import type { ShotFacts } from "../wire/api.gen";
import { BoardContext } from "./boardContext";
import css from "./Cards.module.css";
import { keyOf } from "./films";
import { movedTo, stepped } from "./order";
import { ShotCard } from "./ShotCard";

interface Props {
  shots: readonly ShotFacts[];
  comments: Readonly<Record<string, number>>;
  width: number;
  /** Why the order cannot be changed; "" when it can. */
  fixed: string;
  /** The shot that is on screen in the animatic. */
  playing: string | null;
  onOrder(keys: readonly string[]): void;
  onAddAfter(shot: ShotFacts): void;
}

const GAP = 12;
/** Everything of a card below its 16:9 picture: title, scene, three lines of words, model, cost. */
const WORDS = 204;
const cardSize = (width: number) => new Size(width, Math.round((width * 9) / 16) + WORDS);
const WIDEST = 1.6;

/**
 * The cards in the film's order; only those in sight are drawn, all of one size. Drag and drop by pointer, and by keyboard as react-aria has it; Alt+arrows and the
 * cards' own buttons move too. One place of the tab order: arrows walk from card to card, Tab goes into a card.
 */
export function Cards({ shots, comments, width, fixed, playing, onOrder, onAddAfter }: Props) {
  const selected = useSelection((one) => one.nodes);
  const keys = useMemo(() => shots.map(keyOf), [shots]);
  const chosen = useMemo(() => {
    const nodes = new Set(selected);
    return new Set(shots.filter((shot) => nodes.has(shot.node)).map(keyOf));
  }, [shots, selected]);

  const { dragAndDropHooks } = useDragAndDrop({
    isDisabled: Boolean(fixed),
    getItems: (moved) => shots.filter((one) => moved.has(keyOf(one))).map((one) => ({ "text/plain": one.title })),
    onReorder: ({ keys: moved, target }) => {
      if (target.dropPosition === "on") return;
      onOrder(movedTo(keys, new Set([...moved].map(String)), String(target.key), target.dropPosition));
    },
    renderDropIndicator: (target) => <DropIndicator target={target} className={css.drop ?? ""} />,
  });

  const select = (next: Selection) => {
    const picked = next === "all" ? shots : shots.filter((shot) => next.has(keyOf(shot)));
    useSelection.getState().select([...new Set(picked.map((shot) => shot.node))]);
  };
  const step = (key: string, by: -1 | 1) => {
    const moved = chosen.has(key) ? chosen : new Set([key]);
    const next = stepped(keys, moved, by);
    if (next.join() !== keys.join()) onOrder(next);
  };
  const hear = (event: KeyboardEvent) => {
    const by = stepOf(event);
    const key = (event.target as Element).closest<HTMLElement>("[data-shot]")?.dataset["shot"];
    if (!by || !key || fixed) return;
    event.preventDefault();
    event.stopPropagation();
    step(key, by);
  };
  const layout = useMemo(
    () => ({
      minItemSize: cardSize(width),
      maxItemSize: cardSize(width * WIDEST),
      minSpace: new Size(GAP, GAP),
      maxHorizontalSpace: GAP,
      preserveAspectRatio: true,
    }),
    [width],
  );
  const board = { of: shots.length, comments, fixed, playing, step, addAfter: onAddAfter };
  return (
    <BoardContext value={board}>
      <div className={css.place} onKeyDownCapture={hear}>
        <Virtualizer layout={GridLayout} layoutOptions={layout}>
          <GridList
            aria-label="Shots of the film, in order"
            className={css.grid ?? ""}
            items={shots}
            layout="grid"
            selectionMode="multiple"
            selectionBehavior="replace"
            keyboardNavigationBehavior="tab"
            selectedKeys={chosen}
            onSelectionChange={select}
            onAction={(key) => {
              const shot = shots.find((one) => keyOf(one) === key);
              if (shot) showTakes(shot.node, shot.take ?? undefined);
            }}
            dragAndDropHooks={dragAndDropHooks}
          >
            {card}
          </GridList>
        </Virtualizer>
      </div>
    </BoardContext>
  );
}

/** Of the shot alone: what else a card shows it asks the board, so that thousands are not told what few show. */
const card = (shot: ShotFacts) => (
  <GridListItem
    id={keyOf(shot)}
    textValue={`${shot.rank + 1} ${shot.title}`}
    className={`${tile.tile} ${css.card}`}
    data-shot={keyOf(shot)}
  >
    <ShotCard shot={shot} />
  </GridListItem>
);

/** Alt+arrows: one place earlier or later. */
function stepOf(event: KeyboardEvent): -1 | 1 | 0 {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return 0;
  if (event.key === "ArrowLeft" || event.key === "ArrowUp") return -1;
  return event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : 0;
}
