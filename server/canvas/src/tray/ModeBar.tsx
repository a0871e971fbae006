import { memo } from "react";
import { Button, IconButton, Toggle } from "../ui/Button";
import { Slider } from "../ui/Field";
import type { Entry } from "./entries";
import css from "./ModeBar.module.css";
import { MODES, type Mode, moveOffset, pairKey, setStage, useStage } from "./stage-state";
import { FIT } from "./wipe";

const KEYS: Partial<Record<Mode, string>> = { flip: "Q", wipe: "W", difference: "D" };
const LETTERS = ["A", "B", "C", "D"];

/** How the panes are laid against one another, whose sound is heard, and how B is lined up with A. */
export const ModeBar = memo(function ModeBar({ panes }: { panes: readonly Entry[] }) {
  const state = useStage();
  const [a, b] = panes;
  const many = panes.length > 1;
  const offset = a && b ? (state.offsets[pairKey(a.id, b.id)] ?? 0) : 0;
  const films = many && a?.kind !== "text" && a?.kind !== "image";
  return (
    <div className={css.bar}>
      {many && (
        <div className={css.group} role="toolbar" aria-label="Compare as">
          {(Object.entries(MODES) as [Mode, string][]).map(([mode, words]) => (
            <Toggle
              key={mode}
              label={words}
              chord={KEYS[mode]}
              isSelected={state.mode === mode}
              onChange={() => setStage({ mode })}
            >
              {words}
            </Toggle>
          ))}
        </div>
      )}
      {many && state.mode === "flip" && (
        <div className={css.group} role="toolbar" aria-label="On top">
          {panes.map((pane, index) => (
            <Toggle
              key={pane.id}
              label={`Show ${LETTERS[index]}`}
              chord="Q"
              isSelected={Math.min(state.front, panes.length - 1) === index}
              onChange={() => setStage({ front: index })}
            >
              {LETTERS[index]}
            </Toggle>
          ))}
        </div>
      )}
      {many && state.mode === "overlay" && (
        <div className={css.slider}>
          <Slider
            label="B over A, %"
            value={Math.round(state.opacity * 100)}
            onChange={(percent) => setStage({ opacity: percent / 100 })}
            minValue={0}
            maxValue={100}
          />
        </div>
      )}
      {many && state.mode === "difference" && (
        <div className={css.slider}>
          <Slider
            label="Gain ×"
            value={state.gain}
            onChange={(gain) => setStage({ gain })}
            minValue={1}
            maxValue={16}
          />
        </div>
      )}
      <span className={css.room} />
      {films && (
        <div className={css.group} role="toolbar" aria-label="Sound">
          <span className={css.word}>Sound</span>
          {panes.slice(0, 4).map((pane, index) => (
            <Toggle
              key={pane.id}
              label={`Sound of ${LETTERS[index]}`}
              isSelected={state.sound === index}
              onChange={() => setStage({ sound: index })}
            >
              {LETTERS[index]}
            </Toggle>
          ))}
          <Toggle label="Sound off" isSelected={state.sound === null} onChange={() => setStage({ sound: null })}>
            Off
          </Toggle>
        </div>
      )}
      {films && a && b && (
        <div className={css.group} role="toolbar" aria-label="B offset">
          <span className={css.word}>B offset</span>
          <IconButton label="−1: B one frame earlier" onPress={() => moveOffset(a.id, b.id, -1)}>
            −1
          </IconButton>
          <Button
            look="quiet"
            aria-label={`${offset > 0 ? "+" : ""}${offset} frames B offset, back to 0`}
            onPress={() => moveOffset(a.id, b.id, 0)}
          >
            {offset > 0 ? `+${offset}` : offset}
          </Button>
          <IconButton label="+1: B one frame later" onPress={() => moveOffset(a.id, b.id, 1)}>
            +1
          </IconButton>
        </div>
      )}
      <div className={css.group} role="toolbar" aria-label="View">
        <Toggle
          label="Fit"
          chord="Shift+Z"
          isSelected={state.look.scale === null}
          onChange={() => setStage({ look: FIT })}
        >
          Fit
        </Toggle>
        <Toggle
          label="1:1, one pixel for one pixel"
          chord="Z"
          isSelected={state.look.scale !== null}
          onChange={() => setStage({ look: oneToOne() })}
        >
          1:1
        </Toggle>
        <Toggle label="Grey surround" isSelected={state.grey} onChange={(grey) => setStage({ grey })}>
          Grey
        </Toggle>
      </div>
    </div>
  );
});

/** One pixel of the picture on one of the screen. */
export const oneToOne = () => ({ scale: 1 / (window.devicePixelRatio || 1), x: 0, y: 0 });
