import type { ReactNode } from "react";
import { useMay, useSession, useView } from "../app/session";
import type { PlanScope } from "../app/slots";
import { money } from "../canvas/words";
import { Button } from "../ui/Button";
import { attempt } from "../ui/toasts";
import type { Plan, Step } from "../wire/api.gen";
import { useModelWords } from "./models";
import css from "./PlanDialog.module.css";
import { isFree, isLocal, skippedGroups, stepsOf, uploads } from "./plan";
import { budgets, committed, type Standing } from "./standing";
import { count, durationRange, SCOPE_BUDGET, sums } from "./words";

interface Props {
  plan: Plan;
  scope: PlanScope;
  standing: Standing | null;
  go(nodes: readonly string[]): void;
  own(work: () => Promise<unknown>): Promise<void>;
}

/** The whole in a few lines: how many, for how much, how long, what is left out, what goes where. */
export function PlanSummary({ plan, scope, standing, go, own }: Props) {
  const steps = stepsOf(plan);
  const unknown = steps.filter((step) => !step.free && step.high_micros === null);
  return (
    <>
      <p className={css.quiet}>{useScopeWords(scope)}</p>
      {steps.length > 0 && (
        <dl className={css.lines}>
          <Line
            name="Will run"
            amount={isLocal(plan) ? "Free, on this computer" : isFree(plan) ? "Free" : sums(plan.whole)}
          >
            {steps.length} · {names(steps)}
          </Line>
          {plan.groups.length > 1 && (
            <Line name="Starts now" amount={sums(plan.now)}>
              {plan.groups[0]?.length ?? 0}, the others after the takes they need
            </Line>
          )}
          {plan.may_follow.length > 0 && (
            <Line name="May follow" amount={`up to ${sums(plan.at_most.map(highest))} in all`}>
              {plan.may_follow.length}, not part of this: only wanted if the new takes are pinned
            </Line>
          )}
          {unknown.length > 0 && (
            <Line name="Price unknown" amount="not counted">
              {unknown.length} · {names(unknown)}
            </Line>
          )}
          <Line name="Time" amount={durationRange(plan.seconds_low, plan.seconds_high)}>
            {plan.groups.length > 1 ? "the longest chain, if all of a group run at once" : "if all run at once"}
          </Line>
          {!isFree(plan) && standing && <BudgetLines plan={plan} standing={standing} />}
          <Uploads plan={plan} />
        </dl>
      )}
      <Reverts plan={plan} own={own} />
      {skippedGroups(plan.skipped).map((group) => (
        <details key={group.reason} className={css.group} open={steps.length === 0}>
          <summary>
            {steps.length ? "Skipped: " : ""}
            {group.title}
          </summary>
          <ul className={css.list}>
            {group.items.slice(0, 200).map((item) => (
              <li key={item.node} className={css.item}>
                <Button look="quiet" onPress={() => go([item.node])} aria-label={`Go to ${item.title || "this node"}`}>
                  {item.title || "Untitled"}
                </Button>
                <span className={css.quiet}>{item.words}</span>
              </li>
            ))}
            {group.items.length > 200 && <li className={css.quiet}>And {group.items.length - 200} more.</li>}
          </ul>
        </details>
      ))}
    </>
  );
}

function Line({ name, amount, children }: { name: string; amount: string; children: ReactNode }) {
  return (
    <div className={css.line}>
      <dt>{name}</dt>
      <dd>{children}</dd>
      <dd className={css.amount}>{amount}</dd>
    </div>
  );
}

function names(steps: readonly Step[]): string {
  const titles = steps.map((step) => step.title || "Untitled");
  return titles.length > 3 ? `${titles[0]} … ${titles.at(-1)}` : titles.join(", ");
}

const highest = (one: Plan["at_most"][number]) => ({ ...one, low_micros: one.high_micros });

