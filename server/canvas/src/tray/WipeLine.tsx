import { type PointerEvent, type RefObject, useRef } from "react";
import css from "./Stage.module.css";
import { setStage, useStage } from "./stage-state";
import { type Box, type Size, WIPE_GRAB, wipeAt, wipeKey } from "./wipe";

interface Props {
  picture: Box;
  stage: Size;
  well: RefObject<HTMLElement | null>;
}

/** The line between A and B: dragged, moved by arrows, turned by a double click. */
export function WipeLine({ picture, stage, well }: Props) {
  const wipe = useStage((state) => state.wipe);
  const drags = useRef(false);
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const at = well.current?.getBoundingClientRect();
    if (!drags.current || !at) return;
    setStage({ wipe: wipeAt(wipe, event.clientX - at.left, event.clientY - at.top, picture) });
  };
  const line = wipe.lying ? picture.y + wipe.part * picture.height : picture.x + wipe.part * picture.width;
  const limit = wipe.lying ? stage.height : stage.width;
  const at = Math.min(limit, Math.max(0, line)) - WIPE_GRAB / 2;
  const percent = Math.round(wipe.part * 100);
  return (
    <div
      className={`${css.wipe} ${wipe.lying ? css.lying : ""}`}
      style={wipe.lying ? { top: at } : { left: at }}
      role="slider"
      tabIndex={0}
      aria-label="Wipe between A and B"
      aria-orientation={wipe.lying ? "vertical" : "horizontal"}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`A ${percent} %`}
      title="Drag, or arrow keys; a double click turns it"
      onPointerDown={(event) => {
        drags.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.stopPropagation();
      }}
      onPointerMove={move}
      onPointerUp={() => {
        drags.current = false;
      }}
      onDoubleClick={() => setStage({ wipe: { ...wipe, lying: !wipe.lying } })}
      onKeyDown={(event) => {
        const next = event.key === "Enter" ? { ...wipe, lying: !wipe.lying } : wipeKey(wipe, event.key, event.shiftKey);
        if (!next) return;
        event.preventDefault();
        setStage({ wipe: next });
      }}
    />
  );
}
