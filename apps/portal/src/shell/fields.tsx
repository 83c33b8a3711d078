import { useLanguage } from "@databox-cmk/ui";
import {
  Dropdown,
  Field,
  Input,
  type InputProps,
  makeStyles,
  Option,
  Radio,
  RadioGroup,
  SpinButton,
  tokens,
} from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { durationText } from "../core/relative-age.ts";
import { useTexts } from "../texts/texts.ts";

/** One line of text of a form; the browser fills it in only if `autoComplete` names its kind. */
export function TextField({
  label,
  hint,
  problem,
  isRequired = false,
  onChange,
  ...input
}: Pick<InputProps, "type" | "placeholder" | "maxLength" | "disabled" | "autoComplete"> & {
  readonly label: string;
  readonly hint?: string | undefined;
  /** The reason why the present text is invalid. */
  readonly problem?: string | undefined;
  readonly isRequired?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <Field label={label} required={isRequired} hint={hint} validationMessage={problem}>
      <Input autoComplete="off" {...input} onChange={(_event, data) => onChange(data.value)} />
    </Field>
  );
}

const useNumberStyles = makeStyles({ number: { width: "160px", maxWidth: "100%" } });

type Bounds = { readonly least: number; readonly most: number };

/** Of a field that takes minutes, by its bounds in seconds. */
export const minutesOf = ({ least, most }: Bounds) => ({
  least: least / 60,
  most: most / 60,
  unitSeconds: 60,
});

/** A whole number within bounds; invalid text changes nothing. */
export function NumberField({
  label,
  hint,
  value,
  least,
  most,
  unitSeconds,
  onChange,
}: Bounds & {
  readonly label: string;
  readonly hint?: string;
  /** Of a duration: the hint begins with the value in its largest whole unit. */
  readonly unitSeconds?: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}): ReactElement {
  const styles = useNumberStyles();
  const { language } = useLanguage();
  const duration = unitSeconds && `= ${durationText(value * unitSeconds, language)}`;
  return (
    <Field label={label} hint={[duration, hint].filter(Boolean).join(". ")}>
      <SpinButton
        className={styles.number}
        value={value}
        min={least}
        max={most}
        onChange={(_event, data) => {
          const next = data.value ?? Number(data.displayValue);
          if (Number.isInteger(next)) onChange(Math.min(most, Math.max(least, next)));
        }}
      />
    </Field>
  );
}

/** A question of a form whose few answers are all shown. */
export function Radios<Value extends string>({
  label,
  hint,
  isRequired = false,
  values,
  names,
  isDisabled,
  value: chosen,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly isRequired?: boolean;
  readonly values: readonly Value[];
  readonly names: Readonly<Record<Value, string>>;
  /** Answers that cannot be chosen here. */
  readonly isDisabled?: Readonly<Partial<Record<Value, boolean>>>;
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
}): ReactElement {
  return (
    <Field label={label} required={isRequired} hint={hint ?? null}>
      <RadioGroup
        value={chosen ?? ""}
        onChange={(_event, data) => {
          const value = values.find((each) => each === data.value);
          if (value !== undefined) onChange(value);
        }}
      >
        {values.map((each) => (
          <Radio
            key={each}
            value={each}
            label={names[each]}
            disabled={isDisabled?.[each] ?? false}
          />
        ))}
      </RadioGroup>
    </Field>
  );
}

const useChoiceStyles = makeStyles({
  dropdown: { minWidth: 0, width: "100%" },
  extra: { marginBlockStart: tokens.spacingVerticalXS },
});

/** A required dropdown of a form, with a link below it such as *Create new*. */
export function Choice<Value extends string>({
  label,
  options,
  value,
  isLoading = false,
  placeholder,
  extra,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly name: string }[];
  readonly value: Value | undefined;
  readonly isLoading?: boolean;
  readonly placeholder?: string;
  readonly extra?: ReactNode;
  readonly onChange: (value: Value) => void;
}): ReactElement {
  const styles = useChoiceStyles();
  const texts = useTexts();
  const chosen = options.find((option) => option.value === value);
  return (
    <div>
      <Field label={label} required>
        <Dropdown
          className={styles.dropdown}
          value={chosen?.name ?? ""}
          placeholder={isLoading ? texts.ui.loading : (placeholder ?? texts.encryption.select)}
          selectedOptions={value === undefined ? [] : [value]}
          onOptionSelect={(_event, { optionValue }) => {
            const selected = options.find((option) => option.value === optionValue);
            if (selected !== undefined) onChange(selected.value);
          }}
        >
          {options.map((option) => (
            <Option key={option.value} value={option.value} text={option.name}>
              {option.name}
            </Option>
          ))}
        </Dropdown>
      </Field>
      {extra !== undefined && <div className={styles.extra}>{extra}</div>}
    </div>
  );
}