function useScopeWords(scope: PlanScope): string {
  const first = useView((view) =>
    scope.kind === "stale" ? "" : (view.seen?.doc.nodes[scope.nodes[0] ?? ""]?.title ?? ""),
  );
  if (scope.kind === "stale") return "Everything on this canvas that is out of date or has no take yet.";
  const named = scope.nodes.length > 1 ? count(scope.nodes.length, "selected node") : `“${first || "Untitled"}”`;
  return scope.kind === "downstream" ? `${named} and everything made from it.` : `${named} alone.`;
}

/** `Today $18.40 of $50.00 → at most $27.60 after this`, for every cap that holds here. */
function BudgetLines({ plan, standing }: { plan: Plan; standing: Standing }) {
  const paid = plan.whole.filter((one) => one.high_micros > 0 || one.unknown > 0);
  const held = budgets(standing);
  return paid.flatMap((sum) => {
    const mine = held.filter((one) => one.cap.currency === sum.currency);
    const more = sum.unknown ? ` + ${sum.unknown} unpriced` : "";
    if (!mine.length) {
      const today = committed(standing.today.find((one) => one.currency === sum.currency));
      const after = money(today + sum.high_micros, sum.currency);
      return (
        <Line key={sum.currency} name="Budget" amount={`at most ${after}${more} after this`}>
          Today {money(today, sum.currency)}, no budget is set
        </Line>
      );
    }
    return mine.map((one) => (
      <Line
        key={`${one.cap.scope} ${sum.currency}`}
        name="Budget"
        amount={`at most ${money(one.committed + sum.high_micros, sum.currency)}${more} after this`}
      >
        {one.cap.scope === "day" ? "Today" : capital(SCOPE_BUDGET[one.cap.scope] ?? "")}{" "}
        {money(one.committed, sum.currency)} of {money(one.cap.limit_micros, sum.currency)} →
      </Line>
    ));
  });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function Uploads({ plan }: { plan: Plan }) {
  const { kinds } = useSession();
  const doc = useView((view) => view.seen?.doc);
  const goes = doc ? uploads(plan, doc, kinds) : [];
  const words = useModelWords(goes.map((one) => one.model));
  if (!goes.length)
    return (
      <Line name="Uploads" amount="none">
        Nothing leaves this computer.
      </Line>
    );
  return goes.map((one) => {
    const known = words.get(one.model);
    return (
      <Line key={one.provider} name="Uploads" amount={`${one.what} → ${known?.provider ?? one.provider}`}>
        {known?.uploadsGo || "The prompt and what is wired to these nodes."}
      </Line>
    );
  });
}

/** Takes made earlier for exactly what is wanted: showing one costs nothing. */
function Reverts({ plan, own }: { plan: Plan; own: Props["own"] }) {
  const session = useSession();
  const mayPin = useMay("editor");
  const doc = useView((view) => view.seen?.doc);
  if (!plan.reverts.length || !doc) return null;
  const pin = (some: Plan["reverts"]) =>
    own(() =>
      attempt(() =>
        session.commit(
          some.map(({ node, take }) => ({ op: "pin" as const, node, take, expected: doc.nodes[node]?.pin ?? null })),
        ),
      ),
    );
  return (
    <section className={css.reverts} aria-label="Older takes that would do">
      <h3>
        {count(plan.reverts.length, "node")} {plan.reverts.length === 1 ? "has" : "have"} an older take of exactly what
        is wanted. Pinning it costs nothing.
      </h3>
      <ul className={css.list}>
        {plan.reverts.slice(0, 20).map((one) => (
          <li key={one.node} className={css.item}>
            <span className={css.grow}>
              {doc.nodes[one.node]?.title || "Untitled"} · take {doc.takes[one.take]?.seq ?? "?"}
            </span>
            <Button isDisabled={!mayPin} onPress={() => void pin([one])}>
              Pin take {doc.takes[one.take]?.seq ?? ""} instead
            </Button>
          </li>
        ))}
      </ul>
      {plan.reverts.length > 1 && (
        <Button isDisabled={!mayPin} onPress={() => void pin(plan.reverts)}>
          Pin all {plan.reverts.length}
        </Button>
      )}
    </section>
  );
}
