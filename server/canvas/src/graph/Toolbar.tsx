import { AlignStartVertical, LayoutTemplate, ListTree, Maximize, Minus, Plus, Search, Upload } from "lucide-react";
import { useVerbRegistry } from "../app/keys";
import { useMay } from "../app/session";
import { open } from "../app/slots";
import { Button, IconButton, Toggle } from "../ui/Button";
import { Menu } from "../ui/Menu";
import css from "./Graph.module.css";
import { NEEDS_EDITOR, verbItems } from "./menus";
import { stage } from "./stage";
import { showOutline, useGraph } from "./ui";

const ARRANGE = [
  "graph.tidy",
  null,
  "graph.align.left",
  "graph.align.centre",
  "graph.align.right",
  "graph.align.top",
  "graph.align.middle",
  "graph.align.bottom",
  null,
  "graph.distribute.x",
  "graph.distribute.y",
  null,
  "graph.group",
  "graph.ungroup",
];

/** What one does all the time, as buttons. */
export function Toolbar() {
  const mayEdit = useMay("editor");
  const outline = useGraph((ui) => ui.outline);
  useVerbRegistry((registry) => registry.verbs);
  const run = (id: string) => useVerbRegistry.getState().verbs.get(id)?.run();
  return (
    <div className={css.bar} role="toolbar" aria-label="Canvas">
      <Toggle label="Outline" chord="Shift+O" isSelected={outline} onChange={showOutline}>
        <ListTree size={16} aria-hidden />
      </Toggle>
      <Button look="quiet" isDisabled={!mayEdit} onPress={() => run("graph.add")}>
        <Plus size={16} aria-hidden /> Add
      </Button>
      <Button look="quiet" isDisabled={!mayEdit} onPress={() => open({ kind: "templates" })}>
        <LayoutTemplate size={16} aria-hidden /> Templates
      </Button>
      <IconButton label="Bring in references" isDisabled={!mayEdit} onPress={() => open({ kind: "upload" })}>
        <Upload size={16} aria-hidden />
      </IconButton>
      <Menu
        label="Arrange"
        items={verbItems(ARRANGE)}
        trigger={
          <Button look="quiet" isDisabled={!mayEdit}>
            <AlignStartVertical size={16} aria-hidden /> Arrange
          </Button>
        }
      />
      <IconButton label="Find on the canvas" chord="Mod+F" onPress={() => run("graph.search")}>
        <Search size={16} aria-hidden />
      </IconButton>
      {!mayEdit && <span className={css.barred}>{NEEDS_EDITOR}</span>}
    </div>
  );
}

/** How near one is, with buttons for what the wheel does. */
export function ZoomBar() {
  return (
    <div className={css.zoom} role="toolbar" aria-label="Zoom">
      <IconButton label="Zoom out" chord="-" onPress={() => stage()?.zoom("out")}>
        <Minus size={16} aria-hidden />
      </IconButton>
      <IconButton label="Zoom in" chord="+" onPress={() => stage()?.zoom("in")}>
        <Plus size={16} aria-hidden />
      </IconButton>
      <IconButton
        label="Show everything"
        chord="Shift+1"
        onPress={() => useVerbRegistry.getState().verbs.get("graph.fit")?.run()}
      >
        <Maximize size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
