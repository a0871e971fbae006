import { useEffect, useState } from "react";
import { useMay, useMe, useSession } from "../app/session";
import { money } from "../canvas/words";
import { Bar } from "../ui/Bar";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Select, TextField } from "../ui/Field";
import { attempt, done } from "../ui/toasts";
import type { Cap } from "../wire/api.gen";
import { api, got } from "../wire/http";
import css from "./Caps.module.css";
import { useDesk, useDeskView } from "./desk";
import { type Budget, budgets, nearness } from "./standing";
import { useWhoCan } from "./who";
import { micros, scopeWords, typed, utcDay } from "./words";

type Asked = { cap: Cap; remove: boolean; before: number | null };

/** Every cap with what is left of it; producers set, change and remove them, after a question. */
export function CapsEditor() {
  const desk = useDesk();
  const standing = useDeskView((view) => view.standing);
  const may = useMay("producer");
  const who = useWhoCan("producer", !may);
  const titles = useTitles();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [editing, setEditing] = useState<Cap | null>(null);
  useEffect(() => void desk.loadStanding(), [desk]);
  if (!standing) return <p className={css.quiet}>Loading the budgets.</p>;
  const held = budgets(standing);
  const keep = async ({ cap, remove }: Asked) => {
    const caps = await attempt(() =>
      got(remove ? api.POST("/api/ledger/caps/remove", { body: cap }) : api.PUT("/api/ledger/caps", { body: cap })),
    );
    if (!caps) return;
    await desk.loadStanding();
    setEditing(null);
    done(remove ? "The budget was removed." : `The budget is ${money(cap.limit_micros, cap.currency)}.`);
  };
  return (
    <div className={css.editor}>
      {standing.caps.length === 0 ? (
        <p className={css.quiet}>No budget is set: what producers agree to is all that holds spending back.</p>
      ) : (
        <ul className={css.caps}>
          {standing.caps.map((cap) => (
            <li key={`${cap.scope} ${cap.key} ${cap.currency}`} className={css.cap}>
              <CapLine cap={cap} title={scopeWords(cap, titles)} budget={held.find((one) => one.cap === cap)} />
              <Button
                isDisabled={!may}
                onPress={() => setEditing(cap)}
                aria-label={`Change: ${scopeWords(cap, titles)}`}
              >
                Change
              </Button>
              <Button
                look="danger"
                isDisabled={!may}
                onPress={() => setAsked({ cap, remove: true, before: cap.limit_micros })}
                aria-label={`Remove: ${scopeWords(cap, titles)}`}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      {may ? (
        <CapForm
          key={editing ? `${editing.scope} ${editing.key} ${editing.currency}` : "new"}
          cap={editing}
          cancel={() => setEditing(null)}
          set={(cap) => setAsked({ cap, remove: false, before: limitNow(standing.caps, cap) })}
        />
      ) : (
        <p className={css.quiet}>Setting budgets needs the role producer. Ask {who}.</p>
      )}
      {asked && (
        <Confirm
          title={asked.remove ? "Remove this budget?" : "Set this budget?"}
          act={asked.remove ? "Remove the budget" : `Set ${money(asked.cap.limit_micros, asked.cap.currency)}`}
          danger={asked.remove}
          onAct={() => keep(asked)}
          onClose={() => setAsked(null)}
        >
          <p>
            {scopeWords(asked.cap, titles)}: {before(asked)}
          </p>
          <p className={css.quiet}>It holds for what is started from now on. What is under way goes on.</p>
        </Confirm>
      )}
    </div>
  );
}

const limitNow = (caps: readonly Cap[], cap: Cap): number | null =>
  caps.find((one) => one.scope === cap.scope && one.key === cap.key && one.currency === cap.currency)?.limit_micros ??
  null;

function before({ cap, remove, before: was }: Asked): string {
  if (remove) return `nothing of it holds spending back any more; it was ${money(was, cap.currency)}.`;
  const now = money(cap.limit_micros, cap.currency);
  return was === null ? `at most ${now}.` : `${money(was, cap.currency)} becomes ${now}.`;
}

function CapLine({ cap, title, budget }: { cap: Cap; title: string; budget: Budget | undefined }) {
  const limit = money(cap.limit_micros, cap.currency);
  return (
    <div className={css.line}>
      <span className={css.row}>
        <span>{title}</span>
        <strong>at most {limit}</strong>
      </span>
      {budget && <BudgetLine budget={budget} />}
    </div>
  );
}

/** A cap as a bar with its words: what counts against it, what is left. */
export function BudgetLine({ budget }: { budget: Budget }) {
  const { cap } = budget;
  const near = nearness(budget);
  const share = cap.limit_micros ? budget.committed / cap.limit_micros : 1;
  const words =
    near === "over"
      ? `✕ Used up: ${money(budget.committed, cap.currency)} of ${money(cap.limit_micros, cap.currency)}`
      : `${near === "near" ? "▲ Nearly used up: " : ""}${money(budget.left, cap.currency)} left of ${money(cap.limit_micros, cap.currency)}`;
  return (
    <>
      <Bar parts={[{ share, look: near === "fine" ? "plain" : near }]} value={share} label={words} />
      <span className={css[near]}>
        {words}
        {budget.uncounted > 0 && `; ${budget.uncounted} at an unknown price not counted`}
      </span>
    </>
  );
}

interface FormProps {
  cap: Cap | null;
  set(cap: Cap): void;
  cancel(): void;
}

const SCOPES = [
  { id: "day", title: "Every day", about: "What everybody together may commit on a day (UTC)" },
  { id: "today", title: "Only today", about: "Replaces that of every day, today" },
  { id: "canvas", title: "This canvas", about: "Over all time" },
  { id: "canvases", title: "Every canvas", about: "Each by itself, over all time" },
  { id: "user", title: "Each person", about: "Each by themselves, over all time" },
  { id: "me", title: "Me alone", about: "Replaces that of each person, for me" },
  { id: "job", title: "Every single job", about: "No take may cost more" },
];

function CapForm({ cap, set, cancel }: FormProps) {
  const session = useSession();
  const me = useMe();
  const [scope, setScope] = useState("day");
  const [amount, setAmount] = useState(cap ? typed(cap.limit_micros) : "");
  const [currency, setCurrency] = useState(cap?.currency ?? "USD");
  const value = micros(amount);
  const wrong = amount.trim() && value === null ? "This is no amount. Write it as 50.00." : undefined;
  const made = (): Omit<Cap, "currency" | "limit_micros"> => {
    if (cap) return { scope: cap.scope, key: cap.key };
    if (scope === "today") return { scope: "day", key: utcDay() };
    if (scope === "canvas") return { scope: "canvas", key: session.id };
    if (scope === "canvases") return { scope: "canvas", key: "" };
    if (scope === "me") return { scope: "user", key: me.name };
    return { scope: scope as Cap["scope"], key: "" };
  };
  const currencyWrong = /^[A-Z]{3}$/.test(currency) ? undefined : "Three letters, such as USD.";
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== null && !currencyWrong) set({ ...made(), currency, limit_micros: value });
      }}
    >
      {cap ? (
        <p>Change: {scopeWords(cap)}</p>
      ) : (
        <Select label="A budget for" choices={SCOPES} value={scope} onChange={setScope} />
      )}
      <TextField
        label="At most"
        value={amount}
        onChange={setAmount}
        wrong={wrong}
        inputMode="decimal"
        placeholder="50.00"
      />
      <TextField
        label="Currency"
        value={currency}
        onChange={(text) => setCurrency(text.toUpperCase())}
        wrong={currencyWrong}
        isDisabled={cap !== null}
      />
      <Button type="submit" look="primary" isDisabled={value === null || Boolean(currencyWrong)}>
        {cap ? "Change budget" : "Set budget"}
      </Button>
      {cap && <Button onPress={cancel}>Leave it</Button>}
    </form>
  );
}

/** Titles of canvases by their ids. */
export function useTitles(): Readonly<Record<string, string>> {
  const [titles, setTitles] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    let current = true;
    got(api.GET("/api/canvases")).then(
      (found) => current && setTitles(found as Record<string, string>),
      () => undefined, // Ids stand in for the titles.
    );
    return () => {
      current = false;
    };
  }, []);
  return titles;
}
