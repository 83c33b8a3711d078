import { Field, Input, type InputProps } from "@fluentui/react-components";
import type { ReactElement } from "react";

/** One line of text of a form, which nothing fills in by itself unless `autoComplete` says what. */
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
  /** Why what stands there cannot be taken. */
  readonly problem?: string | undefined;
  readonly isRequired?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <Field
      label={label}
      required={isRequired}
      {...(hint === undefined ? {} : { hint })}
      {...(problem === undefined ? {} : { validationMessage: problem })}
    >
      <Input
        autoComplete="off"
        {...input}
        onChange={(_event, data) => {
          onChange(data.value);
        }}
      />
    </Field>
  );
}
