import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { useSelection } from "../app/session";
import { rowHeight } from "../ui/letters";
import type { CutItem, CutTrack } from "../wire/api.gen";
import { useMatter } from "./Clip";
import css from "./ClipTable.module.css";
import { lengthWords, type Rate, timecode } from "./timecode";
import { kindWords, MATTERS, stacked, trackName } from "./words";

interface Props {
  readonly tracks: readonly CutTrack[];
  readonly rate: Rate;
  readonly drop: boolean;
  readonly disputed: ReadonlySet<string>;
  readonly selected: string | null;
  select(track: CutTrack, item: CutItem): void;
}

interface Line {
  readonly track: CutTrack;
  readonly item: CutItem;
}

const HEIGHT = rowHeight(28);

/** All that the drawing shows, in words: every clip of every track with its place and its state. */
export function ClipTable({ tracks, rate, drop, disputed, selected, select }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(
    () => stacked(tracks).flatMap((track) => track.clips.map((item): Line => ({ track, item }))),
    [tracks],
  );
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => HEIGHT,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard.
    <section ref={box} className={css.scroll} tabIndex={0} aria-label="All clips">
      <table className={css.table} aria-label="Clips" aria-rowcount={lines.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {HEADS.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={above} />
          {shown.map((at) => {
            const line = lines[at.index];
            return (
              line && (
                <tr
                  key={`${trackName(line.track)} ${line.item.key} ${line.item.kind}`}
                  aria-rowindex={at.index + 2}
                  data-selected={line.item.key === selected || undefined}
                >
                  <Cells line={line} rate={rate} drop={drop} disputed={disputed} select={select} />
                </tr>
              )
            );
          })}
          <Spacer height={below} />
        </tbody>
      </table>
    </section>
  );
}

const HEADS = ["Track", "Clip", "From", "To", "Length", "State"];

function Spacer({ height }: { height: number }) {
  return height > 0 ? (
    <tr aria-hidden>
      <td colSpan={HEADS.length} className={css.spacer} style={{ height }} />
    </tr>
  ) : null;
}

type CellsProps = Pick<Props, "rate" | "drop" | "disputed" | "select"> & { line: Line };

function Cells({ line: { track, item }, rate, drop, disputed, select }: CellsProps) {
  const matter = MATTERS[useMatter(item, track, disputed)];
  const name = item.kind === "gap" ? "Gap" : item.kind === "transition" ? `Transition: ${item.name}` : item.name;
  const off = [track.locked ? "track locked" : "", item.enabled && track.enabled ? "" : "switched off"];
  return (
    <>
      <td>{trackName(track)}</td>
      <td>
        <button
          type="button"
          className={css.name}
          onClick={() => select(track, item)}
          onPointerEnter={() => item.node && useSelection.getState().point({ hovered: item.node })}
          onPointerLeave={() => useSelection.getState().point({ hovered: null })}
        >
          {item.link ? `${item.link.shot} · ${name}` : name}
        </button>
      </td>
      <td>{timecode(item.record_start, rate, drop)}</td>
      <td>{timecode(item.record_end, rate, drop)}</td>
      <td>{lengthWords(item.record_end - item.record_start, rate)}</td>
      <td style={{ color: matter.tint }}>
        <span aria-hidden>{matter.glyph}</span>{" "}
        {[matter.word, kindWords(item), ...item.changes, item.link ? item.problem : "", ...off]
          .filter(Boolean)
          .join(", ")}
      </td>
    </>
  );
}
