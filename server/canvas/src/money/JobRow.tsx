import { useEffect, useState } from "react";
import { useJobs, useMay, useSession, useView } from "../app/session";
import { showInGraph, showTakes } from "../app/slots";
import { pinned } from "../canvas/model";
import { ago, GLYPHS, jobMark, money, moneyRange } from "../canvas/words";
import { Bar } from "../ui/Bar";
import { Button } from "../ui/Button";
import { Copy } from "../ui/Copy";
import { Poster } from "../ui/Media";
import { type Items, Menu } from "../ui/Menu";
import { State } from "../ui/State";
import { attempt } from "../ui/toasts";
import type { Job } from "../wire/api.gen";
import { bridgeNow } from "../wire/clock";
import { api, got } from "../wire/http";
import { useDesk } from "./desk";
import { priorities, text, usualWords } from "./jobs";
import { useModelWords } from "./models";
import css from "./QueueDrawer.module.css";
import { RetryDialog } from "./RetryDialog";
import { ReviewDialog } from "./ReviewDialog";
import { clock, duration } from "./words";

interface Props {
  job: Job;
  usually: readonly [number, number] | undefined;
  pending: readonly Job[];
}

/** One job: what it makes, how it stands, what it costs, what can be done about it. */
export function JobRow({ job, usually, pending }: Props) {
  const words = useModelWords([job.model]).get(job.model);
  return (
    <div className={css.row}>
      <Picture job={job} />
      <div className={css.what}>
        <Title job={job} />
        <span className={css.quiet} title={job.model}>
          {words?.title ?? job.model}
          {job.author && ` · ${job.author}`}
          {job.priority !== 0 && ` · ${job.priority < 0 ? "runs earlier" : "runs later"}`}
        </span>
      </div>
      <div className={css.how}>
        <span className={css.badges}>
          <Badge job={job} />
          <Times job={job} usually={usually} />
        </span>
        {job.status === "InProgress" && <Progress job={job} />}
        <Trouble job={job} />
      </div>
      <span className={css.cost}>{costWords(job)}</span>
      <Acts job={job} pending={pending} />
    </div>
  );
}

function Picture({ job }: { job: Job }) {
  const take = useView((view) => {
    const doc = view.seen?.doc;
    const node = doc?.nodes[job.node];
    return (job.take ? doc?.takes[job.take] : undefined) ?? (doc && node ? pinned(doc, node) : undefined);
  });
  if (take) return <Poster take={take} label="" scrub={false} className={css.picture} />;
  return (
    <span className={css.picture} aria-hidden>
      {GLYPHS["empty"]}
    </span>
  );
}

function Title({ job }: { job: Job }) {
  const { id } = useSession();
  const title = useView((view) => view.seen?.doc.nodes[job.node]?.title);
  if (job.canvas !== id) {
    return <a href={`/c/${encodeURIComponent(job.canvas)}/graph`}>On another canvas</a>;
  }
  if (title === undefined) return <span>A node that is gone</span>;
  const go = () => (job.take ? showTakes(job.node, job.take) : showInGraph([job.node]));
  return (
    <Button look="quiet" className={css.title} onPress={go} aria-label={`Go to ${title || "this node"}`}>
      {title || "Untitled"}
    </Button>
  );
}

function Badge({ job }: { job: Job }) {
  if (job.cancel_requested) return <State mark="in_progress" word="Cancelling… may still be charged" />;
  if (job.state === "cancelled") return <State mark="failed" word="Cancelled" />;
  if (job.status === "Complete" && job.late)
    return <State mark="complete" word="Complete, not pinned: the node had changed" />;
  return <State mark={jobMark(job.status)} />;
}

/** `0:41, usually 1 – 2 min`: both from when the provider took it. */
function Times({ job, usually }: { job: Job; usually: Props["usually"] }) {
  const now = useNow(job.status === "InProgress");
  const left = useJobs((all) => all?.byId[job.job]?.eta_seconds);
  if (job.status === "InProgress") {
    const said = typeof left === "number" && left > 0 ? `, about ${duration(left)} left` : "";
    return (
      <span className={css.quiet} title="Since the provider took it; usually: of the newest 20 takes of this model">
        {clock((now - Date.parse(job.started_at || job.created_at)) / 1000)}, {usualWords(usually)}
        {said}
      </span>
    );
  }
  const at = job.ended_at || job.created_at;
  return (
    <span className={css.quiet} title={at}>
      {ago(at)}
      {job.status === "Pending" && `, ${usualWords(usually)}`}
    </span>
  );
}

