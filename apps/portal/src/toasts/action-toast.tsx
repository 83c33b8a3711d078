import { FailureText } from "@databox-cmk/ui";
import {
  Button,
  makeStyles,
  Text,
  Toast,
  ToastBody,
  ToastTitle,
  ToastTrigger,
} from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { ProblemError } from "../api/problem-error.ts";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";

export type ActionName = keyof Texts["toasts"]["actions"];

const useStyles = makeStyles({ body: { overflowWrap: "anywhere" } });

/**
 * The end of an action: done, or its failure with the next step. It holds nothing that a keyboard
 * has to reach: the page itself has the details, and a toast leaves by itself.
 */
export function ActionToast({
  action,
  order,
  error,
}: {
  readonly action: ActionName;
  /** Name of the order whose page it began on. */
  readonly order: string | undefined;
  readonly error: Error | null;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { done, failed } = texts.toasts.actions[action];
  const step = error instanceof ProblemError ? error.problem.steps[0] : undefined;
  return (
    <Toast>
      <ToastTitle
        action={
          <ToastTrigger>
            <Button
              appearance="transparent"
              size="small"
              tabIndex={-1}
              aria-label={texts.toasts.dismiss}
              icon={<DismissRegular />}
            />
          </ToastTrigger>
        }
      >
        {error === null ? done : failed}
      </ToastTitle>
      {(order ?? step) !== undefined && (
        <ToastBody className={styles.body} subtitle={order ?? null}>
          {step !== undefined && (
            <Text>
              {`${texts.keyHealth.nextStep}: `}
              <FailureText text={step.text} />
            </Text>
          )}
        </ToastBody>
      )}
    </Toast>
  );
}
