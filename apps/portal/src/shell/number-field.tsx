import { Field, makeStyles, SpinButton } from "@fluentui/react-components";
import type { ReactElement } from "react";

const useStyles = makeStyles({ number: { width: "160px", maxWidth: "100%" } });

type Bounds = { readonly least: number; readonly most: number };

/** Bounds in seconds, for a field that takes minutes. */
export const minutesOf = ({ least, most }: Bounds): Bounds => ({
  least: least / 60,
  most: most / 60,
});

/** A whole number within bounds; invalid text changes nothing. */
export function NumberField({
  label,
  hint,
  value,
  least,
  most,
  onChange,
}: Bounds & {
  readonly label: string;
  readonly hint?: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}): ReactElement {
  const styles = useStyles();
  return (
    <Field label={label} hint={hint}>
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
