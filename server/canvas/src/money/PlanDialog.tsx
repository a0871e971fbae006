import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useVerbs } from "../app/keys";
import { useMay } from "../app/session";
import { type PlanScope, showInGraph } from "../app/slots";
import { money } from "../canvas/words";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { done } from "../ui/toasts";
import type { Plan } from "../wire/api.gen";
import { CapsDialog } from "./CapsDialog";
import { useDesk, useDeskView } from "./desk";
import css from "./PlanDialog.module.css";
import { PlanSteps } from "./PlanSteps";
import { PlanSummary } from "./PlanSummary";
import { ceiling, isFree, isLocal, stepsOf, stops } from "./plan";
import { usePlan } from "./usePlan";
import { useWhoCan } from "./who";
import { ceilings, count, micros, typed } from "./words";

/** What would run, what it costs and what is left of the budget, before anything is spent (WCAG 3.3.4). */
export function PlanDialog({ scope, onClose }: { scope: PlanScope; onClose(): void }) {
  const planned = usePlan(scope);
  const { plan, problem, changed } = planned;
  const desk = useDesk();
  const standing = useDeskView((view) => view.standing);
  const [maximum, setMaximum] = useState<string | null>(null);
  const [ticked, setTicked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [caps, setCaps] = useState(false);
  useEffect(() => void desk.loadStanding(), [desk]);
  const mayRun = useMay("editor");
  const maySpend = useMay("producer");

  const free = plan ? isFree(plan) : true;
  const who = useWhoCan(mayRun ? "producer" : "editor", mayRun ? !maySpend : true);
  const limit = plan && maximumOf(plan, maximum);
  const stopped = plan && standing ? stops(plan, standing.caps) : [];
  const refusal = plan ? refusalOf(plan, { mayRun, maySpend, who }) : null;
  const wanted = plan ? needs(plan, limit, ticked, changed.length > 0 && !free) : "";
  const ready = Boolean(plan && stepsOf(plan).length && !refusal && !stopped.length && !wanted && !busy);

  const confirm = async () => {
    if (!plan || !ready) return;
    setBusy(true);
    const run = await planned.start(free ? 0 : (limit ?? 0), ticked && plan.unknown_prices > 0);
    setBusy(false);
    if (!run) return;
    desk.seen({ run });
    done(`Started: ${count(run.total, "take")}.`);
    onClose();
  };
  useVerbs([
    { id: "plan.confirm", title: "Confirm the plan", keys: ["Mod+Enter"], group: "Plan", enabled: ready, run: confirm },
  ]);
  // The buttons take Enter for themselves, whatever is held with it: this is heard before them.
  const hear = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || caps) return;
    event.preventDefault();
    event.stopPropagation();
    void confirm();
  };
  const go = (nodes: readonly string[]) => {
    onClose();
    showInGraph(nodes);
  };
  const steps = plan ? stepsOf(plan).length : 0;

  return (
    <div onKeyDownCapture={hear} className={css.around}>
      <Dialog
        title={plan ? (steps ? `Generate ${count(steps, "take")}` : "Nothing to generate") : "Planning"}
        onClose={onClose}
        wide
        foot={
          <div className={css.foot}>
            <div className={css.why} role="status">
              {refusal ?? (stopped.length ? stopped.map((one) => one.words).join(" ") : wanted)}
            </div>
            <Button autoFocus={!free || !steps} key={free ? "free" : "paid"} onPress={onClose}>
              {steps ? "Cancel" : "Close"}
            </Button>
            {stopped[0] && maySpend ? (
              <>
                <Button look="primary" isDisabled>
                  {stopped[0].title}
                </Button>
                <Button onPress={() => setCaps(true)}>Change budget</Button>
              </>
            ) : (
              steps > 0 &&
              plan && (
                <Button look="primary" autoFocus={free} isDisabled={!ready} onPress={() => void confirm()}>
                  {stopped[0]?.title ?? confirmWords(plan, limit)}
                </Button>
              )
            )}
          </div>
        }
      >
        {problem && (
          <div role="alert" className={css.problem}>
            <strong>{problem.message}</strong> {problem.hint}
          </div>
        )}
        {changed.length > 0 && <Changed words={changed} accept={planned.accept} />}
        {plan ? (
          <div className={css.plan}>
            <PlanSummary plan={plan} scope={scope} standing={standing} go={go} own={planned.own} />
            {!free && steps > 0 && (
              <Consent
                plan={plan}
                value={maximum ?? defaultMaximum(plan)}
                onChange={setMaximum}
                ticked={ticked}
                onTick={setTicked}
              />
            )}
            <PlanSteps plan={plan} go={go} />
          </div>
        ) : (
          !problem && <p className={css.quiet}>Working out what would run and what it costs.</p>
        )}
      </Dialog>
      {caps && (
        <CapsDialog
          onClose={() => {
            setCaps(false);
            void planned.reload();
          }}
        />
      )}
    </div>
  );
}

