import { useContext, useState } from "react";
import { Autocomplete, Input, Menu, MenuItem, SearchField } from "react-aria-components";
import { stateMark, WORDS } from "../canvas/words";
import { Dialog } from "../ui/Dialog";
import field from "../ui/Field.module.css";
import { found } from "../ui/finding";
import menu from "../ui/Menu.module.css";
import { keyLabel, useVerbRegistry, type Verb } from "./keys";
import css from "./Palette.module.css";
import { CanvasContext, useView } from "./session";
import { showInGraph } from "./slots";

interface Entry {
  id: string;
  title: string;
  aside: string;
  more?: string;
  run(): void;
}

/** Lines of the list; who types finds the others. */
const MOST = 60;
const RECENT = "takebridge.recent";
const MOST_RECENT = 8;

const recent = (): string[] => (localStorage.getItem(RECENT) ?? "").split("\n").filter(Boolean);
const used = (id: string): void =>
  localStorage.setItem(RECENT, [id, ...recent().filter((one) => one !== id)].slice(0, MOST_RECENT).join("\n"));

/** Ctrl+K: every verb with its key, and on a canvas every node by its title or id. What was used lately stands first. */
export function Palette({ onClose }: { onClose(): void }) {
  const canvas = useContext(CanvasContext);
  return canvas ? <WithNodes onClose={onClose} /> : <Listed nodes={[]} onClose={onClose} />;
}

function WithNodes({ onClose }: { onClose(): void }) {
  const seen = useView((view) => view.seen);
  const nodes = Object.values(seen?.doc.nodes ?? {}).map((node) => ({
    id: node.id,
    title: node.title,
    aside: WORDS[stateMark(seen?.states[node.id]?.status)],
    run: () => showInGraph([node.id]),
  }));
  return <Listed nodes={nodes} onClose={onClose} />;
}

/** What can be done now, once by its name: what was offered last does it, as with keys. */
function offered(verbs: Iterable<Verb>): Entry[] {
  const named = new Map<string, Verb>();
  for (const verb of verbs) if (verb.enabled !== false && verb.id !== "app.palette") named.set(verb.title, verb);
  return [...named.values()].map((verb) => ({
    id: verb.id,
    title: verb.title,
    aside: verb.keys?.[0] ? keyLabel(verb.keys[0]) : verb.group,
    more: verb.group,
    run: () => verb.run(),
  }));
}

function Listed({ nodes, onClose }: { nodes: readonly Entry[]; onClose(): void }) {
  const verbs = useVerbRegistry((registry) => registry.verbs);
  const [query, setQuery] = useState("");
  const [before] = useState(recent);
  const fitting = found([...offered(verbs.values()), ...nodes], query, before);
  const entries = fitting.slice(0, MOST);
  const left = fitting.length - entries.length;
  return (
    <Dialog title="Go to or do" onClose={onClose} top>
      <Autocomplete inputValue={query} onInputChange={setQuery}>
        <SearchField aria-label="Search verbs and nodes" autoFocus className={menu.seek ?? ""}>
          <Input
            className={field.input ?? ""}
            placeholder={nodes.length ? "A verb, or a node by its title" : "A verb, or a canvas by its title"}
          />
        </SearchField>
        <Menu
          aria-label="Verbs and nodes"
          className={`${menu.menu} ${css.list}`}
          items={entries}
          renderEmptyState={() => <p className={menu.none}>Nothing here is called so.</p>}
          onAction={(id) => {
            used(String(id));
            onClose();
            entries.find((entry) => entry.id === id)?.run();
          }}
        >
          {(entry) => (
            <MenuItem id={entry.id} textValue={entry.title} className={menu.item ?? ""}>
              <span className={css.title}>{entry.title}</span>
              <kbd>{entry.aside}</kbd>
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
      <p className={css.more} role="status">
        {left > 0 ? `and ${left} more: type a few letters` : ""}
      </p>
    </Dialog>
  );
}
