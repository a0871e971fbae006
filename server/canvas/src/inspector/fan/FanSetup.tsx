import { useMemo, useState } from "react";
import { useMay, useMe, useSession, useView } from "../../app/session";
import { money } from "../../canvas/words";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select, TextField } from "../../ui/Field";
import { attempt } from "../../ui/toasts";
import type { FanOut } from "../../wire/api.gen";
import { api, got } from "../../wire/http";
import { type Filter, NO_FILTER, shownRows } from "../models/filter";
import css from "../models/models.module.css";
import { useModels } from "../models/rows";
import { nameOf } from "../reasons";
import { canTry, FanModels } from "./FanModels";
import own from "./fan.module.css";
import { amountText, cannotStart, drawn, microsOf, seedsOf, type Total, totalOf } from "./total";

const COUNTS = [1, 2, 3, 4, 6, 8];

interface Props {
  id: string;
  onStarted(fan: FanOut): void;
  onClose(): void;
}

/** Which models, how many of each, what it costs together. Nothing is asked for until the button is pressed. */
export function FanSetup({ id, onStarted, onClose }: Props) {
  const session = useSession();
  const me = useMe();
  const mayEdit = useMay("editor");
  const maySpend = useMay("producer");
  const node = useView((view) => view.seen?.doc.nodes[id]);
  const kind = node && session.kinds[node.kind];
  const models = useModels(node, kind);
  const [filter, setFilter] = useState<Filter>({ ...NO_FILTER, can: true, ready: true });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(node?.model ? [node.model] : []));
  const [seedText, setSeedText] = useState("");
  const [mostText, setMostText] = useState<string | null>(null);
  const [starting, setStarting] = useState(false);
  const listed = useMemo(
    () => shownRows(models.rows ?? [], filter, models.loadouts),
    [models.rows, filter, models.loadouts],
  );
  const rows = (models.rows ?? []).filter((row) => chosen.has(row.offer.id) && canTry(row));
  const takesSeed = kind?.params.some((spec) => spec.name === "seed") ?? false;
  const seeds = seedsOf(seedText);
  const total = totalOf(rows, seeds?.length ?? 1);
  const known = total.unknown === 0 ? amountText(total.high) : "";
  const most = microsOf(mostText ?? known);
  const seedless = rows.filter((row) => row.profile && !row.profile.seed).map((row) => row.offer.title);
  const paid = total.high > 0 || total.unknown > 0;
  const why = cannotStart({ total, seeds, seedless, most, mayEdit, maySpend });

  const start = async () => {
    setStarting(true);
    const body = {
      canvas_id: session.id,
      node_id: id,
      models: rows.map((row) => row.offer.id),
      seeds: seeds ?? [],
      max_micros: paid ? most : null,
      author: me.name,
    };
    const made = await attempt(() => got(api.POST("/api/fans", { body })) as Promise<FanOut>);
    setStarting(false);
    if (made) onStarted(made);
  };
  return (
    <Dialog
      title={`Try several for ${nameOf(node, kind)}`}
      wide
      onClose={onClose}
      foot={
        <>
          {why && <span className={css.why}>{why}</span>}
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={why !== "" || starting} onPress={() => void start()}>
            {startWords(total, most)}
          </Button>
        </>
      }
    >
      <div className={css.picker}>
        <p className={css.quiet}>
          The prompt, settings and wires of this node with every model chosen. What comes of it is put in the version
          tray; nothing is pinned by itself.
        </p>
        <div className={css.halves}>
          <FanModels
            rows={listed}
            models={models}
            filter={filter}
            onFilter={setFilter}
            chosen={new Set(rows.map((row) => row.offer.id))}
            onChoose={setChosen}
          />
          <div className={`${css.details} ${css.choose}`}>
            {takesSeed && <Seeds text={seedText} seed={node?.params["seed"]} onChange={setSeedText} />}
            <h3>Together</h3>
            <TotalShown total={total} />
            {paid && (
              <TextField
                label={`Most it may cost together, in ${total.currencies[0] ?? "USD"}`}
                value={mostText ?? known}
                onChange={setMostText}
                hint={
                  total.unknown > 0
                    ? "Where a price is unknown, what you say here is shared among those takes, and the job is held to it."
                    : "Nothing above this is ever spent on it."
                }
              />
            )}
          </div>
        </div>
      </div>
    </Dialog>
  );
}

function startWords(total: Total, most: number | null): string {
  const count = total.variants === 1 ? "Generate 1 take" : `Generate ${total.variants} takes`;
  if (total.variants === 0) return "Generate";
  if (total.high === 0 && total.unknown === 0) return `${count}, free`;
  return most === null ? count : `${count}, at most ${money(most, total.currencies[0])}`;
}

function TotalShown({ total }: { total: Total }) {
  const currency = total.currencies[0];
  const range =
    total.high === 0 && total.unknown === 0
      ? "free"
      : total.low === total.high
        ? `~${money(total.high, currency)}`
        : `${money(total.low, currency)} – ${money(total.high, currency)}`;
  return (
    <p className={own.total} role="status">
      <strong>
        {total.variants === 0 ? "nothing chosen" : total.high === 0 && total.unknown > 0 ? "unknown price" : range}
      </strong>
      {total.unknown > 0 && total.high > 0 && ` and ${total.unknown} at an unknown price`}
      {total.variants > 0 && `, ${total.variants} ${total.variants === 1 ? "take" : "takes"}`}
    </p>
  );
}

interface SeedsProps {
  text: string;
  /** The node's own. */
  seed: boolean | number | string | undefined;
  onChange(text: string): void;
}

function Seeds({ text, seed, onChange }: SeedsProps) {
  const count = seedsOf(text)?.length ?? 0;
  const usual = seed === undefined || seed === "random" ? "left to chance" : String(seed);
  return (
    <>
      <Select
        label="Takes of each model"
        value={String(Math.max(1, count))}
        choices={[...new Set([...COUNTS, Math.max(1, count)])]
          .sort((a, b) => a - b)
          .map((one) => ({ id: String(one), title: String(one) }))}
        onChange={(id) => onChange(Number(id) === 1 ? "" : drawn(Number(id)).join(", "))}
      />
      <div className={own.seeds}>
        <TextField
          label="Seeds"
          value={text}
          placeholder={`as the node says: ${usual}`}
          onChange={onChange}
          hint={typeof seed === "number" && !text ? `The seed ${seed} may make the same take again.` : undefined}
        />
        <Button onPress={() => onChange(drawn(Math.max(1, count)).join(", "))}>
          Draw {count > 1 ? "others" : "one"}
        </Button>
      </div>
    </>
  );
}
