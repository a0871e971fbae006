import { memo } from "react";
import type { CutView } from "../wire/api.gen";
import css from "./Timeline.module.css";
import { type Rate, tickStep, ticks, timecode } from "./timecode";

interface Props {
  readonly rate: Rate;
  readonly drop: boolean;
  readonly start: number;
  readonly px: number;
  readonly from: number;
  readonly to: number;
  readonly markers: CutView["markers"];
  readonly marked: CutView["marked"];
}

/** Time code above the tracks, the editor's markers and its in and out on it. Decoration: the table says the same. */
export const Ruler = memo(function Ruler({ rate, drop, start, px, from, to, markers, marked }: Props) {
  const at = (frame: number) => (frame - start) * px;
  const step = tickStep(rate, px, 110);
  const minor = step / (step % 5 === 0 ? 5 : step % 4 === 0 ? 4 : step % 2 === 0 ? 2 : 1);
  return (
    <div className={css.ruler} aria-hidden>
      <div className={css.corner}>{drop && rate.den === 1001 && rate.counted % 30 === 0 ? "Drop-frame" : ""}</div>
      <div className={css.scale}>
        {marked && (
          <span
            className={css.marked}
            style={{ left: at(marked.record_start), width: (marked.record_end - marked.record_start) * px }}
          />
        )}
        <span
          className={css.minor}
          style={{ backgroundSize: `${minor * px}px 5px`, backgroundPositionX: `${-((start % minor) * px)}px` }}
        />
        {ticks(from, to, rate, drop, px).map((tick) => (
          <span key={tick.frame} className={css.tick} style={{ left: at(tick.frame) }}>
            {tick.label}
          </span>
        ))}
        {markers
          .filter((marker) => marker.record_frame >= from && marker.record_frame < to)
          .map((marker) => (
            <span
              key={`${marker.record_frame} ${marker.name}`}
              className={css.marker}
              style={{ left: at(marker.record_frame) }}
              title={`${marker.name || "Marker"} · ${timecode(marker.record_frame, rate, drop)}${marker.note ? ` · ${marker.note}` : ""}`}
            >
              ▾
            </span>
          ))}
      </div>
    </div>
  );
});
