import { ListBox, ListBoxItem, Text } from "react-aria-components";
import { Glyph } from "../../ui/State";
import { priceWords } from "../money";
import { timeOf } from "./facts";
import { priceOf, type Row, whyNot } from "./filter";
import css from "./models.module.css";

interface Props {
  rows: readonly Row[];
  total: number | undefined;
  waiting: number;
  /** The model the node has. */
  now: string;
  selected: string;
  onSelect(model: string): void;
  onUse(model: string): void;
}

/** Models, one a row: arrows choose, Enter uses. */
export function ModelList({ rows, total, waiting, now, selected, onSelect, onUse }: Props) {
  return (
    <div className={css.left}>
      <p className={css.quiet} role="status">
        {total === undefined
          ? "Reading the catalogue."
          : `${rows.length} of ${total}${waiting > 0 ? `, pricing ${waiting} for this shot` : ", priced for this shot"}`}
      </p>
      <ListBox
        aria-label="Models"
        className={css.list ?? ""}
        selectionMode="single"
        selectionBehavior="replace"
        disallowEmptySelection
        selectedKeys={[selected]}
        onSelectionChange={(keys) => {
          const [key] = keys === "all" ? [] : [...keys];
          if (key !== undefined) onSelect(String(key));
        }}
        onAction={(key) => onUse(String(key))}
        renderEmptyState={() => (
          <p className={css.quiet}>{total === undefined ? "Models come here." : "No model passes these filters."}</p>
        )}
      >
        {rows.map((row) => (
          <Item key={row.offer.id} row={row} now={now} />
        ))}
      </ListBox>
    </div>
  );
}

function Item({ row, now }: { row: Row; now: string }) {
  const { offer } = row;
  const not = whyNot(row);
  const time = timeOf(offer.seconds_low, offer.seconds_high);
  const notes = row.swap?.lost ?? offer.notes;
  const line =
    not || (offer.lifecycle === "retiring" ? offer.lifecycle_words : "") || notes[0] || "Makes this shot as asked";
  return (
    <ListBoxItem id={offer.id} textValue={offer.title} className={css.item ?? ""}>
      <span className={css.name}>
        {offer.previz && <Glyph mark="previz" />}
        <span>{offer.title}</span>
        {offer.id === now && <span className={css.tag}>now</span>}
        {offer.lifecycle !== "available" && <span className={css.warnTag}>{offer.lifecycle}</span>}
        {!offer.key && <span className={css.warnTag}>no key</span>}
      </span>
      <span className={css.price}>{offer.lifecycle === "retired" ? "" : priceWords(priceOf(row))}</span>
      <Text slot="description" className={not ? css.cannot : css.line}>
        {offer.local ? "this machine" : offer.provider}
        {time && ` · ${time}`} · {line}
      </Text>
    </ListBoxItem>
  );
}
