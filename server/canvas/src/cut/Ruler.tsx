import { memo } from "react";
import type { CutView } from "../wire/api.gen";
import css from "./Timeline.module.css";
import { type Rate, ticks, timecode } from "./timecode";

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
        {ticks(from, to, rate, drop, px).map((tick) => (
          <span key={tick.frame} className={tick.label ? css.tick : css.minor} style={{ left: at(tick.frame) }}>
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
