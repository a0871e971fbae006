import { ListBox, ListBoxItem, Text } from "react-aria-components";
import { Switch, TextField } from "../../ui/Field";
import { timeOf } from "../models/facts";
import { type Filter, priceOf, type Row, whyNot } from "../models/filter";
import css from "../models/models.module.css";
import type { Models } from "../models/rows";
import { priceWords } from "../money";
import own from "./fan.module.css";

interface Props {
  rows: readonly Row[];
  models: Models;
  filter: Filter;
  onFilter(filter: Filter): void;
  chosen: ReadonlySet<string>;
  onChoose(chosen: ReadonlySet<string>): void;
}

/** Whether a model can be asked for this shot now. */
export const canTry = (row: Row): boolean => whyNot(row) === "" && row.offer.key;

/** Models to try: arrows move, Space chooses. What would refuse this shot cannot be chosen: all are asked or none. */
export function FanModels({ rows, models, filter, onFilter, chosen, onChoose }: Props) {
  const set = (change: Partial<Filter>) => onFilter({ ...filter, ...change });
  const shut = rows.filter((row) => !canTry(row)).map((row) => row.offer.id);
  return (
    <div className={css.left}>
      <TextField
        label="Find a model"
        autoFocus
        placeholder="Name or provider"
        value={filter.text}
        onChange={(text) => set({ text })}
      />
      <div className={css.switches}>
        <Switch isSelected={filter.can} onChange={(can) => set({ can })}>
          Can make this shot
        </Switch>
        <Switch isSelected={filter.ready} onChange={(ready) => set({ ready })}>
          Ready, no key missing
        </Switch>
      </div>
      <p className={css.quiet} role="status">
        {models.rows === undefined
          ? "Reading the catalogue."
          : `${chosen.size} chosen, ${rows.length} of ${models.rows.length} listed${models.waiting > 0 ? `, pricing ${models.waiting} for this shot` : ""}`}
      </p>
      {models.problem && <p role="alert">{`${models.problem.message} ${models.problem.hint}`}</p>}
      {models.rows !== undefined && models.rows.length > rows.length && (
        <p className={css.quiet}>
          {models.rows.length - rows.length} more are hidden: they cannot make this shot, or there is no key for them.
        </p>
      )}
      <ListBox
        aria-label="Models to try"
        className={css.list ?? ""}
        selectionMode="multiple"
        selectedKeys={[...chosen]}
        disabledKeys={shut}
        onSelectionChange={(keys) => {
          const now = keys === "all" ? rows.map((row) => row.offer.id) : [...keys].map(String);
          onChoose(new Set(now.filter((id) => !shut.includes(id))));
        }}
        renderEmptyState={() => (
          <p className={css.quiet}>
            {models.rows ? "No model passes these filters: a key may be missing." : "Models come here."}
          </p>
        )}
      >
        {rows.map((row) => (
          <Item key={row.offer.id} row={row} />
        ))}
      </ListBox>
    </div>
  );
}

function Item({ row }: { row: Row }) {
  const { offer } = row;
  const not = whyNot(row) || (offer.key ? "" : `There is no key for ${offer.provider}.`);
  const time = timeOf(offer.seconds_low, offer.seconds_high);
  return (
    <ListBoxItem id={offer.id} textValue={offer.title} className={`${css.item} ${own.item}`}>
      {({ isSelected }) => (
        <>
          <span className={own.box} aria-hidden data-on={isSelected}>
            {isSelected ? "✓" : ""}
          </span>
          <span className={css.name}>
            <span>{offer.title}</span>
          </span>
          <span className={css.price}>{priceWords(priceOf(row))}</span>
          <Text slot="description" className={not ? css.cannot : css.line}>
            {offer.local ? "this machine" : offer.provider}
            {time && ` · ${time}`}
            {not && ` · ${not}`}
          </Text>
        </>
      )}
    </ListBoxItem>
  );
}