function useNow(runs: boolean): number {
  const [now, setNow] = useState(bridgeNow);
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => setNow(bridgeNow()), 1000);
    return () => clearInterval(timer);
  }, [runs]);
  return now;
}

function Progress({ job }: { job: Job }) {
  const share = job.total > 0 ? job.done / job.total : undefined;
  const label = share === undefined ? "In progress; it does not say how far" : `${Math.round(share * 100)} % done`;
  return <Bar parts={[{ share: share ?? 0, look: "plain" }]} value={share} label={label} />;
}

function Trouble({ job }: { job: Job }) {
  const message = text(job.error, "message");
  if (!message || job.state === "cancelled") return null;
  const code = text(job.error, "code");
  const hint = text(job.error, "hint");
  return (
    <details className={css.trouble}>
      <summary>{message}</summary>
      <p>{hint}</p>
      <p className={css.quiet}>
        <code>
          {code} · {job.job}
        </code>
      </p>
      <Copy text={[message, hint, code, job.job, job.model].join("\n")} label="Copy details" />
    </details>
  );
}

/** What it cost, else what it may cost; what nobody knows is said. */
function costWords(job: Job): string {
  if (job.actual_micros !== null)
    return job.actual_micros === 0 ? notCharged(job) : money(job.actual_micros, job.currency);
  if (job.high_micros === 0) return "free";
  if (job.status === "Complete" || job.status === "Failed") return "cost unknown";
  if (job.high_micros === null) {
    return job.max_micros === null ? "price unknown" : `at most ${money(job.max_micros, job.currency)}`;
  }
  return moneyRange(job.low_micros, job.high_micros, job.currency);
}

const notCharged = (job: Job): string => (job.high_micros === 0 ? "free" : "not charged");

function Acts({ job, pending }: { job: Job; pending: readonly Job[] }) {
  const desk = useDesk();
  const may = useMay("editor");
  const maySpend = useMay("producer");
  const [dialog, setDialog] = useState<"review" | "retry" | null>(null);
  const turn = async (priority: number) => {
    const params = { path: { job_id: job.job } };
    const answer = await attempt(() => got(api.POST("/api/jobs/{job_id}/priority", { params, body: { priority } })));
    if (answer) desk.seen({ job: answer });
  };
  const to = priorities(job, pending);
  const items: Items = [
    { id: "first", title: "Run first", run: () => void turn(to.first) },
    { id: "up", title: "Raise", run: () => void turn(to.up) },
    { id: "down", title: "Lower", run: () => void turn(to.down) },
    { id: "usual", title: "Usual turn", disabled: job.priority === 0, run: () => void turn(0) },
  ];
  const free = job.high_micros === 0;
  return (
    <span className={css.acts}>
      {job.status === "Pending" && (
        <Menu label="Turn" items={items} trigger={<Button isDisabled={!may}>Turn …</Button>} />
      )}
      {(job.status === "Pending" || job.status === "InProgress") && !job.cancel_requested && (
        <Button isDisabled={!may} onPress={() => void desk.cancel(job)}>
          Cancel
        </Button>
      )}
      {job.status === "PendingReview" && (
        <Button look="primary" onPress={() => setDialog("review")}>
          Decide …
        </Button>
      )}
      {job.can_retry && job.status === "Failed" && (
        <Button isDisabled={!may || (!free && !maySpend)} onPress={() => setDialog("retry")}>
          {free ? "Retry" : "Retry …"}
        </Button>
      )}
      {dialog === "review" && <ReviewDialog job={job} onClose={() => setDialog(null)} />}
      {dialog === "retry" && <RetryDialog job={job} onClose={() => setDialog(null)} />}
    </span>
  );
}
