import type { ReactNode } from "react";
import {
  Button as AriaButton,
  ToggleButton as AriaToggleButton,
  type ButtonProps,
  type ToggleButtonProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { keyLabel } from "../app/keys";
import css from "./Button.module.css";

type Look = "plain" | "primary" | "quiet" | "danger";
const LOOKS: Record<Look, string | undefined> = {
  plain: undefined,
  primary: css.primary,
  quiet: css.quiet,
  danger: css.danger,
};
const classes = (...names: (string | undefined | false)[]) => names.filter(Boolean).join(" ");

export interface Props extends Omit<ButtonProps, "className" | "children"> {
  look?: Look;
  children: ReactNode;
  className?: string | undefined;
}

/** A button with words on it. */
export function Button({ look = "plain", className, ...props }: Props) {
  return <AriaButton {...props} className={classes(css.button, LOOKS[look], className)} />;
}

interface IconProps extends Props {
  /** What it does, read aloud and shown in the tooltip. */
  label: string;
  /** The chord of keys.ts that does the same. */
  chord?: string | undefined;
}

/** A button with a glyph; its words are in the tooltip and in its name. */
export function IconButton({ label, chord, look = "quiet", className, ...props }: IconProps) {
  return (
    <Hint label={label} chord={chord}>
      <AriaButton {...props} aria-label={label} className={classes(css.button, css.icon, LOOKS[look], className)} />
    </Hint>
  );
}

interface ToggleProps extends Omit<ToggleButtonProps, "className" | "children"> {
  label: string;
  chord?: string | undefined;
  children: ReactNode;
  className?: string | undefined;
}

/** A button that stays down. With words as children it shows them; its name is `label` either way. */
export function Toggle({ label, chord, className, ...props }: ToggleProps) {
  return (
    <Hint label={label} chord={chord}>
      <AriaToggleButton {...props} aria-label={label} className={classes(css.button, css.quiet, className)} />
    </Hint>
  );
}

/** Words and key beside a control while the pointer rests or the focus is on it; Esc takes them away. */
export function Hint({ label, chord, children }: { label: string; chord?: string | undefined; children: ReactNode }) {
  return (
    <TooltipTrigger delay={500} closeDelay={50}>
      {children}
      <Tooltip className={css.tooltip ?? ""} offset={6}>
        {label}
        {chord && <kbd className={css.key}>{keyLabel(chord)}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
