import { X } from "lucide-react";
import { memo, useDeferredValue, useEffect, useState } from "react";
import type { Titles } from "../canvas/modelTitles";
import { RATINGS } from "../canvas/words";
import { Button, IconButton, Toggle } from "../ui/Button";
import { Select, TextField } from "../ui/Field";
import { modelWords } from "./entries";
import { FacetChip } from "./FacetChip";
import css from "./FilterBar.module.css";
import {
  type Facet,
  type Filters,
  isFiltered,
  NO_FILTERS,
  NO_RATING,
  SORTS,
  type Sort,
  STATES,
  type StateKey,
  toggled,
} from "./filter";
import type { Found } from "./find";
import { PriceChip } from "./PriceChip";

interface Props {
  filters: Filters;
  found: Found;
  titles: Titles;
  nodeTitle(id: string): string;
  onChange(filters: Filters): void;
}

/** Filters as chips, each with how many takes it would give. */
export const FilterBar = memo(function FilterBar({ filters, found, titles, nodeTitle, onChange }: Props) {
  const put = (change: Partial<Filters>) => onChange({ ...filters, ...change });
  const facet = (name: Facet, value: string) => put({ [name]: toggled(filters[name] as readonly string[], value) });
  const { counts } = found;
  const ratings = [...RATINGS, { value: NO_RATING, word: "Unrated", glyph: "" }];
  return (
    <search className={css.bar} aria-label="Filter takes">
      <Search text={filters.text} onChange={(text) => put({ text })} />
      <FacetChip
        label="Shot"
        chosen={filters.node}
        counts={counts.node}
        title={nodeTitle}
        onToggle={(value) => facet("node", value)}
      />
      <FacetChip
        label="Model"
        chosen={filters.model}
        counts={counts.model}
        title={(model) => (model ? modelWords(model, titles) : "Brought in")}
        onToggle={(value) => facet("model", value)}
      />
      <FacetChip
        label="Provider"
        chosen={filters.provider}
        counts={counts.provider}
        title={(provider) => provider || "None"}
        onToggle={(value) => facet("provider", value)}
      />
      <FacetChip
        label="Author"
        chosen={filters.author}
        counts={counts.author}
        title={(author) => author || "Nobody"}
        onToggle={(value) => facet("author", value)}
      />
      <PriceChip low={filters.low} high={filters.high} onChange={(low, high) => put({ low, high })} />
      <div className={css.group} role="toolbar" aria-label="Rating">
        {ratings.map(({ value, word, glyph }) => (
          <Toggle
            key={value}
            label={`${word} ${counts.rating.get(value) ?? 0}`}
            isSelected={filters.rating.includes(value)}
            onChange={() => facet("rating", value)}
            className={css.chip ?? ""}
          >
            {glyph} {word} <span className={css.count}>{counts.rating.get(value) ?? 0}</span>
          </Toggle>
        ))}
      </div>
      <div className={css.group} role="toolbar" aria-label="State">
        {(Object.entries(STATES) as [StateKey, string][])
          .filter(([key]) => (counts.is.get(key) ?? 0) > 0 || filters.is.includes(key))
          .map(([key, word]) => (
            <Toggle
              key={key}
              label={`${word} ${counts.is.get(key) ?? 0}`}
              isSelected={filters.is.includes(key)}
              onChange={() => facet("is", key)}
              className={css.chip ?? ""}
            >
              {word} <span className={css.count}>{counts.is.get(key) ?? 0}</span>
            </Toggle>
          ))}
      </div>
      <span className={css.room} />
      {isFiltered(filters) && (
        <Button look="quiet" onPress={() => onChange({ ...NO_FILTERS, sort: filters.sort })}>
          Clear filters
        </Button>
      )}
      <div className={css.sort}>
        <Select
          label="Sort"
          quiet
          choices={Object.entries(SORTS).map(([id, title]) => ({ id, title }))}
          value={filters.sort}
          onChange={(sort) => put({ sort: sort as Sort })}
        />
      </div>
    </search>
  );
});

/** What is typed is looked for a moment later: the list follows without holding up the keys. */
function Search({ text, onChange }: { text: string; onChange(text: string): void }) {
  const [typed, setTyped] = useState(text);
  const late = useDeferredValue(typed);
  useEffect(() => setTyped(text), [text]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed here changes the filter.
  useEffect(() => {
    if (late !== text) onChange(late);
  }, [late]);
  return (
    <div className={css.search}>
      <TextField
        label="Search shots and prompts"
        quiet
        placeholder="Shots, prompts, notes"
        value={typed}
        onChange={setTyped}
      />
      {typed && (
        <IconButton label="Clear the search" onPress={() => setTyped("")}>
          <X size={14} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
