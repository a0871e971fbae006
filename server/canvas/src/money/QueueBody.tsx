import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { useJobs, useMay } from "../app/session";
import type { Mark } from "../canvas/words";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Switch } from "../ui/Field";
import { rowHeight } from "../ui/letters";
import { State } from "../ui/State";
import type { Job } from "../wire/api.gen";
import { useDesk, useDeskView } from "./desk";
import { JobRow } from "./JobRow";
import { isOpen, type Sections, sections, usual } from "./jobs";
import { Pauses } from "./Pauses";
import { putAway } from "./putAway";
import css from "./QueueDrawer.module.css";
import { RunRow } from "./RunRow";
import { count } from "./words";

const LOOK_MS = 10_000;
const ROW = rowHeight(52);
const HEAD = rowHeight(28);

type Line = { kind: "head"; mark: Mark; title: string } | { kind: "job"; job: Job };

/** Every job of this canvas, on wish those of the others too; what needs a decision first. */
export function QueueBody({ found }: { found: Sections }) {
  const desk = useDesk();
  const may = useMay("editor");
  const [all, setAll] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  const here = useJobs((all) => all?.byId);
  const elsewhere = useDeskView((view) => view.elsewhere);
  const runs = useDeskView((view) => view.runs);
  const open = Object.values(runs).filter(isOpen);
  const usually = useMemo(() => usual([...Object.values(here ?? {}), ...(elsewhere ?? [])]), [here, elsewhere]);
  const shown = useMemo(
    () => (all ? sections([...Object.values(here ?? {}), ...(elsewhere ?? [])]) : found),
    [all, here, elsewhere, found],
  );
  const lines = useMemo(() => linesOf(shown), [shown]);
  useEffect(() => {
    if (!all) return;
    void desk.loadElsewhere();
    const timer = setInterval(() => void desk.loadElsewhere(), LOOK_MS);
    return () => clearInterval(timer);
  }, [all, desk]);
  const pending = found.pending.length;

  return (
    <div className={css.body}>
      <div className={css.tools} role="toolbar" aria-label="Queue">
        <Switch isSelected={all} onChange={setAll}>
          All canvases
        </Switch>
        <Pauses />
        <span className={css.grow} />
        {found.failed.length > 0 && (
          <Button look="quiet" onPress={() => putAway(found.failed.map((job) => job.job))}>
            Put {count(found.failed.length, "failure")} away
          </Button>
        )}
        {pending > 0 && (
          <Button isDisabled={!may} onPress={() => setCancelling(true)}>
            Cancel {pending} pending
          </Button>
        )}
      </div>
      {open.map((run) => (
        <RunRow key={run.run} run={run} />
      ))}
      {lines.length === 0 ? (
        <p className={css.empty}>Nothing was generated on this canvas yet. Plan something: its jobs show here.</p>
      ) : (
        <JobLines lines={lines} usually={usually} pending={shown.pending} />
      )}
      {cancelling && (
        <Confirm
          title={`Cancel ${count(pending, "pending job")}?`}
          act={`Cancel ${pending} pending`}
          keep="Keep them"
          onAct={() => Promise.all(found.pending.map((job) => desk.cancel(job)))}
          onClose={() => setCancelling(false)}
        >
          <p>They have not begun. Nothing is spent, and what is held for them is given back.</p>
        </Confirm>
      )}
    </div>
  );
}

function linesOf(found: Sections): readonly Line[] {
  const part = (mark: Mark, title: string, jobs: readonly Job[]): Line[] =>
    jobs.length ? [{ kind: "head", mark, title }, ...jobs.map((job) => ({ kind: "job" as const, job }))] : [];
  return [
    ...part("pending_review", `Pending review: ${found.review.length}`, found.review),
    ...part("in_progress", `In progress: ${found.running.length}`, found.running),
    ...part("pending", `Pending: ${found.pending.length}`, found.pending),
    ...part("failed", `Failed: ${found.failed.length}`, found.failed),
    ...part("complete", "Complete, the newest", found.done),
  ];
}

interface LinesProps {
  lines: readonly Line[];
  usually: ReturnType<typeof usual>;
  pending: readonly Job[];
}

/** Only the rows in sight are there: a queue may hold thousands. */
function JobLines({ lines, usually, pending }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (lines[index]?.kind === "head" ? HEAD : ROW),
    getItemKey: (index) => {
      const line = lines[index];
      return line?.kind === "job" ? line.job.job : (line?.title ?? index);
    },
    overscan: 6,
  });
  return (
    <div ref={box} className={css.scroll}>
      <ul className={css.list} style={{ height: rows.getTotalSize() }} aria-label="Jobs">
        {rows.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          return (
            <li
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              className={css.place}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {line.kind === "head" ? (
                <h2 className={css.head}>
                  <State mark={line.mark} word={line.title} />
                </h2>
              ) : (
                <JobRow job={line.job} usually={usually.get(line.job.model)} pending={pending} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
