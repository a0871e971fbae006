import { useEffect, useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useVerbs } from "../app/keys";
import { useMay } from "../app/session";
import { money } from "../canvas/words";
import { Bar } from "../ui/Bar";
import { Button } from "../ui/Button";
import menu from "../ui/Menu.module.css";
import css from "./BudgetBar.module.css";
import { CapsDialog } from "./CapsDialog";
import { BudgetLine } from "./CapsEditor";
import { useDesk, useDeskView } from "./desk";
import { budgets, committed, nearness, type Standing, shownBudget } from "./standing";
import { scopeWords } from "./words";

/** Today's money in the top bar: a bar with words; pressed, every cap that holds here. */
export function BudgetBar() {
  const desk = useDesk();
  const standing = useDeskView((view) => view.standing);
  const [open, setOpen] = useState(false);
  const [caps, setCaps] = useState(false);
  useVerbs([{ id: "money.budget", title: "Show budgets", group: "Everywhere", run: () => setCaps(true) }]);
  useEffect(() => {
    if (open) void desk.loadStanding();
  }, [open, desk]);
  if (!standing) return null;
  return (
    <>
      <DialogTrigger isOpen={open} onOpenChange={setOpen}>
        <AriaButton className={css.trigger ?? ""} aria-label={`Money: ${words(standing)}`}>
          <Short standing={standing} />
        </AriaButton>
        <Popover className={menu.popover ?? ""} placement="bottom end">
          <Dialog aria-label="Money today" className={css.popover ?? ""}>
            <Details
              standing={standing}
              change={() => {
                setOpen(false);
                setCaps(true);
              }}
            />
          </Dialog>
        </Popover>
      </DialogTrigger>
      {caps && <CapsDialog onClose={() => setCaps(false)} />}
    </>
  );
}

/** `Today $18.40 of $50.00`; several currencies side by side. Red has words with it. */
export function words(standing: Standing): string {
  const today = spentToday(standing);
  const budget = shownBudget(standing);
  if (!budget) return `Today ${today}`;
  const { cap } = budget;
  const over = nearness(budget) === "over" ? ", used up" : "";
  if (cap.scope === "day") {
    const others = standing.today.filter((one) => one.currency !== cap.currency && committed(one) > 0);
    const more = others.map((one) => ` + ${money(committed(one), one.currency)}`).join("");
    return `Today ${money(budget.committed, cap.currency)} of ${money(cap.limit_micros, cap.currency)}${over}${more}`;
  }
  const place = cap.scope === "canvas" ? "on this canvas" : "for you";
  return `Today ${today} · ${money(Math.max(0, budget.left), cap.currency)} left ${place}`;
}

/** What today's jobs cost or hold, each currency by itself. */
function spentToday(standing: Standing): string {
  const lines = standing.today.filter((one) => committed(one) > 0);
  return lines.map((one) => money(committed(one), one.currency)).join(" + ") || money(0);
}

function Short({ standing }: { standing: Standing }) {
  const budget = shownBudget(standing);
  const near = budget ? nearness(budget) : "fine";
  const line = budget && standing.today.find((one) => one.currency === budget.cap.currency);
  const limit = budget?.cap.limit_micros ?? 0;
  const held = budget?.cap.scope === "day" ? (line?.reserved_micros ?? 0) : 0;
  const share = limit ? ((budget?.committed ?? 0) - held) / limit : 1;
  return (
    <span className={css.short}>
      <span className={css[near]}>
        {near === "over" ? "✕ " : near === "near" ? "▲ " : ""}
        {words(standing)}
      </span>
      {budget && (
        <Bar
          label="Part of the budget that is used"
          value={limit ? budget.committed / limit : 1}
          parts={[
            { share, look: near === "fine" ? "plain" : near },
            { share: limit ? held / limit : 0, look: "held" },
          ]}
        />
      )}
    </span>
  );
}

function Details({ standing, change }: { standing: Standing; change(): void }) {
  const may = useMay("producer");
  const here = budgets(standing);
  const jobs = standing.caps.filter((cap) => cap.scope === "job" && cap.key === "");
  return (
    <div className={css.details}>
      <h3>Today (UTC)</h3>
      {standing.today.length === 0 && <p className={css.quiet}>Nothing was generated today.</p>}
      {standing.today.map((line) => (
        <dl key={line.currency} className={css.facts}>
          <dt>Spent</dt>
          <dd>{money(line.settled_micros, line.currency)}</dd>
          <dt>Held for jobs under way</dt>
          <dd>{money(line.reserved_micros, line.currency)}</dd>
          {line.unknown_jobs > 0 && (
            <>
              <dt>At an unknown cost</dt>
              <dd>{line.unknown_jobs}</dd>
            </>
          )}
          {line.returned_jobs > 0 && (
            <>
              <dt>Given back</dt>
              <dd>{line.returned_jobs}</dd>
            </>
          )}
        </dl>
      ))}
      <h3>Budgets that hold here</h3>
      {here.length + jobs.length === 0 && <p className={css.quiet}>None is set.</p>}
      {here.map((budget) => (
        <div key={`${budget.cap.scope} ${budget.cap.currency}`} className={css.budget}>
          <span>{scopeWords(budget.cap, { [standing.canvas]: "this one" })}</span>
          <BudgetLine budget={budget} />
        </div>
      ))}
      {jobs.map((cap) => (
        <p key={cap.currency}>Every single job: at most {money(cap.limit_micros, cap.currency)}</p>
      ))}
      <Button onPress={change}>{may ? "Change budgets" : "All budgets"}</Button>
    </div>
  );
}
