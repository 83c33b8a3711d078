import { Dropdown, Field, makeStyles, Option, tokens } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
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
  const styles = useStyles();
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
