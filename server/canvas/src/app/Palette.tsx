import { useContext } from "react";
import { Autocomplete, Input, Menu, MenuItem, SearchField, useFilter } from "react-aria-components";
import { stateMark, WORDS } from "../canvas/words";
import { Dialog } from "../ui/Dialog";
import field from "../ui/Field.module.css";
import menu from "../ui/Menu.module.css";
import { keyLabel, useVerbRegistry } from "./keys";
import { CanvasContext, useView } from "./session";
import { showInGraph } from "./slots";

interface Entry {
  id: string;
  title: string;
  aside: string;
  run(): void;
}

const MOST_NODES = 400;

/** Ctrl+K: every verb with its key, and on a canvas every node by its title. */
export function Palette({ onClose }: { onClose(): void }) {
  const canvas = useContext(CanvasContext);
  return canvas ? <WithNodes onClose={onClose} /> : <Listed nodes={[]} onClose={onClose} />;
}

function WithNodes({ onClose }: { onClose(): void }) {
  const seen = useView((view) => view.seen);
  const nodes = Object.values(seen?.doc.nodes ?? {})
    .slice(0, MOST_NODES)
    .map((node) => ({
      id: `node ${node.id}`,
      title: node.title,
      aside: WORDS[stateMark(seen?.states[node.id]?.status)],
      run: () => showInGraph([node.id]),
    }));
  return <Listed nodes={nodes} onClose={onClose} />;
}

function Listed({ nodes, onClose }: { nodes: readonly Entry[]; onClose(): void }) {
  const { contains } = useFilter({ sensitivity: "base" });
  const { verbs } = useVerbRegistry();
  const offered = [...verbs.values()].filter((verb) => verb.enabled !== false && verb.id !== "app.palette");
  const entries: Entry[] = [
    ...offered.map((verb) => ({
      id: verb.id,
      title: verb.title,
      aside: verb.keys?.[0] ? keyLabel(verb.keys[0]) : verb.group,
      run: () => verb.run(),
    })),
    ...nodes,
  ];
  return (
    <Dialog title="Go to or do" onClose={onClose}>
      <Autocomplete filter={contains}>
        <SearchField aria-label="Search verbs and nodes" autoFocus>
          <Input
            className={field.input ?? ""}
            placeholder={nodes.length ? "A verb, or a node by its title" : "A verb, or a canvas by its title"}
          />
        </SearchField>
        <Menu
          aria-label="Verbs and nodes"
          className={menu.menu ?? ""}
          items={entries}
          renderEmptyState={() => <p className={menu.none}>Nothing here is called so.</p>}
          onAction={(id) => {
            onClose();
            entries.find((entry) => entry.id === id)?.run();
          }}
        >
          {(entry) => (
            <MenuItem id={entry.id} textValue={entry.title} className={menu.item ?? ""}>
              <span>{entry.title}</span>
              <kbd>{entry.aside}</kbd>
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
    </Dialog>
  );
}
