import { useVirtualizer } from "@tanstack/react-virtual";
import { Download } from "lucide-react";
import { useRef } from "react";
import { useSession } from "../app/session";
import { showInGraph } from "../app/slots";
import { useModelTitle } from "../canvas/modelTitles";
import { moment, money, moneyRange } from "../canvas/words";
import { Button } from "../ui/Button";
import { rowHeight } from "../ui/letters";
import type { Entry } from "../wire/api.gen";
import { csv, download } from "./csv";
import css from "./MoneyView.module.css";
import { entryRows, STATE_WORDS } from "./spend";
import { count, utcDay } from "./words";

const ROW = rowHeight(32);

interface Props {
  entries: readonly Entry[];
  titles: Readonly<Record<string, string>>;
}

/** Every intent to spend and what became of it, the newest first; only the rows in sight are there. */
export function Entries({ entries, titles }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const shown = rows.getVirtualItems();
  const keep = () => download(`takebridge-spending-${utcDay()}.csv`, csv(entryRows(entries, titles)));
  return (
    <section aria-label="Entries" className={css.entries}>
      <div className={css.tools}>
        <h2 className={css.grow}>{count(entries.length, "entry", "entries")}</h2>
        <Button onPress={keep} isDisabled={!entries.length}>
          <Download size={14} aria-hidden />
          Download as CSV
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard. */}
      <section ref={box} className={css.rows} tabIndex={0} aria-label="Entries of the ledger">
        <table className={css.entryTable} aria-rowcount={entries.length + 1}>
          <thead>
            <tr>
              {["Asked", "Shot", "Person", "Model", "State", "Estimate", "Cost", "Note"].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Gap height={shown[0]?.start ?? 0} />
            {shown.map((item) => {
              const entry = entries[item.index];
              return entry && <Row key={entry.token} entry={entry} index={item.index} />;
            })}
            <Gap height={rows.getTotalSize() - (shown.at(-1)?.end ?? 0)} />
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** Rows that are not there, as high as they would be. */
function Gap({ height }: { height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null;
}

function Row({ entry, index }: { entry: Entry; index: number }) {
  const { id } = useSession();
  const model = useModelTitle(entry.model);
  const cost = entry.actual_micros === null ? openCost(entry) : money(entry.actual_micros, entry.currency);
  const free = entry.state === "settled" && entry.actual_micros === 0;
  return (
    <tr aria-rowindex={index + 2} style={{ height: ROW }}>
      <td title={entry.created_at}>{moment(entry.created_at)}</td>
      <td>
        {entry.canvas_id === id && entry.node_id ? (
          <Button look="quiet" className={css.shot} onPress={() => showInGraph([entry.node_id])}>
            {entry.shot || "Untitled"}
          </Button>
        ) : (
          entry.shot || "Untitled"
        )}
      </td>
      <td>{entry.author}</td>
      <td title={entry.model}>{model}</td>
      <td className={entry.state === "unknown" ? css.unknown : undefined}>
        {entry.state === "unknown" ? "? " : ""}
        {free ? "Free" : STATE_WORDS[entry.state]}
      </td>
      <td>{moneyRange(entry.low_micros, entry.high_micros, entry.currency)}</td>
      <td>{cost}</td>
      <td title={entry.note}>{entry.note}</td>
    </tr>
  );
}

function openCost(entry: Entry): string {
  if (entry.state === "refunded" || entry.state === "released") return "nothing";
  const held = entry.reserved_micros === null ? "" : `, ${money(entry.reserved_micros, entry.currency)} counted`;
  return entry.state === "settled" || entry.state === "unknown" ? `unknown${held}` : `not yet${held}`;
}
