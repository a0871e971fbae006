import { useState } from "react";
import { useMay } from "../app/session";
import { money } from "../canvas/words";
import { Bar } from "../ui/Bar";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { attempt } from "../ui/toasts";
import type { RunFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { useDesk } from "./desk";
import css from "./QueueDrawer.module.css";

type Verb = "pause" | "resume" | "cancel";

/** A plan being carried out: how far, for how much, and what can be done about the whole of it. */
export function RunRow({ run }: { run: RunFacts }) {
  const desk = useDesk();
  const may = useMay("editor");
  const [asking, setAsking] = useState(false);
  const act = async (verb: Verb) => {
    const params = { path: { run_id: run.run } };
    const answer = await attempt(() => got(api.POST(`/api/runs/{run_id}/${verb}`, { params })));
    if (answer) desk.seen({ run: answer });
  };
  const paused = run.state === "paused";
  const spent = run.max_micros
    ? `${money(run.spent_micros, run.currency)} spent or held of at most ${money(run.max_micros, run.currency)}`
    : "free";
  return (
    <section className={css.run} aria-label="Run">
      <span className={css.runWords}>
        <strong>
          {paused ? "❚❚ Paused run" : "Run"}: {run.done} of {run.total} done
        </strong>
        {run.under_way > 0 && `, ${run.under_way} under way`}
        {run.failed > 0 && `, ${run.failed} without a take`} · {spent}
        {run.author && ` · ${run.author}`}
        {run.reason && ` · ${run.reason}`}
      </span>
      <Bar
        label={`${run.done} of ${run.total} done`}
        value={run.total ? run.done / run.total : 0}
        parts={[{ share: run.total ? run.done / run.total : 0, look: "plain" }]}
      />
      <Button isDisabled={!may} onPress={() => void act(paused ? "resume" : "pause")}>
        {paused ? "Resume run" : "Pause run"}
      </Button>
      <Button look="danger" isDisabled={!may} onPress={() => setAsking(true)}>
        Cancel run
      </Button>
      {asking && (
        <Confirm
          title="Cancel this run?"
          act="Cancel the run"
          keep="Let it go on"
          onAct={() => act("cancel")}
          onClose={() => setAsking(false)}
        >
          <p>
            Nothing more of it is started, and its own jobs are cancelled. Takes that are there stay. What is with a
            provider may still be charged.
          </p>
        </Confirm>
      )}
    </section>
  );
}
