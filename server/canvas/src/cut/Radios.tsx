import { Label, Radio, RadioGroup } from "react-aria-components";
import css from "./DecisionCard.module.css";

export interface RadioChoice<T extends string> {
  readonly id: T;
  readonly title: string;
  readonly words: string;
  /** Why it is not offered; "" when it is. */
  readonly whyNot?: string;
}

interface Props<T extends string> {
  readonly label: string;
  readonly value: T | null;
  readonly choices: readonly RadioChoice<T>[];
  readonly isDisabled?: boolean;
  onChange(id: T): void;
}

/** One of a few ways, each with what it means; what cannot be done says why. */
export function Radios<T extends string>({ label, value, choices, isDisabled = false, onChange }: Props<T>) {
  return (
    <RadioGroup className={css.ways} value={value} onChange={(id) => onChange(id as T)} isDisabled={isDisabled}>
      <Label className={css.ask}>{label}</Label>
      {choices.map((one) => (
        <Radio key={one.id} value={one.id} isDisabled={Boolean(one.whyNot)} className={css.way ?? ""}>
          <span className={css.dot} aria-hidden />
          <span className={css.said}>
            <strong>{one.title}</strong>
            <span>{one.words}</span>
            {one.whyNot && <span className={css.whyNot}>Not possible: {one.whyNot}</span>}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
