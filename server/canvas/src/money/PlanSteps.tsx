import { useState } from "react";
import { Button } from "../ui/Button";
import type { Plan, Step } from "../wire/api.gen";
import { useModelWords } from "./models";
import css from "./PlanDialog.module.css";
import { priceOf, stepsOf } from "./plan";
import { count, durationRange } from "./words";

const FIRST = 40;

/** Every step in the order it runs, group after group, with model, price and time. */
export function PlanSteps({ plan, go }: { plan: Plan; go(nodes: readonly string[]): void }) {
  const words = useModelWords(stepsOf(plan).map((step) => step.model));
  if (!plan.groups.length) return null;
  return (
    <section aria-label="What runs, in order">
      {plan.groups.map((group, index) => (
        <StepGroup
          key={group[0]?.node}
          group={group}
          index={index}
          words={(model) => words.get(model)?.title ?? model}
          go={go}
        />
      ))}
    </section>
  );
}

interface GroupProps {
  group: readonly Step[];
  index: number;
  words(model: string): string;
  go(nodes: readonly string[]): void;
}

function StepGroup({ group, index, words, go }: GroupProps) {
  const [all, setAll] = useState(false);
  const shown = all ? group : group.slice(0, FIRST);
  const title = index === 0 ? `Starts now: ${group.length}` : `After the takes above: ${group.length}`;
  return (
    <table className={css.steps}>
      <caption>
        {index + 1}. {title}
      </caption>
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">Model</th>
          <th scope="col">Price</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((step) => (
          <tr key={step.node}>
            <th scope="row">
              <Button
                look="quiet"
                className={css.step}
                onPress={() => go([step.node])}
                aria-label={`Go to ${step.title || "this node"}`}
              >
                {step.title || "Untitled"}
              </Button>
              {!step.certain && <p className={css.quiet}>Only if what feeds it comes out changed</p>}
              {step.notes.map((note) => (
                <p key={note} className={css.note}>
                  {note}
                </p>
              ))}
            </th>
            <td title={step.model}>{words(step.model)}</td>
            <td className={css.amount}>{step.free && step.local ? "free, on this computer" : priceOf(step)}</td>
            <td className={css.amount}>{durationRange(step.seconds_low, step.seconds_high)}</td>
          </tr>
        ))}
      </tbody>
      {shown.length < group.length && (
        <tfoot>
          <tr>
            <td colSpan={4}>
              <Button onPress={() => setAll(true)}>Show {count(group.length - shown.length, "more step")}</Button>
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}
