import { useMemo, useState } from "react";
import { useMay, useSession, useView } from "../../app/session";
import { commitAll } from "../../canvas/edits";
import type { Node } from "../../canvas/model";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { attempt, done } from "../../ui/toasts";
import { useAsked } from "../asking";
import { priceWords } from "../money";
import { askSwap } from "../questions";
import { nameOf } from "../reasons";
import { Filters } from "./Filters";
import { type Filter, NO_FILTER, priceOf, type Row, shownRows, whyNot } from "./filter";
import { ModelDetails } from "./ModelDetails";
import { ModelList } from "./ModelList";
import css from "./models.module.css";
import { useModels } from "./rows";

interface Props {
  /** All of one kind. Prices are those of the first. */
  nodes: readonly string[];
  onClose(): void;
}

/** The picker. Nothing is changed until one presses its button; then it is one edit, and can be undone. */
export function ModelPicker({ nodes, onClose }: Props) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const node = useView((view) => view.seen?.doc.nodes[nodes[0] ?? ""]);
  const kind = node && session.kinds[node.kind];
  const models = useModels(node, kind);
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [chosen, setChosen] = useState<string | null>(null);
  const rows = useMemo(
    () => shownRows(models.rows ?? [], filter, models.loadouts),
    [models.rows, filter, models.loadouts],
  );
  const now = node?.model ?? "";
  const selected = chosen ?? now;
  const row = useSelected(models.rows, selected, node);
  const why = refusal(row, now, mayEdit, nodes.length);

  const choose = async (model: Row) => {
    const before = now;
    const ops = nodes.map((id) => ({ op: "set_model" as const, node: id, model: model.offer.id }));
    const committed = await attempt(() => commitAll(session, ops));
    if (!committed) return;
    onClose();
    done(
      nodes.length > 1
        ? `${nodes.length} nodes run on ${model.offer.title} now.`
        : `${nameOf(node, kind)} runs on ${model.offer.title} now.`,
      before ? { title: "Undo", run: () => void attempt(() => session.undo()) } : undefined,
    );
  };
  const title = nodes.length > 1 ? `Model of ${nodes.length} nodes` : `Model of ${nameOf(node, kind)}`;
  return (
    <Dialog
      title={title}
      wide
      onClose={onClose}
      foot={
        <>
          {why && <span className={css.why}>{why}</span>}
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={why !== "" || !row} onPress={() => row && void choose(row)}>
            {row ? `Use ${row.offer.title} · ${priceWords(priceOf(row))} a take` : "Use this model"}
          </Button>
        </>
      }
    >
      <div className={css.picker}>
        <Filters rows={models.rows ?? []} loadouts={models.loadouts} filter={filter} onChange={setFilter} />
        {models.problem && <p role="alert">{`${models.problem.message} ${models.problem.hint}`}</p>}
        <div className={css.halves}>
          <ModelList
            rows={rows}
            total={models.rows?.length}
            waiting={models.waiting}
            now={now}
            selected={selected}
            onSelect={setChosen}
            onUse={(id) => {
              const used = rows.find((one) => one.offer.id === id);
              if (used && !refusal(used, now, mayEdit, nodes.length)) void choose(used);
            }}
          />
          <div className={css.details}>
            {row ? (
              <ModelDetails row={row} rows={models.rows ?? []} now={now} several={nodes.length > 1} />
            ) : (
              <p className={css.quiet}>Choose a model on the left to see what it takes, makes and costs here.</p>
            )}
          </div>
        </div>
      </div>
    </Dialog>
  );
}

/** The selected row; what it means for this node is asked at once, ahead of the others. */
function useSelected(rows: readonly Row[] | undefined, selected: string, node: Node | undefined): Row | undefined {
  const session = useSession();
  const row = rows?.find((one) => one.offer.id === selected);
  const waits = row && node && !row.swap && row.offer.lifecycle !== "retired";
  const { data } = useAsked(waits ? `${node.id} ${selected}` : null, () =>
    askSwap(session.id, node?.id ?? "", selected),
  );
  return row && data && !row.swap ? { ...row, swap: data } : row;
}

/** Why the button is shut. A model that would refuse this shot may still be chosen: its settings can be changed next. */
function refusal(row: Row | undefined, now: string, mayEdit: boolean, count: number): string {
  if (!mayEdit) return "Changing the model needs the role editor.";
  if (!row) return "";
  if (row.offer.lifecycle === "retired") return whyNot(row);
  return row.offer.id === now && count === 1 ? "It runs on this model now." : "";
}
