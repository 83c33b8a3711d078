import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import type { ReactElement } from "react";

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
