import { memo } from "react";
import { open, showInGraph } from "../app/slots";
import { GLYPHS, RATINGS } from "../canvas/words";
import { Button, IconButton, Toggle } from "../ui/Button";
import { Menu } from "../ui/Menu";
import type { Acts } from "./acts";
import { ask } from "./asked";
import type { Entry } from "./entries";
import css from "./TakeBar.module.css";

interface Props {
  entry: Entry;
  acts: Acts;
  mays: { judge: boolean; decide: boolean; spend: boolean };
  /** A take that fits what the node wants now. */
  fits: { id: string; seq: number } | undefined;
  /** Judging goes through here: in culling the ring moves on. */
  onRate(rating: (typeof RATINGS)[number]["value"] | null): void;
  onHide(): void;
  onNote(): void;
  onCompare(): void;
  /** Only what fits in one row. */
  small?: boolean;
}

/** What can be done to the take with the ring. Every key has its button. */
export const TakeBar = memo(function TakeBar(props: Props) {
  const { entry, acts, mays, fits, onRate, onHide, onNote, onCompare, small = false } = props;
  const { take } = entry;
  return (
    <div className={css.bar}>
      <div className={css.group} role="toolbar" aria-label="Rating">
        {RATINGS.map(({ value, word, glyph, key }) => (
          <Toggle
            key={value}
            label={word}
            chord={key}
            isSelected={take.rating === value}
            isDisabled={!mays.judge}
            onChange={(on) => onRate(on ? value : null)}
          >
            {glyph} {!small && word}
          </Toggle>
        ))}
      </div>
      <Button
        look={entry.pinned ? "plain" : "primary"}
        className={css.dense}
        isDisabled={!mays.decide || entry.pinned}
        onPress={() => void acts.pin(take.id)}
      >
        {entry.pinned ? `${GLYPHS["pinned"]} Pinned` : `Pin take ${take.seq}`}
      </Button>
      {fits && !entry.pinned && fits.id === take.id && <span className={css.word}>Fits the recipe as it is now</span>}
      {fits && fits.id !== take.id && (
        <Button isDisabled={!mays.decide} onPress={() => void acts.pin(fits.id)}>
          Revert to take {fits.seq}
        </Button>
      )}
      <Button isDisabled={!mays.judge} onPress={onHide}>
        {take.hidden ? "Show again" : "Reject"}
      </Button>
      <Button look="quiet" onPress={onNote}>
        Note
      </Button>
      <Button look="quiet" onPress={() => open({ kind: "provenance", take: take.id })}>
        Provenance
      </Button>
      <Menu
        label="More for this take"
        trigger={
          <IconButton label="More for this take">
            <span aria-hidden>⋯</span>
          </IconButton>
        }
        items={[
          { id: "compare", title: "Compare", chord: "C", run: onCompare },
          {
            id: "guide",
            title: "Use as guide",
            disabled: !mays.decide,
            run: () => ask({ kind: "guide", take: take.id }),
          },
          {
            id: "again",
            title: "Generate once more",
            disabled: !mays.decide || take.origin !== "generated",
            run: () => open({ kind: "again", node: take.node_id, take: take.id }),
          },
          {
            id: "plan",
            title: "Plan and price",
            chord: "G",
            run: () => open({ kind: "plan", scope: { kind: "node", nodes: [entry.node] } }),
          },
          null,
          {
            id: "lock",
            title: entry.locked ? "Unlock the node" : "Lock the node",
            chord: "Shift+L",
            disabled: !mays.decide,
            run: () => void acts.lock(entry.node),
          },
          {
            id: "why",
            title: "Why is it out of date",
            disabled: !entry.outdated,
            run: () => open({ kind: "why", node: entry.node }),
          },
          { id: "graph", title: "Show on the canvas", run: () => showInGraph([entry.node]) },
        ]}
      />
    </div>
  );
});
