import { useMemo, useRef, useState } from "react";
import { useSelection } from "../app/session";
import type { CutItem } from "../wire/api.gen";
import type { Ground } from "./Clip";
import { type Lane, Timeline } from "./Timeline";
import { rateOf } from "./timecode";
import { useZoom } from "./useZoom";
import { type Spot, spotOf } from "./walk";

interface Props {
  readonly lanes: readonly Lane[];
  readonly rate: string;
  readonly drop: boolean;
  readonly start: number;
  readonly end: number;
}

const NOBODY: ReadonlySet<string> = new Set();

/** A cut of the past: drawn pale, without states; its clips still lead to their nodes. */
export function Still({ lanes, rate, drop, start, end }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const frames = Math.max(1, end - start);
  const zoom = useZoom(box, start, frames);
  const [wanted, setWanted] = useState<Spot | null>(null);
  const ground = useMemo<Ground>(
    () => ({ rate: rateOf(rate), drop, session: "", reading: "", disputed: NOBODY, layered: true }),
    [rate, drop],
  );
  const select = (spot: Spot, item: CutItem) => {
    setWanted(spot);
    if (item.node) useSelection.getState().select([item.node]);
    useSelection.getState().point({ clip: item.key });
  };
  return (
    <Timeline
      box={box}
      zoom={zoom}
      lanes={lanes}
      ground={ground}
      start={start}
      frames={frames}
      spot={spotOf(lanes, wanted)}
      selected={wanted?.key ?? null}
      playhead={null}
      markers={[]}
      marked={null}
      past
      select={select}
    />
  );
}
