import { useState } from "react";
import { useMe } from "../app/session";
import { money } from "../canvas/words";
import { Confirm } from "../ui/Confirm";
import { TextField } from "../ui/Field";
import { attempt, done } from "../ui/toasts";
import type { Job } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { useDesk } from "./desk";
import { text } from "./jobs";
import { micros, typed } from "./words";

/** Asking once more for what failed: the frozen recipe, another job, and what that may cost. */
export function RetryDialog({ job, onClose }: { job: Job; onClose(): void }) {
  const desk = useDesk();
  const me = useMe();
  const free = job.high_micros === 0;
  const most = job.high_micros ?? job.max_micros;
  const [maximum, setMaximum] = useState(most === null ? "" : typed(most));
  const amount = micros(maximum);
  const low = amount !== null && job.high_micros !== null && amount < job.high_micros;
  const retry = async () => {
    const params = { path: { job_id: job.job } };
    const body = { author: me.name, max_micros: free ? null : amount };
    const answer = await attempt(() => got(api.POST("/api/jobs/{job_id}/retry", { params, body })));
    if (!answer) return;
    desk.seen({ job: answer });
    done("Asked for once more.");
  };
  return (
    <Confirm
      title="Retry this job?"
      act={free ? "Retry · free" : `Retry · up to ${money(amount, job.currency)}`}
      danger={false}
      isDisabled={!free && (amount === null || low)}
      onAct={retry}
      onClose={onClose}
    >
      <p>{text(job.error, "message")}</p>
      <p>{spentWords(job)} The same recipe is asked for again, as another job.</p>
      {!free && (
        <TextField
          label={`At most (${job.currency})`}
          value={maximum}
          onChange={setMaximum}
          inputMode="decimal"
          wrong={low ? `It may cost ${money(job.high_micros, job.currency)}: give at least that.` : undefined}
        />
      )}
    </Confirm>
  );
}

/** Always said: whether money was spent. */
export function spentWords(job: Job): string {
  if (job.high_micros === 0 || job.actual_micros === 0) return "Nothing was charged for it.";
  if (job.actual_micros !== null) return `${money(job.actual_micros, job.currency)} was charged for it.`;
  const held = job.high_micros ?? job.max_micros;
  return held === null
    ? "Nobody knows whether it was charged."
    : `Nobody knows whether it was charged; ${money(held, job.currency)} is held for it.`;
}
