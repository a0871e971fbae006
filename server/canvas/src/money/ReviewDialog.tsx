import { useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { useMay, useMe, useView } from "../app/session";
import { money } from "../canvas/words";
import { Button } from "../ui/Button";
import { Copy } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { attempt, done } from "../ui/toasts";
import type { Job } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { useDesk } from "./desk";
import { text } from "./jobs";
import { useModelWords } from "./models";
import { spentWords } from "./RetryDialog";
import css from "./ReviewDialog.module.css";
import { useWhoCan } from "./who";
import { micros, typed } from "./words";

type Choice = "look_again" | "submit_again" | "continue" | "give_up";
const CHOICES: readonly Choice[] = ["look_again", "continue", "submit_again", "give_up"];

/** The words of docs/jobs.md §6, with the money of this very job. */
export function choiceWords(choice: Choice, job: Job): { title: string; about: string; cost: string; act: string } {
  const held = job.high_micros ?? job.max_micros;
  const kept = held === null ? "what was held for it" : `the ${money(held, job.currency)} held for it`;
  switch (choice) {
    case "look_again":
      return {
        title: "Look again",
        about: "Asks the provider how it stands, or once more with the same token. Its result is kept if it finished.",
        cost: "Costs nothing.",
        act: "Look again · costs nothing",
      };
    case "continue":
      return {
        title: "Continue",
        about: "Goes on with what another release of TakeBridge began. What was submitted is not submitted again.",
        cost: "Costs nothing more.",
        act: "Continue · costs nothing more",
      };
    case "submit_again":
      return {
        title: "Submit again",
        about: `Another job with a token of its own. For the old one ${kept} goes on counting.`,
        cost: "May pay twice.",
        act: "Submit again · may pay twice",
      };
    case "give_up":
      return {
        title: "Give up",
        about: `The job ends as failed. Unless nothing was ever sent, ${kept} goes on counting.`,
        cost: "Nothing more is spent.",
        act: "Give up",
      };
  }
}

/** A job whose outcome is open. Nobody but a person decides, after a look at the provider's own history. */
export function ReviewDialog({ job, onClose }: { job: Job; onClose(): void }) {
  const desk = useDesk();
  const me = useMe();
  const may = useMay("producer");
  const who = useWhoCan("producer", !may);
  const title = useView((view) => view.seen?.doc.nodes[job.node]?.title) || "Untitled";
  const model = useModelWords([job.model]).get(job.model);
  const [choice, setChoice] = useState<Choice | null>(null);
  const [maximum, setMaximum] = useState(() => typed(job.high_micros ?? job.max_micros ?? 0));
  const [busy, setBusy] = useState(false);
  const offered = CHOICES.filter((one) => job.choices.includes(one));
  const again = choice === "submit_again";
  const amount = micros(maximum);
  const low = again && (amount === null || amount < (job.high_micros ?? 0));
  const decide = async () => {
    if (!choice) return;
    setBusy(true);
    const params = { path: { job_id: job.job } };
    const body = { choice, author: me.name, max_micros: again ? amount : null };
    const answer = await attempt(() => got(api.POST("/api/jobs/{job_id}/resolve", { params, body })));
    setBusy(false);
    if (!answer) return;
    desk.seen({ job: answer });
    done(`${choiceWords(choice, job).title}: done.`);
    onClose();
  };
  return (
    <Dialog
      title={`${title}: what became of it is not known`}
      role="alertdialog"
      onClose={onClose}
      foot={
        <>
          <Button autoFocus onPress={onClose}>
            Decide later
          </Button>
          <Button
            look={again ? "danger" : "primary"}
            isDisabled={!choice || !may || low || busy}
            onPress={() => void decide()}
          >
            {choice ? choiceWords(choice, job).act : "Choose one"}
          </Button>
        </>
      }
    >
      <div className={css.review}>
        <p>
          <strong>{text(job.error, "message") || "We sent this and lost the answer."}</strong>
        </p>
        <p>{text(job.error, "hint")}</p>
        <p>
          {spentWords(job)} It is never submitted again by itself. Look at the history of{" "}
          {model?.provider ?? job.provider} first.
        </p>
        <p className={css.token}>
          <span className={css.quiet}>Token the provider was given:</span> <code>{job.job}</code>{" "}
          <Copy text={job.job} label="Copy token" />
        </p>
        <RadioGroup
          aria-label="What to do"
          className={css.choices ?? ""}
          value={choice}
          onChange={(value) => setChoice(value as Choice)}
          isDisabled={!may}
        >
          {offered.map((one) => {
            const words = choiceWords(one, job);
            return (
              <Radio key={one} value={one} className={css.choice ?? ""}>
                <span className={css.dot} aria-hidden />
                <span>
                  <strong>{words.title}</strong> · {words.cost}
                  <br />
                  <span className={css.quiet}>{words.about}</span>
                </span>
              </Radio>
            );
          })}
        </RadioGroup>
        {again && (
          <TextField
            label={`The new job may cost at most (${job.currency})`}
            value={maximum}
            onChange={setMaximum}
            inputMode="decimal"
            wrong={low ? `It may cost ${money(job.high_micros, job.currency)}: give at least that.` : undefined}
          />
        )}
        {!may && <p>Deciding needs the role producer. Ask {who}.</p>}
      </div>
    </Dialog>
  );
}
