import { ChevronDown, ChevronUp } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useVerbs } from "../app/keys";
import { useJobs } from "../app/session";
import type { Mark } from "../canvas/words";
import { State } from "../ui/State";
import { words as moneyWords } from "./BudgetBar";
import { useDeskView } from "./desk";
import { type Sections, sections, summary } from "./jobs";
import { usePutAway } from "./putAway";
import css from "./QueueDrawer.module.css";

const QueueBody = lazy(() => import("./QueueBody").then((m) => ({ default: m.QueueBody })));

const OPEN = "takebridge.queue";
const MARKS: Readonly<Record<keyof Sections, Mark>> = {
  review: "pending_review",
  running: "in_progress",
  pending: "pending",
  failed: "failed",
  done: "complete",
};

/** The footer: what is under way and today's money; pressed, every job with what can be done about it. */
export function QueueDrawer() {
  const [open, setOpen] = useState(() => sessionStorage.getItem(OPEN) === "open");
  const jobs = useJobs((all) => all?.byId);
  const pauses = useDeskView((view) => view.pauses);
  const problem = useDeskView((view) => view.problem);
  const standing = useDeskView((view) => view.standing);
  const putAway = usePutAway((state) => state.jobs);
  // Between the takes of a run there may be no job for a moment.
  const goesOn = useDeskView((view) => Object.values(view.runs).some((run) => run.state === "running"));
  const found = useMemo(() => sections(Object.values(jobs ?? {}), putAway), [jobs, putAway]);
  const parts = summary(found);
  useEffect(() => sessionStorage.setItem(OPEN, open ? "open" : "closed"), [open]);
  useVerbs([
    {
      id: "money.queue",
      title: open ? "Close the queue" : "Show the queue",
      keys: ["Alt+Shift+Q"],
      group: "Everywhere",
      run: () => setOpen(!open),
    },
  ]);
  return (
    <section className={css.drawer} aria-label="Queue">
      {open && (
        <Suspense fallback={<div className={css.body} aria-busy />}>
          <QueueBody found={found} />
        </Suspense>
      )}
      <AriaButton className={css.bar ?? ""} aria-expanded={open} onPress={() => setOpen(!open)}>
        {open ? <ChevronDown size={14} aria-hidden /> : <ChevronUp size={14} aria-hidden />}
        <span className="visually-hidden">Queue: </span>
        {!jobs && <span className={css.quiet}>{problem ? problem.message : "Loading the queue"}</span>}
        {jobs && parts.length === 0 && (
          <span className={css.quiet}>{goesOn ? "A run goes on: its next takes start" : "Nothing in the queue"}</span>
        )}
        {parts.map((part) => (
          <State key={part.key} mark={MARKS[part.key]} word={part.words} />
        ))}
        {pauses.length > 0 && (
          <span className={css.paused}>❚❚ Paused{pauses.length > 1 ? ` (${pauses.length})` : ""}</span>
        )}
        <span className={css.money}>{standing ? moneyWords(standing) : ""}</span>
      </AriaButton>
      <Announcements />
    </section>
  );
}

/** What becomes of jobs, said once to who does not look. */
function Announcements() {
  const polite = useDeskView((view) => view.polite);
  const urgent = useDeskView((view) => view.urgent);
  return (
    <>
      <div className="visually-hidden" aria-live="polite">
        {polite.words && <p key={polite.turn}>{polite.words}</p>}
      </div>
      <div className="visually-hidden" aria-live="assertive">
        {urgent.words && <p key={urgent.turn}>{urgent.words}</p>}
      </div>
    </>
  );
}
