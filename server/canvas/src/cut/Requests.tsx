import { useState } from "react";
import { useMay } from "../app/session";
import { money, moneyRange } from "../canvas/words";
import { Checkbox } from "../ui/Checkbox";
import { TextField } from "../ui/Field";
import type { RoundTrip } from "../wire/api.gen";
import { canMake, isFree, typedMicros, wrongMaximum } from "./maximum";
import css from "./TripPanel.module.css";
import type { Consent } from "./trip";
import { count, toYou } from "./words";

interface Props {
  readonly plan: RoundTrip;
  readonly consent: Consent;
  onChange(consent: Consent): void;
}

/** What only a new take can mend, and what that costs. Nothing is made unless it is ticked. */
export function Requests({ plan, consent, onChange }: Props) {
  const maySpend = useMay("producer");
  const mayEdit = useMay("editor");
  const [typed, setTyped] = useState("");
  if (plan.requests.length === 0) return null;
  const { price } = plan;
  const may = isFree(plan) ? mayEdit : maySpend;
  const type = (text: string) => {
    setTyped(text);
    onChange({ ...consent, maxMicros: typedMicros(text) ?? 0 });
  };
  return (
    <section className={css.requests} aria-label="Takes it asks for">
      <h3>{count(plan.requests.length, "request")} for takes</h3>
      <ul>
        {plan.requests.map((one) => (
          <li key={`${one.name} ${one.kind} ${one.edge}`}>
            <strong>{one.shot || one.name}</strong>: {toYou(one.text)}
            <span className={css.sub}>
              {one.possible
                ? "A longer take can be made. Until then the clip keeps what it shows."
                : "Your timing stands; nothing is lost."}
            </span>
          </li>
        ))}
      </ul>
      {price && canMake(plan) && (
        <div className={css.asked}>
          <Checkbox
            isSelected={consent.generate}
            isDisabled={!may}
            onChange={(generate) => onChange({ ...consent, generate })}
          >
            Make {count(price.jobs, "take")} for it: {moneyRange(price.low_micros, price.high_micros, price.currency)}
            {isFree(plan) ? ", on this computer" : ""}
          </Checkbox>
          {consent.generate && !isFree(plan) && (
            <TextField
              label={`May cost at most (${price.currency})`}
              value={typed}
              onChange={type}
              inputMode="decimal"
              placeholder={price.high_micros === null ? "" : money(price.high_micros, price.currency)}
              wrong={typed ? wrongMaximum(plan, consent, maySpend) || undefined : undefined}
            />
          )}
          {consent.generate && price.high_micros === null && (
            <Checkbox
              isSelected={consent.allowUnknown}
              onChange={(allowUnknown) => onChange({ ...consent, allowUnknown })}
            >
              Run what nobody knows the price of
            </Checkbox>
          )}
          {!may && <span className={css.sub}>Needs the role {isFree(plan) ? "editor" : "producer"}.</span>}
        </div>
      )}
    </section>
  );
}
