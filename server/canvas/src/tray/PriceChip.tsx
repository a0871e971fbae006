import { ChevronDown } from "lucide-react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { money } from "../canvas/words";
import { Button } from "../ui/Button";
import button from "../ui/Button.module.css";
import { TextField } from "../ui/Field";
import menu from "../ui/Menu.module.css";
import css from "./FilterBar.module.css";

interface Props {
  low: number | null;
  high: number | null;
  onChange(low: number | null, high: number | null): void;
}

const MICROS = 1_000_000;
const shownAs = (micros: number | null) => (micros === null ? "" : String(micros / MICROS));

/** Millionths of what is typed; null for nothing or nonsense. */
export function typedPrice(text: string): number | null {
  const value = Number(text.trim().replace(/^\$/, "").replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) || value < 0 ? null : Math.round(value * MICROS);
}

/** Takes by what they cost. */
export function PriceChip({ low, high, onChange }: Props) {
  const words =
    low === null && high === null
      ? "Price"
      : high === null
        ? `Price: from ${money(low)}`
        : `Price: ${money(low ?? 0)} – ${money(high)}`;
  return (
    <DialogTrigger>
      <AriaButton className={`${button.button} ${css.chip} ${words === "Price" ? "" : css.on}`}>
        {words} <ChevronDown size={12} aria-hidden />
      </AriaButton>
      <Popover className={menu.popover ?? ""} placement="bottom start">
        <Dialog className={css.facet ?? ""} aria-label="Filter by price">
          <div className={css.prices}>
            <TextField label="From" defaultValue={shownAs(low)} onChange={(text) => onChange(typedPrice(text), high)} />
            <TextField label="To" defaultValue={shownAs(high)} onChange={(text) => onChange(low, typedPrice(text))} />
          </div>
          <Button look="quiet" onPress={() => onChange(null, null)}>
            Any price
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
