import { useMemo } from "react";
import { Select, Switch, TextField } from "../../ui/Field";
import type { LoadoutFacts } from "../../wire/api.gen";
import type { Filter, Row, Sort } from "./filter";
import css from "./models.module.css";

const PRICES = [
  { id: "any", title: "Any price", most: null },
  { id: "free", title: "Free", most: 0 },
  { id: "10c", title: "Up to $0.10", most: 100_000 },
  { id: "1", title: "Up to $1", most: 1_000_000 },
  { id: "5", title: "Up to $5", most: 5_000_000 },
] as const;

const SORTS: readonly { id: Sort; title: string }[] = [
  { id: "fit", title: "Best fit first" },
  { id: "price", title: "Cheapest first" },
  { id: "time", title: "Fastest first" },
  { id: "name", title: "By name" },
];

interface Props {
  rows: readonly Row[];
  loadouts: readonly LoadoutFacts[];
  filter: Filter;
  onChange(filter: Filter): void;
}

/** What of the catalogue is listed, and in which order. */
export function Filters({ rows, loadouts, filter, onChange }: Props) {
  const providers = useMemo(() => [...new Set(rows.map((row) => row.offer.provider))].sort(), [rows]);
  const set = (change: Partial<Filter>) => onChange({ ...filter, ...change });
  return (
    <search className={css.filters}>
      <TextField
        label="Find a model"
        autoFocus
        placeholder="Name or provider"
        value={filter.text}
        onChange={(text) => set({ text })}
      />
      <Select
        label="Provider"
        value={filter.provider || "all"}
        choices={[{ id: "all", title: "All providers" }, ...providers.map((id) => ({ id, title: id }))]}
        onChange={(id) => set({ provider: id === "all" ? "" : id })}
      />
      <Select
        label="Price of a take"
        value={PRICES.find((one) => one.most === filter.most)?.id ?? "any"}
        choices={PRICES}
        onChange={(id) => set({ most: PRICES.find((one) => one.id === id)?.most ?? null })}
      />
      {loadouts.length > 0 && (
        <Select
          label="Type of shot"
          value={filter.loadout || "all"}
          choices={[
            { id: "all", title: "Any type of shot" },
            ...loadouts.map((one) => ({ id: one.shot, title: one.title, about: one.why || undefined })),
          ]}
          onChange={(id) => set({ loadout: id === "all" ? "" : id })}
        />
      )}
      <Select
        label="Order"
        value={filter.sort}
        choices={SORTS}
        onChange={(id) => set({ sort: SORTS.find((one) => one.id === id)?.id ?? "fit" })}
      />
      <div className={css.switches}>
        <Switch isSelected={filter.can} onChange={(can) => set({ can })}>
          Can make this shot
        </Switch>
        <Switch isSelected={filter.ready} onChange={(ready) => set({ ready })}>
          Ready, no key missing
        </Switch>
      </div>
    </search>
  );
}
