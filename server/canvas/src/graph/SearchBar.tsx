import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useEffect } from "react";
import { useSession, useView } from "../app/session";
import { IconButton } from "../ui/Button";
import { TextField } from "../ui/Field";
import css from "./Graph.module.css";
import { found } from "./search";
import { boxesOf } from "./selected";
import { stage } from "./stage";
import { useGraph } from "./ui";
import { goTo } from "./useKeyboardMoves";

/** Find nodes by title, kind, model, prompt or state; what does not match steps back. */
export function SearchBar() {
  const open = useGraph((ui) => ui.search !== null);
  return open ? <Opened /> : null;
}

function Opened() {
  const session = useSession();
  const query = useGraph((ui) => ui.search?.query ?? "");
  const at = useGraph((ui) => ui.search?.at ?? 0);
  const count = useGraph((ui) => ui.search?.ids.length ?? 0);
  const seen = useView((view) => view.seen);
  useEffect(() => {
    if (!seen) return;
    const ids = found(seen.doc, seen.states, session.kinds, query);
    const before = useGraph.getState().search;
    if (before && ids.join() !== before.ids.join()) {
      useGraph.setState({ search: { query, ids, at: Math.min(before.at, Math.max(0, ids.length - 1)) } });
    }
  }, [seen, query, session]);
  const current = useGraph((ui) => ui.search?.ids[ui.search.at]);
  useEffect(() => {
    const box = current ? boxesOf(session, [current])[0] : undefined;
    if (box) stage()?.show(box);
  }, [current, session]);

  const step = (by: number) =>
    useGraph.setState(({ search }) => ({
      search: search && { ...search, at: (search.at + by + search.ids.length) % Math.max(1, search.ids.length) },
    }));
  const close = () => {
    useGraph.setState({ search: null });
    const node = current;
    if (node) goTo(node, boxesOf(session, [node])[0]);
  };
  return (
    <search className={css.search}>
      <TextField
        label="Find on the canvas"
        quiet
        autoFocus
        placeholder="Title, kind, model, prompt or state"
        value={query}
        onChange={(value) =>
          useGraph.setState(({ search }) => ({ search: search && { ...search, query: value, at: 0 } }))
        }
        onKeyDown={(event) => {
          if (event.key === "Escape") close();
          else if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
        }}
      />
      <span className={css.count} role="status">
        {query ? (count ? `${at + 1} of ${count}` : "Nothing found") : ""}
      </span>
      <IconButton label="Previous" chord="Shift+Enter" isDisabled={count === 0} onPress={() => step(-1)}>
        <ChevronUp size={16} aria-hidden />
      </IconButton>
      <IconButton label="Next" chord="Enter" isDisabled={count === 0} onPress={() => step(1)}>
        <ChevronDown size={16} aria-hidden />
      </IconButton>
      <IconButton label="Close" chord="Escape" onPress={close}>
        <X size={16} aria-hidden />
      </IconButton>
    </search>
  );
}