function Changed({ words, accept }: { words: readonly string[]; accept(): void }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section ref={box} className={css.changed} role="alert" aria-label="The plan has changed">
      <h3>The plan changed while you looked at it. Nothing was started.</h3>
      <ul>
        {words.slice(0, 8).map((one) => (
          <li key={one}>{one}.</li>
        ))}
        {words.length > 8 && <li>And {words.length - 8} more.</li>}
      </ul>
      <Button onPress={accept}>I have seen it</Button>
    </section>
  );
}

interface ConsentProps {
  plan: Plan;
  value: string;
  onChange(value: string): void;
  ticked: boolean;
  onTick(is: boolean): void;
}

/** The most it may cost, and the tick that lets jobs run whose price nobody knows. */
function Consent({ plan, value, onChange, ticked, onTick }: ConsentProps) {
  const top = ceiling(plan);
  if (!top) {
    return (
      <p className={css.problem}>
        This plan is paid in two currencies, and one maximum cannot hold for both. Run the nodes of each by themselves.
      </p>
    );
  }
  return (
    <div className={css.consent}>
      <TextField
        label={`Stop when the total would pass (${top.currency})`}
        value={value}
        onChange={onChange}
        inputMode="decimal"
        wrong={wrongMaximum(plan, micros(value), value)}
        hint="Nothing beyond this is started without asking again."
      />
      {plan.unknown_prices > 0 && (
        <Checkbox isSelected={ticked} onChange={onTick}>
          Run {count(plan.unknown_prices, "take")} at a price nobody knows before; each may use an equal part of what
          the others leave of the maximum.
        </Checkbox>
      )}
    </div>
  );
}

const defaultMaximum = (plan: Plan): string => (plan.unknown_prices ? "" : typed(ceiling(plan)?.micros ?? 0));

/** The maximum in micros; null while none is given that would do. */
function maximumOf(plan: Plan, text: string | null): number | null {
  const value = text ?? defaultMaximum(plan);
  const amount = micros(value);
  return wrongMaximum(plan, amount, value) === undefined && amount !== null ? amount : null;
}

function wrongMaximum(plan: Plan, amount: number | null, text: string): string | undefined {
  const top = ceiling(plan);
  if (!top || !text.trim()) return undefined;
  if (amount === null) return "This is no amount. Write it as 5.00.";
  if (amount < top.micros) return `It may cost ${money(top.micros, top.currency)}: give at least that.`;
  if (plan.unknown_prices && amount === top.micros) {
    return `The known prices alone come to ${money(top.micros, top.currency)}: give more, for those nobody knows.`;
  }
  return undefined;
}

/** What is still to be done before it can be confirmed; "" when nothing is. */
function needs(plan: Plan, limit: number | null, ticked: boolean, unseen: boolean): string {
  if (!stepsOf(plan).length || isFree(plan)) return "";
  if (unseen) return "Look at what has changed first.";
  if (!ceiling(plan)) return "It is paid in two currencies.";
  if (plan.unknown_prices && !ticked) return "Tick that takes at an unknown price may run.";
  if (limit === null) return "Say the most it may cost.";
  return "";
}

function refusalOf(plan: Plan, asks: { mayRun: boolean; maySpend: boolean; who: string }): string | null {
  if (!stepsOf(plan).length) return null;
  if (!asks.mayRun) return `Generating needs the role editor. Ask ${asks.who}.`;
  if (!isFree(plan) && !asks.maySpend) return `Spending money needs the role producer. Ask ${asks.who}.`;
  return null;
}

function confirmWords(plan: Plan, limit: number | null): string {
  const takes = `Generate ${count(stepsOf(plan).length, "take")}`;
  if (isFree(plan)) return `${takes} · ${isLocal(plan) ? "free, on this computer" : "free"}`;
  const most = plan.unknown_prices && limit !== null ? `, at most ${money(limit, ceiling(plan)?.currency)}` : "";
  return `${takes} · up to ${ceilings(plan.whole)}${most}`;
}
