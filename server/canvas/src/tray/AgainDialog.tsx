import { useEffect, useState } from "react";
import { useMay, useMe, useSession, useView } from "../app/session";
import { moneyRange } from "../canvas/words";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Switch } from "../ui/Field";
import { attempt, done } from "../ui/toasts";
import type { SwapFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import { useTitles } from "./catalogue";
import { modelWords } from "./entries";
import css from "./Questions.module.css";

/** One more take with the same model, its price first. Nothing is sent before it is agreed to. */
export function AgainDialog({ take: id, onClose }: { take: string; onClose(): void }) {
  const me = useMe();
  const session = useSession();
  const maySpend = useMay("producer");
  const titles = useTitles();
  const take = useView((view) => view.seen?.doc.takes[id]);
  const node = useView((view) => (take ? view.seen?.doc.nodes[take.node_id] : undefined));
  const expected = useView((view) => (take ? view.seen?.states[take.node_id]?.expected_fp : undefined));
  const [price, setPrice] = useState<SwapFacts | Problem | null>(null);
  const [seed, setSeed] = useState(false);
  const model = take?.model_requested || node?.model || "";
  useEffect(() => {
    if (!take) return;
    let current = true;
    const path = { canvas_id: session.id, node_id: take.node_id };
    got(api.GET("/api/canvases/{canvas_id}/nodes/{node_id}/swap", { params: { path, query: { model } } })).then(
      (found) => current && setPrice(found),
      (thrown) => current && setPrice(asProblem(thrown)),
    );
    return () => {
      current = false;
    };
  }, [session.id, take, model]);
  if (!take || !node) return null;
  const known = price && !(price instanceof Error) ? price : null;
  const high = known?.high_micros ?? null;
  const refusal = known?.refusal || (price instanceof Error ? price.message : "");
  const unpriced = known !== null && high === null && !refusal;
  const paid = high !== 0;
  const moved = take.recipe_fp !== null && expected !== undefined && take.recipe_fp !== expected;
  const start = async () => {
    onClose();
    const body = {
      canvas_id: session.id,
      node_id: node.id,
      author: me.name,
      again: true,
      model,
      seed: seed ? take.seed_used : null,
      max_micros: paid ? high : null,
    };
    if (await attempt(() => got(api.POST("/api/jobs", { body })))) {
      done(`One more take of “${node.title}” is on its way.`);
    }
  };
  const cost = known ? moneyRange(known.low_micros, high, known.currency) : "looking up the price";
  return (
    <Dialog
      title={`Generate “${node.title}” once more`}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Not now</Button>
          <Button
            look="primary"
            isDisabled={!known || refusal !== "" || unpriced || (paid && !maySpend)}
            onPress={() => void start()}
          >
            {known ? `Generate one take, ${cost}` : "Generate one take"}
          </Button>
        </>
      }
    >
      <div className={css.words}>
        <p>
          Model: {modelWords(model, titles)}. Price: {cost}.
        </p>
        {moved && (
          <p>
            The node has changed since take {take.seq}: the new take follows its recipe as it is now. To have take{" "}
            {take.seq} back, pin it.
          </p>
        )}
        {refusal && <p role="alert">{refusal}</p>}
        {unpriced && (
          <p role="alert">No price is known for this model here. Use the plan, which can allow unknown prices.</p>
        )}
        {paid && known && !maySpend && <p>Spending needs the role producer.</p>}
      </div>
      {take.seed_used !== null && (
        <Switch isSelected={seed} onChange={setSeed}>
          With the same seed, {take.seed_used}
        </Switch>
      )}
    </Dialog>
  );
}
