import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox } from "react-aria-components";
import css from "./Checkbox.module.css";

interface Props {
  children: ReactNode;
  isSelected: boolean;
  onChange(is: boolean): void;
  isDisabled?: boolean;
}

/** A tick that counts when something is confirmed. */
export function Checkbox({ children, ...props }: Props) {
  return (
    <AriaCheckbox {...props} className={css.checkbox ?? ""}>
      {({ isSelected }) => (
        <>
          <span className={css.box} aria-hidden>
            {isSelected && <Check size={12} />}
          </span>
          <span>{children}</span>
        </>
      )}
    </AriaCheckbox>
  );
}
