import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef } from "react";
import type { CutItem, CutView } from "../wire/api.gen";
import type { Ground } from "./Clip";
import type { Against } from "./layers";
import { Ruler } from "./Ruler";
import css from "./Timeline.module.css";
import { Track } from "./Track";
import { HEAD, type Zoom } from "./useZoom";
import { type Row, type Spot, walk, walks } from "./walk";

export interface Lane extends Row {
  /** Shown above the row: the layer that begins here. */
  readonly heading?: ReactNode;
  readonly base: Against;
}

interface Props {
  readonly box: React.RefObject<HTMLDivElement | null>;
  readonly zoom: Zoom;
  readonly lanes: readonly Lane[];
  readonly ground: Ground;
  readonly start: number;
  readonly frames: number;
  readonly spot: Spot | null;
  readonly selected: string | null;
  readonly playhead: number | null;
  readonly markers: CutView["markers"];
  readonly marked: CutView["marked"];
  /** Drawn pale: nothing here is what the editor shows now. */
  readonly past?: boolean;
  select(spot: Spot, item: CutItem): void;
  /** Shift+Enter on a clip. */
  put?(item: CutItem): void;
}

const NO_MARKERS: CutView["markers"] = [];

/** Tracks drawn to scale. One tab stop; arrows go from clip to clip, Home and End to the ends of a track. */
export function Timeline(props: Props) {
  const { box, zoom, lanes, ground, start, frames, spot, selected, playhead, select, put } = props;
  const moved = useRef(false);
  const known = useRef({ lanes, select });
  known.current = { lanes, select };

  const press = useCallback((row: string, item: CutItem) => known.current.select({ row, key: item.key }, item), []);
  const itemOf = (at: Spot) =>
    lanes.find((lane) => lane.id === at.row)?.track.clips.find((item) => item.key === at.key) ?? null;

  const pressKey = (event: KeyboardEvent) => {
    if (!spot || event.ctrlKey || event.metaKey || event.altKey) return;
    const item = itemOf(spot);
    if (event.key === "Enter" && event.shiftKey && item && put) {
      event.preventDefault();
      put(item);
      return;
    }
    if (!walks(event.key) || event.shiftKey) return;
    event.preventDefault();
    const next = walk(lanes, spot, event.key);
    const target = itemOf(next);
    if (!target) return;
    moved.current = true;
    select(next, target);
  };

  const { reveal } = zoom;
  useEffect(() => {
    const lane = known.current.lanes.find((one) => one.id === spot?.row);
    const item = lane?.track.clips.find((one) => one.key === spot?.key);
    if (!item || !spot) return;
    reveal(item.record_start, item.record_end);
    if (!moved.current) return;
    moved.current = false;
    const row = box.current?.querySelector(`[data-row="${CSS.escape(spot.row)}"]`);
    row?.querySelector<HTMLElement>(`[data-clip="${CSS.escape(spot.key)}"]`)?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }, [spot, reveal, box]);

  const width = frames * zoom.px;
  return (
    <section
      ref={box}
      className={css.scroll}
      aria-label="Timeline: arrows go from clip to clip, Home and End to the ends"
      onKeyDown={pressKey}
      data-past={props.past || undefined}
    >
      <div className={css.inner} style={{ width: HEAD + width + 24 }}>
        <Ruler
          rate={ground.rate}
          drop={ground.drop}
          start={start}
          px={zoom.px}
          from={zoom.from}
          to={zoom.to}
          markers={props.markers ?? NO_MARKERS}
          marked={props.marked}
        />
        {lanes.map((lane) => (
          <div key={lane.id} data-row={lane.id}>
            {lane.heading && <h3 className={css.layer}>{lane.heading}</h3>}
            <Track
              row={lane.id}
              track={lane.track}
              ground={ground}
              start={start}
              px={zoom.px}
              from={zoom.from}
              to={zoom.to}
              stop={spot?.row === lane.id ? spot.key : null}
              selected={selected !== null && lane.track.clips.some((item) => item.key === selected) ? selected : null}
              base={lane.base}
              press={press}
            />
          </div>
        ))}
        {playhead !== null && playhead >= start && playhead <= start + frames && (
          <span
            data-playhead
            className={css.playhead}
            style={{ left: HEAD + (playhead - start) * zoom.px }}
            aria-hidden
          />
        )}
      </div>
    </section>
  );
}
