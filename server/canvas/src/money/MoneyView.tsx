import { useEffect, useMemo, useState } from "react";
import { useSession } from "../app/session";
import { money } from "../canvas/words";
import { Select } from "../ui/Field";
import { ProblemNotice } from "../ui/Notice";
import type { Entry, SpendLine } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import { CapsEditor, useTitles } from "./CapsEditor";
import { DateField } from "./DateField";
import { useDeskView } from "./desk";
import { Entries } from "./Entries";
import css from "./MoneyView.module.css";
import { SpendChart } from "./SpendChart";
import { type By, type Chart, charts, within } from "./spend";
import { count, dayAfter, utcDay } from "./words";

const BYS: readonly { id: By; title: string }[] = [
  { id: "shot", title: "Shot" },
  { id: "author", title: "Person" },
  { id: "model", title: "Model" },
  { id: "provider", title: "Provider" },
  { id: "day", title: "Day" },
];

const RANGES = [
  { id: "all", title: "All time", days: null },
  { id: "1", title: "Today (UTC)", days: 1 },
  { id: "7", title: "The last 7 days", days: 7 },
  { id: "30", title: "The last 30 days", days: 30 },
  { id: "own", title: "From … to …", days: null },
] as const;

interface Found {
  lines: readonly SpendLine[];
  entries: readonly Entry[];
}

/** Who spent what on which shot, the budgets, and every entry of the ledger. */
export function MoneyView() {
  const { id } = useSession();
  const titles = useTitles();
  const [by, setBy] = useState<By>("shot");
  const [canvas, setCanvas] = useState<string>(id);
  const [range, setRange] = useState<string>("all");
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const standing = useDeskView((view) => view.standing);

  const preset = RANGES.find((one) => one.id === range)?.days ?? null;
  const from = range === "own" ? since : preset === null ? "" : dayAfter(utcDay(), 1 - preset);
  const to = range === "own" && until ? dayAfter(until) : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: loaded again whenever the money has moved (`standing`).
  useEffect(() => {
    let current = true;
    load(by, canvas, from, to).then(
      (now) => {
        if (!current) return;
        setFound(now);
        setProblem(null);
      },
      (thrown) => current && setProblem(asProblem(thrown)),
    );
    return () => {
      current = false;
    };
  }, [by, canvas, from, to, standing]);

  const drawn = useMemo(() => charts(found?.lines ?? [], by), [found, by]);
  const canvases = [
    { id, title: "This canvas" },
    { id: "", title: "All canvases" },
    ...Object.entries(titles)
      .filter(([one]) => one !== id)
      .map(([one, title]) => ({ id: one, title })),
  ];
  return (
    <div className={css.view}>
      <div className={css.filters}>
        <Select label="Canvas" choices={canvases} value={canvas} onChange={setCanvas} />
        <Select label="When" choices={RANGES.map((one) => ({ ...one }))} value={range} onChange={setRange} />
        {range === "own" && (
          <>
            <DateField label="From" value={since} onChange={setSince} />
            <DateField label="To" value={until} onChange={setUntil} />
          </>
        )}
        <Select label="By" choices={BYS} value={by} onChange={(next) => setBy(next as By)} />
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {found && (
        <>
          <Totals charts={drawn} />
          <div className={css.halves}>
            <div>
              {drawn.map((chart) => (
                <div key={chart.currency}>
                  {drawn.length > 1 && <h2>{chart.currency}</h2>}
                  <SpendChart chart={chart} by={by} />
                </div>
              ))}
            </div>
            <section aria-label="Budgets" className={css.budgets}>
              <h2>Budgets</h2>
              <CapsEditor />
            </section>
          </div>
          <Entries entries={found.entries} titles={titles} />
        </>
      )}
    </div>
  );
}

async function load(by: By, canvas: string, since: string, until: string): Promise<Found> {
  const where = { ...(canvas && { canvas_id: canvas }), ...(since && { since }), ...(until && { until }) };
  const [lines, entries] = await Promise.all([
    got(api.GET("/api/ledger/spend", { params: { query: { by: [by], ...where } } })),
    got(api.GET("/api/ledger/entries", { params: { query: canvas ? { canvas_id: canvas } : {} } })),
  ]);
  return { lines, entries: within(entries, since, until) };
}

/** The sums of every currency by itself. */
function Totals({ charts: drawn }: { charts: readonly Chart[] }) {
  if (!drawn.length) return <p className={css.quiet}>Nothing was generated here in this time.</p>;
  return (
    <div className={css.totals}>
      {drawn.map(({ currency, total }) => (
        <dl key={currency} className={css.total}>
          <Fact name="Spent" value={money(total.settled, currency)} />
          <Fact name="Held for jobs under way" value={money(total.held, currency)} />
          <Fact name="Jobs" value={String(total.jobs)} />
          <Fact name="Given back or not charged" value={count(total.returned, "job")} />
          <Fact name="At an unknown cost" value={count(total.unknown, "job")} warn={total.unknown > 0} />
        </dl>
      ))}
    </div>
  );
}

function Fact({ name, value, warn = false }: { name: string; value: string; warn?: boolean }) {
  return (
    <div className={warn ? css.unknown : undefined}>
      <dt>{name}</dt>
      <dd>
        {warn ? "? " : ""}
        {value}
      </dd>
    </div>
  );
}
