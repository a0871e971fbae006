import { keyLabel } from "../app/keys";
import { useMay, useSession, useView } from "../app/session";
import { open } from "../app/slots";
import { stateMark } from "../canvas/words";
import { Button } from "../ui/Button";
import { State } from "../ui/State";
import { DraftField } from "./fields/DraftField";
import css from "./inspector.module.css";
import { countsByState } from "./reasons";

/** Nothing is selected: the canvas itself. */
export function NoNode() {
  const session = useSession();
  const mayEdit = useMay("editor");
  const title = useView((view) => view.seen?.doc.title ?? "");
  const nodes = useView((view) => view.seen?.doc.nodes);
  const states = useView((view) => view.seen?.states);
  // Notes and groups have a state too, but make nothing.
  const making = Object.values(nodes ?? {}).filter((node) => session.kinds[node.kind]?.outputs.length !== 0);
  const counts = countsByState(
    states ?? {},
    making.map((node) => node.id),
  );
  const stale = counts.some(([status]) => status === "stale" || status === "empty" || status === "blocked");
  return (
    <div className={css.head}>
      <div className={css.title}>
        <DraftField
          node={session.id}
          param="title"
          label="Name of the canvas"
          saved={title}
          fixed={mayEdit ? "" : "Renaming needs the role editor."}
          wrong={(text) => (text.length > 200 ? "At most 200 characters." : undefined)}
          commit={(text) => session.commit([{ op: "set_canvas_title", title: text }])}
        />
      </div>
      <ul className={css.counts} aria-label="Nodes by state">
        {counts.map(([status, count]) => (
          <li key={status}>
            <State mark={stateMark(status)} />
            <span>{count}</span>
          </li>
        ))}
      </ul>
      {stale && (
        <div className={css.primary}>
          <Button look="primary" isDisabled={!mayEdit} onPress={() => open({ kind: "plan", scope: { kind: "stale" } })}>
            Plan everything that is out of date
          </Button>
          {!mayEdit && <p className={css.hint}>Generating needs the role editor.</p>}
        </div>
      )}
      <p className={css.hint}>Select a node to see what it is made from, and to change it.</p>
      <p className={css.hint}>{keyLabel("Mod+K")} finds any node or verb; ? shows every key.</p>
    </div>
  );
}
