import { Field, Input } from "@fluentui/react-components";
import type { ReactElement } from "react";

/** One line of text of a form. */
export function TextField({
  label,
  value,
  problem,
  hint,
  isRequired = false,
  type = "text",
  autoComplete = "off",
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly problem?: string | undefined;
  readonly hint?: string;
  readonly isRequired?: boolean;
  readonly type?: "text" | "password" | "tel";
  readonly autoComplete?: string;
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
        type={type}
        value={value}
        autoComplete={autoComplete}
        onChange={(_event, data) => {
          onChange(data.value);
        }}
      />
    </Field>
  );
}
