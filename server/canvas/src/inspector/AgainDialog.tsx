import { useState } from "react";
import { useMay, useMe, useSession, useView } from "../app/session";
import { useModelTitle } from "../canvas/modelTitles";
import { money } from "../canvas/words";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Switch, TextField } from "../ui/Field";
import { attempt, done } from "../ui/toasts";
import { api, got } from "../wire/http";
import { useAsked } from "./asking";
import { microsOf } from "./fan/total";
import css from "./inspector.module.css";
import { isPaid, priceWords } from "./money";
import { askSwap } from "./questions";
import { nameOf } from "./reasons";

interface Props {
  node: string;
  /** Once more with this take's model, and its seed if wanted; without one as the node is now. */
  take?: string | undefined;
  onClose(): void;
}

/** One more take of the same recipe, its price first. It joins the others; the pin stays where it is. */
export function AgainDialog({ node: id, take: like, onClose }: Props) {
  const me = useMe();
  const session = useSession();
  const maySpend = useMay("producer");
  const node = useView((view) => view.seen?.doc.nodes[id]);
  const take = useView((view) => (like ? view.seen?.doc.takes[like] : undefined));
  const expected = useView((view) => view.seen?.states[id]?.expected_fp);
  const model = take?.model_requested || node?.model || "";
  const title = useModelTitle(model);
  const { data: price, problem } = useAsked(node ? `${session.id} ${id} ${model} ${expected}` : null, () =>
    askSwap(session.id, id, model),
  );
  const [seeded, setSeeded] = useState(false);
  const [mostText, setMostText] = useState("");
  if (!node) return null;
  const moved = take?.recipe_fp && expected !== undefined && take.recipe_fp !== expected ? take : undefined;
  const refusal = price?.refusal || problem?.message || "";
  const paid = price !== undefined && isPaid(price);
  const unknown = price !== undefined && price.high_micros === null;
  const most = unknown ? microsOf(mostText) : (price?.high_micros ?? null);
  const why = !price || refusal ? "" : paid && !maySpend ? "Spending needs the role producer." : "";
  const words = !price
    ? ""
    : !unknown
      ? `, ${priceWords(price)}`
      : most
        ? `, at most ${money(most, price.currency)}`
        : "";
  const start = async () => {
    onClose();
    const body = {
      canvas_id: session.id,
      node_id: id,
      author: me.name,
      again: true,
      model: model === node.model ? null : model,
      seed: seeded && take ? take.seed_used : null,
      max_micros: paid ? most : null,
    };
    if (await attempt(() => got(api.POST("/api/jobs", { body })))) {
      done(`One more take of “${nameOf(node, session.kinds[node.kind])}” is on its way.`);
    }
  };
  return (
    <Dialog
      title={`Generate “${nameOf(node, session.kinds[node.kind])}” once more`}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Not now</Button>
          <Button
            look="primary"
            isDisabled={!price || refusal !== "" || why !== "" || (unknown && !most)}
            onPress={() => void start()}
          >
            Generate one take{words}
          </Button>
        </>
      }
    >
      <div className={css.once}>
        <dl className={css.facts}>
          <dt>Model</dt>
          <dd>{title}</dd>
          <dt>Price</dt>
          <dd>{price && !refusal ? priceWords(price) : refusal ? "cannot be priced" : "looking it up"}</dd>
        </dl>
        <p>
          {moved
            ? `The node has changed since take ${moved.seq}: the new take follows it as it is now. To have take ${moved.seq} back, pin it.`
            : "It joins the other takes; what is pinned stays pinned."}
        </p>
        {typeof node.params["seed"] === "number" && !seeded && (
          <p className={css.hint}>
            The node's seed is set to {node.params["seed"]}: the new take may look the same as one there is.
          </p>
        )}
        {refusal && (
          <p role="alert" className={css.warn}>
            {refusal}
          </p>
        )}
        {why && <p className={css.hint}>{why}</p>}
        {unknown && !refusal && !why && (
          <TextField
            label={`Most it may cost, in ${price.currency}`}
            value={mostText}
            onChange={setMostText}
            hint="Nobody knows this model's price here. It is held to what you say."
            wrong={mostText && microsOf(mostText) === null ? "Give an amount, like 2.50." : undefined}
          />
        )}
        {take?.seed_used != null && (
          <Switch isSelected={seeded} onChange={setSeeded}>
            With the same seed, {take.seed_used}
          </Switch>
        )}
      </div>
    </Dialog>
  );
}
