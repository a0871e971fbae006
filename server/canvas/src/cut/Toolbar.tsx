import { Maximize2, Minus, Plus, RefreshCw, Table2 } from "lucide-react";
import { useMay } from "../app/session";
import { Button, IconButton, Toggle } from "../ui/Button";
import { Select, Slider } from "../ui/Field";
import type { CutView } from "../wire/api.gen";
import css from "./CutView.module.css";
import { useCutDesk } from "./desk";
import { fromSlider, STEP, toSlider } from "./scale";
import type { Shown } from "./useLanes";
import type { Zoom } from "./useZoom";
import { count } from "./words";

interface Props {
  readonly cut: CutView;
  readonly zoom: Zoom;
  readonly shown: Shown;
  onShow(shown: Shown): void;
  readonly table: boolean;
  onTable(is: boolean): void;
  readonly reading: boolean;
  readonly comparing: boolean;
  /** Clips with a new take. */
  readonly waiting: number;
  compare(): void;
  push(): void;
  fill(): void;
  putAll(): void;
}

const SHOWN: readonly { id: Shown; title: string; about: string }[] = [
  { id: "timeline", title: "Timeline", about: "What is open in the editor, with states" },
  { id: "base", title: "Base", about: "What both sides agreed on last" },
  { id: "editor", title: "Editor", about: "Your timeline against the base" },
  { id: "canvas", title: "Canvas", about: "The base with the pinned takes" },
  { id: "all", title: "All three", about: "One above the other" },
];

/** What is shown and how large; what can be done with the cut. */
export function Toolbar(props: Props) {
  const { cut, zoom, shown, onShow, table, onTable, reading, comparing, waiting } = props;
  const desk = useCutDesk();
  const mayEdit = useMay("editor");
  const folder = cut.host === "folder";
  return (
    <div className={css.bar} role="toolbar" aria-label="Cut">
      <div className={css.layers}>
        <Select label="Layer" quiet choices={SHOWN} value={shown} onChange={(id) => onShow(id as Shown)} />
      </div>
      <IconButton label="Zoom out" chord="-" onPress={() => zoom.by(1 / STEP)}>
        <Minus size={16} aria-hidden />
      </IconButton>
      <div className={css.zoom}>
        <Slider
          label="Zoom"
          minValue={0}
          maxValue={100}
          step={1}
          value={Math.round(toSlider(zoom.px, zoom.least))}
          onChange={(value) => zoom.set(fromSlider(value, zoom.least))}
        />
      </div>
      <IconButton label="Zoom in" chord="+" onPress={() => zoom.by(STEP)}>
        <Plus size={16} aria-hidden />
      </IconButton>
      <IconButton label="Show the whole cut" chord="Shift+Z" onPress={zoom.fit}>
        <Maximize2 size={16} aria-hidden />
      </IconButton>
      <Toggle label="Clips as a table" chord="Alt+T" isSelected={table} onChange={onTable}>
        <Table2 size={16} aria-hidden />
      </Toggle>
      <IconButton label="Read the timeline again" isDisabled={reading} onPress={() => void desk.load(true)}>
        <RefreshCw size={16} aria-hidden />
      </IconButton>
      <span className={css.gap} />
      {!mayEdit && <span className={css.quiet}>Changing the cut needs the role editor.</span>}
      {waiting > 0 && !folder && (
        <Button isDisabled={!mayEdit} onPress={props.putAll}>
          Put {count(waiting, "new take")} on the timeline…
        </Button>
      )}
      {!folder && (
        <Button isDisabled={!mayEdit} onPress={props.fill}>
          Fill gap…
        </Button>
      )}
      <Button isDisabled={!mayEdit} onPress={props.push}>
        Push clip…
      </Button>
      <Button look="primary" isDisabled={comparing || !mayEdit} onPress={props.compare}>
        {comparing ? "Comparing…" : "Compare"}
      </Button>
    </div>
  );
}
