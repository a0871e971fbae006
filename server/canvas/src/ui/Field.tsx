import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import {
  Select as AriaSelect,
  Slider as AriaSlider,
  Switch as AriaSwitch,
  TextField as AriaTextField,
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  SliderOutput,
  SliderThumb,
  SliderTrack,
  Text,
  TextArea,
  type TextFieldProps,
} from "react-aria-components";
import css from "./Field.module.css";
import menu from "./Menu.module.css";

interface TextProps extends Omit<TextFieldProps, "children" | "className"> {
  label: string;
  /** Hide the label where the place says it; it is still read aloud. */
  quiet?: boolean;
  hint?: string | undefined;
  wrong?: string | undefined;
  placeholder?: string | undefined;
  rows?: number;
}

/** A line of text, or with `rows` several. */
export function TextField({ label, quiet = false, hint, wrong, placeholder, rows, ...props }: TextProps) {
  return (
    <AriaTextField validationBehavior="aria" {...props} isInvalid={Boolean(wrong)} className={css.field ?? ""}>
      <Label className={quiet ? "visually-hidden" : css.label}>{label}</Label>
      {rows ? (
        <TextArea className={css.input ?? ""} rows={rows} placeholder={placeholder} />
      ) : (
        <Input className={css.input ?? ""} placeholder={placeholder} />
      )}
      {hint && (
        <Text slot="description" className={css.hint ?? ""}>
          {hint}
        </Text>
      )}
      <FieldError className={css.wrong ?? ""}>{wrong}</FieldError>
    </AriaTextField>
  );
}

export interface Choice {
  id: string;
  title: string;
  /** A second, quieter line. */
  about?: string | undefined;
  disabled?: boolean | undefined;
}

interface SelectProps {
  label: string;
  quiet?: boolean;
  choices: readonly Choice[];
  value: string | null;
  onChange(id: string): void;
  isDisabled?: boolean;
}

/** One of a few. */
export function Select({ label, quiet = false, choices, value, onChange, isDisabled = false }: SelectProps) {
  return (
    <AriaSelect
      value={value}
      onChange={(key) => key !== null && onChange(String(key))}
      isDisabled={isDisabled}
      className={css.field ?? ""}
    >
      <Label className={quiet ? "visually-hidden" : css.label}>{label}</Label>
      <Button className={css.select ?? ""}>
        {/* The title alone: the quieter line belongs in the list. */}
        <SelectValue>{({ defaultChildren, selectedText }) => selectedText || defaultChildren}</SelectValue>
        <ChevronDown size={14} aria-hidden />
      </Button>
      <Popover className={menu.popover ?? ""}>
        <ListBox className={menu.menu ?? ""} disabledKeys={choices.filter((one) => one.disabled).map((one) => one.id)}>
          {choices.map((choice) => (
            <ListBoxItem key={choice.id} id={choice.id} textValue={choice.title} className={menu.item ?? ""}>
              <Text slot="label">{choice.title}</Text>
              {choice.about && (
                <Text slot="description" className={css.hint ?? ""}>
                  {choice.about}
                </Text>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

interface SwitchProps {
  children: ReactNode;
  isSelected: boolean;
  onChange(is: boolean): void;
  isDisabled?: boolean;
}

/** On or off, at once. */
export function Switch({ children, ...props }: SwitchProps) {
  return (
    <AriaSwitch {...props} className={css.switch ?? ""}>
      <span className={css.track} />
      {children}
    </AriaSwitch>
  );
}

interface SliderProps {
  label: string;
  value: number;
  onChange(value: number): void;
  onChangeEnd?(value: number): void;
  minValue: number;
  maxValue: number;
  step?: number;
}

/** A number on a rail; arrows move it. */
export function Slider({ label, onChange, onChangeEnd, ...props }: SliderProps) {
  return (
    <AriaSlider
      {...props}
      onChange={(value) => onChange(Array.isArray(value) ? (value[0] ?? 0) : value)}
      onChangeEnd={(value) => onChangeEnd?.(Array.isArray(value) ? (value[0] ?? 0) : value)}
      className={css.slider ?? ""}
    >
      <Label className={css.label ?? ""}>{label}</Label>
      <SliderOutput className={css.label ?? ""} />
      <SliderTrack className={css.rail ?? ""}>
        <SliderThumb className={css.thumb ?? ""} />
      </SliderTrack>
    </AriaSlider>
  );
}
