import { useEffect, useState } from "react";
import { useSession, useView } from "../../app/session";
import { showTakes } from "../../app/slots";
import { jobMark, money } from "../../canvas/words";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Poster } from "../../ui/Media";
import { State } from "../../ui/State";
import type { FanOut, Job } from "../../wire/api.gen";
import { api, got } from "../../wire/http";
import { useProfiles } from "../questions";
import { nameOf } from "../reasons";
import own from "./fan.module.css";

interface Props {
  node: string;
  started: FanOut;
  onClose(): void;
}

const OPEN = new Set(["Pending", "InProgress"]);

/** How it goes, job by job. Closing changes nothing: the jobs go on, and are in the queue. */
export function FanProgress({ node: id, started, onClose }: Props) {
  const session = useSession();
  const node = useView((view) => view.seen?.doc.nodes[id]);
  const jobs = useFan(started);
  const { data: profiles } = useProfiles(node && session.kinds[node.kind]?.models);
  const left = jobs.filter((job) => OPEN.has(job.status)).length;
  const failed = jobs.filter((job) => job.status === "Failed").length;
  const takes = jobs.flatMap((job) => (job.take ? [job.take] : []));
  const compare = () => {
    onClose();
    showTakes(id, takes[0]);
  };
  return (
    <Dialog
      title={`Trying several for ${nameOf(node, node && session.kinds[node.kind])}`}
      wide
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{left > 0 ? "Close, let them run" : "Close"}</Button>
          <Button look="primary" isDisabled={takes.length === 0} onPress={compare}>
            {takes.length === 1 ? "Show the take" : `Compare ${takes.length} takes`}
          </Button>
        </>
      }
    >
      <p role="status">
        {left > 0 ? `${left} of ${jobs.length} to go` : `All ${jobs.length} have ended`}
        {failed > 0 && `, ${failed} failed`}
      </p>
      <ul className={own.jobs} aria-label="Takes being made">
        {jobs.map((job) => (
          <JobRow
            key={job.job}
            job={job}
            title={profiles?.find((one) => one.id === job.model)?.title ?? job.model}
            node={id}
            onClose={onClose}
          />
        ))}
      </ul>
    </Dialog>
  );
}

/** The jobs of a fan-out as they are now. */
function useFan(started: FanOut): readonly Job[] {
  const session = useSession();
  const [jobs, setJobs] = useState<readonly Job[]>(started.jobs);
  const connected = useView((view) => view.link === "connected");
  const fan = started.fan;
  useEffect(() => {
    let current = true;
    // What happened before one listened, and while the bridge was not heard.
    const ask = () =>
      connected &&
      (got(api.GET("/api/fans/{fan_id}", { params: { path: { fan_id: fan } } })) as Promise<FanOut>).then(
        (found) => current && setJobs(found.jobs),
        () => undefined,
      );
    void ask();
    const stop = session.on((event) => {
      const job = event.data as Job;
      if (event.topic === "job.changed" && job.fan === fan) void ask();
    });
    return () => {
      current = false;
      stop();
    };
  }, [session, fan, connected]);
  return jobs;
}

interface RowProps {
  job: Job;
  title: string;
  node: string;
  onClose(): void;
}

function JobRow({ job, title, node, onClose }: RowProps) {
  const take = useView((view) => (job.take ? view.seen?.doc.takes[job.take] : undefined));
  const error = job.error as { message?: string; hint?: string } | null;
  return (
    <li className={own.job}>
      <Poster take={take} label={take ? `Take ${take.seq}` : ""} className={own.poster} />
      <span className={own.model}>{title}</span>
      <State mark={jobMark(job.status)} />
      {job.actual_micros !== null && (
        <span>{job.actual_micros === 0 ? "free" : money(job.actual_micros, job.currency)}</span>
      )}
      {take && take.seed_used !== null && <span>seed {take.seed_used}</span>}
      {error && <span className={own.error}>{`${error.message ?? ""} ${error.hint ?? ""}`}</span>}
      {take && (
        <Button
          onPress={() => {
            onClose();
            showTakes(node, take.id);
          }}
        >
          Show take {take.seq}
        </Button>
      )}
    </li>
  );
}
