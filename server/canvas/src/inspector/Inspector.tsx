import { useSelection, useView } from "../app/session";
import css from "./inspector.module.css";
import { ManyNodes } from "./ManyNodes";
import { NoNode } from "./NoNode";
import { OneNode } from "./OneNode";

/** The right column: what is selected, and what can be done with it. */
export function Inspector() {
  const selected = useSelection((selection) => selection.nodes);
  const nodes = useView((view) => view.seen?.doc.nodes);
  const there = selected.filter((id) => nodes?.[id]);
  const [first] = there;
  return (
    // A key of its own begins each selection at the top.
    <div key={there.join()} className={css.column}>
      {there.length < 2 && <h2 className="visually-hidden">{first ? "Node" : "Canvas"}</h2>}
      {there.length > 1 ? <ManyNodes nodes={there} /> : first ? <OneNode key={first} id={first} /> : <NoNode />}
    </div>
  );
}
