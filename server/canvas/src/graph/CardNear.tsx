import { MessageSquare, MoreHorizontal } from "lucide-react";
import { useComments, useJobs, useSession, useView } from "../app/session";
import { open } from "../app/slots";
import { countOpen } from "../canvas/comments";
import type { Job } from "../canvas/jobs";
import { useModelTitle } from "../canvas/modelTitles";
import { jobMark, type Mark } from "../canvas/words";
import { State } from "../ui/State";
import type { Facts } from "./Card";
import css from "./Card.module.css";
import { Face } from "./Face";
import { worthShowing } from "./jobs";
import { openNodeMenu } from "./menus";
import { costOf, countGlyphs, countWords, modelWords, namesOf, reasonOf } from "./words";

/** A card one works on: everything of a node that decides what to do next. */
export function NearCard({ facts, mark }: { facts: Facts; mark: Mark }) {
  const { node, kind, takes } = facts;
  const session = useSession();
  const comments = useComments((all) => (all && countOpen(all)[node.id]) ?? 0);
  const editing = useView((view) => namesOf(view.present.filter((one) => one.editing?.node === node.id)));
  const previz = takes.find((take) => take.id === node.pin)?.previz;
  return (
    <>
      <header className={css.head}>
        <span className={css.kind}>{kind?.title ?? node.kind}</span>
        <span className={css.title} title={node.title}>
          {node.title}
        </span>
        {comments > 0 && (
          <button
            type="button"
            tabIndex={-1}
            className={`${css.mini} nodrag`}
            aria-label={`${comments} open comments on ${node.title}`}
            onClick={() => open({ kind: "comments", node: node.id })}
          >
            <MessageSquare size={13} aria-hidden />
            {comments}
          </button>
        )}
        <button
          type="button"
          tabIndex={-1}
          className={`${css.mini} nodrag`}
          aria-label={`More for ${node.title}`}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            openNodeMenu(session, node.id, { x: box.left, y: box.bottom });
          }}
        >
          <MoreHorizontal size={14} aria-hidden />
        </button>
      </header>
      <div className={css.stage}>
        <Face facts={facts} scrub />
        <div className={css.over}>
          {previz && <State mark="previz" />}
          {editing && <span className={css.editing}>{editing} is writing</span>}
        </div>
        <JobBadge facts={facts} />
      </div>
      <StateLine facts={facts} mark={mark} />
      <div className={css.line}>
        <Model id={node.model} />
        <Cost facts={facts} />
      </div>
    </>
  );
}

function Model({ id }: { id: string }) {
  const title = useModelTitle(id, modelWords(id));
  return (
    <span className={css.ellipsis} title={id}>
      {title}
    </span>
  );
}

function StateLine({ facts, mark }: { facts: Facts; mark: Mark }) {
  const { node, kind, state, takes } = facts;
  const reason = useView((view) => (view.seen ? reasonOf(view.seen.doc, {}, state) : ""));
  const count = countGlyphs(node, takes);
  return (
    <div className={css.line}>
      <span className={css.ellipsis} title={reason || undefined}>
        <State mark={mark} word={kind ? undefined : "Not installed"} />
        {reason && <span className={css.quiet}> · {reason}</span>}
      </span>
      {state?.status === "stale" && (
        <button
          type="button"
          tabIndex={-1}
          className={`${css.link} nodrag`}
          onClick={() => open({ kind: "why", node: node.id })}
        >
          Why?
        </button>
      )}
      <span title={countWords(node, takes)}>{count}</span>
    </div>
  );
}

function Cost({ facts }: { facts: Facts }) {
  const cost = costOf(facts.takes);
  if (!cost) return null;
  const alone = facts.takes.length < 2 || cost.sum === cost.last;
  return <span title={alone ? undefined : `Newest take ${cost.last}`}>{cost.sum}</span>;
}

/** What is under way, as a ring that fills, a glyph and a word. */
function JobBadge({ facts }: { facts: Facts }) {
  const job = useJobs((jobs) => jobs?.newestOf[facts.node.id]);
  if (!job || !worthShowing(job, facts.takes)) return null;
  const mark = job.state === "unknown" ? "unknown" : jobMark(job.status);
  return (
    <div className={css.job} title={job.error ? String(job.error["message"]) : undefined}>
      {job.status === "InProgress" && <Ring job={job} />}
      <State mark={mark} />
      {job.total > 0 && job.status === "InProgress" && (
        <span>
          {job.done}/{job.total}
        </span>
      )}
    </div>
  );
}

const ROUND = 2 * Math.PI * 6;

function Ring({ job }: { job: Job }) {
  const part = job.total > 0 ? Math.min(1, job.done / job.total) : 0.25;
  return (
    <svg className={css.ring} width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx={8} cy={8} r={6} />
      <circle cx={8} cy={8} r={6} strokeDasharray={`${part * ROUND} ${ROUND}`} transform="rotate(-90 8 8)" />
    </svg>
  );
}
