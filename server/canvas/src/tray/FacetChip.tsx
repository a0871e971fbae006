import { ChevronDown } from "lucide-react";
import { useMemo, useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, ListBox, ListBoxItem, Popover } from "react-aria-components";
import button from "../ui/Button.module.css";
import { TextField } from "../ui/Field";
import menu from "../ui/Menu.module.css";
import css from "./FilterBar.module.css";
import { NATURAL } from "./sorting";

interface Props {
  label: string;
  chosen: readonly string[];
  counts: ReadonlyMap<string, number>;
  title(value: string): string;
  onToggle(value: string): void;
}

const SEARCH_FROM = 8;
const MOST_SHOWN = 200;

/** A chip that opens a list of values with their counts; several may be chosen. */
export function FacetChip({ label, chosen, counts, title, onToggle }: Props) {
  if (counts.size < 2 && chosen.length === 0) return null;
  const [first] = chosen;
  const words =
    first === undefined ? label : chosen.length === 1 ? `${label}: ${title(first)}` : `${label}: ${chosen.length}`;
  return (
    <DialogTrigger>
      <AriaButton className={`${button.button} ${css.chip} ${chosen.length > 0 ? css.on : ""}`}>
        {words} <ChevronDown size={12} aria-hidden />
      </AriaButton>
      <Popover className={menu.popover ?? ""} placement="bottom start">
        <Dialog className={css.facet ?? ""} aria-label={`Filter by ${label.toLowerCase()}`}>
          <Values label={label} chosen={chosen} counts={counts} title={title} onToggle={onToggle} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** The list, worked out when it is opened: a canvas has a thousand shots. */
function Values({ label, chosen, counts, title, onToggle }: Props) {
  const [text, setText] = useState("");
  const values = useMemo(
    () =>
      [...new Set([...chosen, ...counts.keys()])]
        .map((value) => ({ value, title: title(value), count: counts.get(value) ?? 0 }))
        .sort((a, b) => NATURAL.compare(a.title, b.title)),
    [chosen, counts, title],
  );
  const shown = values.filter((one) => one.title.toLocaleLowerCase().includes(text.toLocaleLowerCase()));
  return (
    <>
      {values.length >= SEARCH_FROM && (
        <TextField label={`Search ${label.toLowerCase()}`} quiet placeholder="Search" value={text} onChange={setText} />
      )}
      <ListBox
        aria-label={label}
        className={menu.menu ?? ""}
        selectionMode="multiple"
        selectedKeys={chosen}
        onSelectionChange={(keys) => {
          const now = keys === "all" ? shown.map((one) => one.value) : [...keys].map(String);
          const changed = [
            ...now.filter((key) => !chosen.includes(key)),
            ...chosen.filter((key) => !now.includes(key)),
          ];
          for (const value of changed) onToggle(value);
        }}
        renderEmptyState={() => <p className={css.count}>Nothing goes by this name.</p>}
      >
        {shown.slice(0, MOST_SHOWN).map((one) => (
          <ListBoxItem key={one.value} id={one.value} textValue={one.title} className={`${menu.item} ${css.value}`}>
            {({ isSelected }) => (
              <>
                <span>
                  {isSelected ? "✓ " : ""}
                  {one.title}
                </span>
                <span className={css.count}>{one.count}</span>
              </>
            )}
          </ListBoxItem>
        ))}
      </ListBox>
      {shown.length > MOST_SHOWN && <p className={css.count}>{shown.length - MOST_SHOWN} more: type to find them.</p>}
    </>
  );
}
