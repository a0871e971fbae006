import { type KeyboardEvent, useRef, useState } from "react";
import { money } from "../canvas/words";
import { Button } from "../ui/Button";
import css from "./MoneyView.module.css";
import type { By, Chart, SpendBar } from "./spend";
import { count } from "./words";

const MOST = 24;
const BY_WORDS: Readonly<Record<By, string>> = {
  shot: "shot",
  author: "person",
  model: "model",
  provider: "provider",
  day: "day",
};

/** `S01A: $0.40, 2 jobs, $0.20 held`; read aloud and shown under the chart. */
function barWords(bar: SpendBar, currency: string): string {
  const parts = [`${bar.name}: ${money(bar.settled, currency)}`, count(bar.jobs, "job")];
  if (bar.held) parts.push(`${money(bar.held, currency)} held`);
  if (bar.returned) parts.push(`${bar.returned} given back`);
  if (bar.unknown) parts.push(`${bar.unknown} at an unknown cost`);
  return parts.join(", ");
}

function valueWords(bar: SpendBar, currency: string): string {
  const known = bar.settled + bar.held;
  const unknown = bar.unknown ? `${bar.unknown} unknown` : "";
  if (!known) return unknown || (bar.jobs ? `free, ${count(bar.jobs, "job")}` : "–");
  return [money(known, currency), unknown].filter(Boolean).join(" + ");
}

/** One currency as bars, and the same as a table. One tab stop; arrows go from bar to bar. */
export function SpendChart({ chart, by }: { chart: Chart; by: By }) {
  const [all, setAll] = useState(false);
  const [at, setAt] = useState<number | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const bars = all || by === "day" ? chart.bars : chart.bars.slice(0, MOST);
  const top = Math.max(1, ...bars.map((bar) => bar.settled + bar.held));
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -bars.length, End: bars.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(bars.length - 1, (at ?? 0) + step));
    setAt(next);
    list.current?.querySelectorAll("li")[next]?.focus();
  };
  const shown = at === null ? chart.total : (bars[at] ?? chart.total);
  const label = `Spending by ${BY_WORDS[by]} in ${chart.currency}`;
  return (
    <section className={css.chart} aria-label={label}>
      <p className={css.readout}>{barWords(shown, chart.currency)}</p>
      <ul ref={list} aria-label={label} onKeyDown={move} onMouseLeave={() => setAt(null)}>
        {bars.map((bar, index) => (
          <li
            key={bar.name}
            tabIndex={index === (at ?? 0) ? 0 : -1}
            aria-label={barWords(bar, chart.currency)}
            className={css.bar}
            onFocus={() => setAt(index)}
            onMouseEnter={() => setAt(index)}
          >
            <span className={css.name} title={bar.name}>
              {bar.name}
            </span>
            <svg className={css.svg} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect width={(bar.settled / top) * 100} height={10} className={css.spent} />
              <rect x={(bar.settled / top) * 100} width={(bar.held / top) * 100} height={10} className={css.heldBar} />
            </svg>
            <span className={css.value}>{valueWords(bar, chart.currency)}</span>
          </li>
        ))}
      </ul>
      {bars.length < chart.bars.length && (
        <Button onPress={() => setAll(true)}>Show {chart.bars.length - bars.length} more</Button>
      )}
      <details>
        <summary>The same as a table</summary>
        <ChartTable chart={chart} by={by} />
      </details>
    </section>
  );
}

function ChartTable({ chart, by }: { chart: Chart; by: By }) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{BY_WORDS[by].replace(/^./, (letter) => letter.toUpperCase())}</th>
          <th scope="col">Spent</th>
          <th scope="col">Held</th>
          <th scope="col">Jobs</th>
          <th scope="col">Given back</th>
          <th scope="col">Unknown</th>
        </tr>
      </thead>
      <tbody>
        {[...chart.bars, chart.total].map((bar) => (
          <tr key={bar.name}>
            <th scope="row">{bar.name}</th>
            <td>{money(bar.settled, chart.currency)}</td>
            <td>{money(bar.held, chart.currency)}</td>
            <td>{bar.jobs}</td>
            <td>{bar.returned}</td>
            <td>{bar.unknown}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
