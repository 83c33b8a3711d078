import { Field, Input, type InputProps } from "@fluentui/react-components";
import type { ReactElement } from "react";

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
