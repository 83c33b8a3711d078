import { Notice } from "@databox-cmk/ui";
import {
  Button,
  type ButtonProps,
  makeStyles,
  mergeClasses,
  tokens,
} from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";

import { failureOf } from "../core/is-same.ts";
import { useTexts } from "../texts/texts.ts";
import { FormFields } from "./form-fields.tsx";
import { QueryProblem } from "./query-problem.tsx";
import { UnsavedGuard } from "./unsaved-guard.tsx";

const useStyles = makeStyles({
  form: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    maxWidth: "720px",
  },
  wide: { alignSelf: "stretch" },
  button: { alignSelf: "start" },
});

/** A form on a page: its fields, the result of saving them, and the button that saves. */
export function SaveForm<Value>({
  saving,
  value,
  isChanged,
  isReady = isChanged && value !== undefined,
  isBlocked = false,
  saved,
  button,
  className,
  onSave = saving.mutate,
  children,
}: {
  readonly saving: UseMutationResult<unknown, Error, Value>;
  /** The content of the fields; `undefined`: it cannot be saved. */
  readonly value: Value | undefined;
  /** Leaving the page loses input. */
  readonly isChanged: boolean;
  readonly isReady?: boolean;
  /** The page says why these values cannot be saved yet. */
  readonly isBlocked?: boolean;
  /** Shown once the values are saved. */
  readonly saved?: string;
  /** Other words than *Save*; `null`: the reader cannot save. */
  readonly button?:
    | (Pick<ButtonProps, "icon" | "appearance"> & {
        readonly label?: string;
        readonly busy?: string;
      })
    | null
    | undefined;
  readonly className?: string;
  readonly onSave?: ((value: Value) => void) | undefined;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { isPending, isSuccess } = saving;
  const failure = failureOf(saving, value);
  const { label = texts.encryption.save, busy = texts.encryption.saving, ...looks } = button ?? {};
  return (
    <form
      className={mergeClasses(styles.form, className)}
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== undefined && isReady && !isBlocked && !isPending) onSave(value);
      }}
    >
      <UnsavedGuard isDirty={isChanged} isSaving={isPending} />
      <FormFields isSaving={isPending}>{children}</FormFields>
      {failure !== null && (
        <div className={styles.wide}>
          <QueryProblem error={failure} />
        </div>
      )}
      {saved !== undefined && isSuccess && !isChanged && (
        <Notice intent="success" className={styles.wide}>
          {saved}
        </Notice>
      )}
      {button !== null && (
        <Button
          type="submit"
          appearance="primary"
          icon={<SaveRegular />}
          className={styles.button}
          disabledFocusable={!isReady || isPending || isBlocked}
          {...looks}
        >
          {isPending ? busy : label}
        </Button>
      )}
    </form>
  );
}
