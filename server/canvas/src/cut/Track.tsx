import { memo, useMemo } from "react";
import { useSelection, useView } from "../app/session";
import type { CutItem, CutTrack } from "../wire/api.gen";
import { Clip, type Ground } from "./Clip";
import clip from "./Clip.module.css";
import { type Against, difference } from "./layers";
import { inSight, NARROW, type Run, runs } from "./scale";
import css from "./Timeline.module.css";
import { gravest, MATTERS, matterOf, trackName } from "./words";

export interface TrackProps {
  readonly row: string;
  readonly track: CutTrack;
  readonly ground: Ground;
  /** Record frame of the drawing's left edge. */
  readonly start: number;
  readonly px: number;
  /** Record frames in sight, with some beyond. */
  readonly from: number;
  readonly to: number;
  /** The clip of this row that has the tab stop, if it is here. */
  readonly stop: string | null;
  readonly selected: string | null;
  readonly base: Against;
  press(row: string, item: CutItem): void;
}

/** A track: its head, and of its clips those in sight. */
export const Track = memo(function Track(props: TrackProps) {
  const { track } = props;
  return (
    // A group, not a landmark: there are many, and in the layers each is there three times.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form.
    <div role="group" className={css.track} data-kind={track.kind} aria-label={headWords(track)}>
      <div className={css.head} data-off={track.enabled ? undefined : ""}>
        <span className={css.trackName}>{trackName(track)}</span>
        <span className={css.trackFacts}>
          {track.locked && <span title="This track is locked in the editor">▣ Locked</span>}
          {!track.enabled && <span title="This track is switched off in the editor">◌ Off</span>}
          {!track.locked && track.enabled && track.name}
        </span>
      </div>
      <div className={css.lane} data-locked={track.locked || undefined} data-off={track.enabled ? undefined : ""}>
        <Clips {...props} />
      </div>
    </div>
  );
});

const headWords = (track: CutTrack): string => {
  const clips = track.clips.filter((item) => item.kind !== "gap" && item.kind !== "transition").length;
  const facts = [track.locked ? "locked" : "", track.enabled ? "" : "switched off"].filter(Boolean).join(", ");
  return `${trackName(track)}, ${clips === 1 ? "1 clip" : `${clips} clips`}${facts ? `, ${facts}` : ""}`;
};

function Clips({ row, track, ground, start, px, from, to, stop, selected, base, press }: TrackProps) {
  const items = useMemo(() => track.clips.filter((item) => item.kind !== "transition"), [track]);
  const joins = useMemo(() => track.clips.filter((item) => item.kind === "transition"), [track]);
  const found = useMemo(() => {
    const seen = inSight(items, from, to);
    // The clip with the focus stays there while one scrolls away from it.
    const far = items.find((item) => item.key === stop && (item.record_end <= from || item.record_start >= to));
    const all = runs(seen, px, (item) => item.key === stop || item.key === selected);
    return far ? [...all, { record_start: far.record_start, record_end: far.record_end, items: [far] }] : all;
  }, [items, from, to, px, stop, selected]);
  const at = (frame: number) => (frame - start) * px;
  return (
    <>
      {found.map((run) => {
        const [only] = run.items;
        if (!only) return null;
        const width = (run.record_end - run.record_start) * px;
        const single = run.items.length === 1;
        return single && (width >= NARROW || only.key === stop || only.key === selected) ? (
          <Clip
            key={only.key}
            item={only}
            track={track}
            ground={ground}
            left={at(run.record_start)}
            width={width}
            stop={only.key === stop}
            selected={only.key === selected}
            differs={difference(track, only, base)}
            row={row}
            press={press}
          />
        ) : (
          <Narrow
            key={`run ${only.key}`}
            run={run}
            track={track}
            ground={ground}
            left={at(run.record_start)}
            width={width}
            onPress={(item) => press(row, item)}
          />
        );
      })}
      {inSight(joins, from, to).map((join) => (
        <span
          key={join.key}
          className={clip.transition}
          style={{ left: at(join.record_start), width: (join.record_end - join.record_start) * px }}
          title={`Transition: ${join.name}`}
          aria-hidden
        />
      ))}
    </>
  );
}

interface NarrowProps {
  run: Run<CutItem>;
  track: CutTrack;
  ground: Ground;
  left: number;
  width: number;
  onPress(item: CutItem): void;
}

/** Clips too narrow to be told apart, in the colour of the gravest. Keys and the table reach each of them. */
function Narrow({ run, track, ground, left, width, onPress }: NarrowProps) {
  const states = useView((view) => view.seen?.states);
  const hovered = useSelection((state) => state.hovered !== null && run.items.some((it) => it.node === state.hovered));
  const matters = run.items.map((item) =>
    matterOf(
      item,
      track.kind,
      item.node ? states?.[item.node]?.status : undefined,
      item.link !== null && ground.disputed.has(item.link.id),
    ),
  );
  const gaps = run.items.every((item) => item.kind === "gap");
  const tint = ground.layered ? "var(--edge)" : MATTERS[gravest(matters)].tint;
  const [first] = run.items;
  if (gaps) return null;
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      className={clip.run}
      style={{ left, width: Math.max(1, width - 1), "--tint": tint } as React.CSSProperties}
      data-hovered={hovered || undefined}
      title={`${run.items.length} clips: zoom in to tell them apart`}
      onClick={() => first && onPress(first)}
    />
  );
}
