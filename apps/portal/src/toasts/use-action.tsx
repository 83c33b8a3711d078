import type { OperationName } from "@databox-cmk/protocol";
import { FailureText } from "@databox-cmk/ui";
import {
  Button,
  makeStyles,
  Text,
  Toast,
  ToastBody,
  type ToastIntent,
  ToastTitle,
  ToastTrigger,
  useToastController,
} from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import type { UseMutationOptions, UseMutationResult } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactElement, useEffect, useRef } from "react";

import { ProblemError } from "../api/problem-error.ts";
import { useFocusAtEnd } from "../focus/focus.ts";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";
import { TOASTER_ID } from "./action-toaster.tsx";
import { useSingleMutation } from "./use-single-mutation.ts";

/** Its name in the texts, and the operation that it runs. */
type Named = ActionName | readonly [ActionName, OperationName];
/** The action's name, or how it follows from the variables. */
export type NameOf<Variables> = Named | ((variables: Variables) => Named);
export type ActionOptions<Data, Variables> = UseMutationOptions<Data, Error, Variables> & {
  /** Leads the reader to the result, unless they have left the page meanwhile. */
  readonly onDone?: (data: Data, variables: Variables) => unknown;
};

/**
 * A change that the reader orders. A toast reports its end, on whichever page the reader is by
 * then. While it runs, it cannot begin again. Reads, and answers that are shown once, report
 * nothing.
 */
export function useAction<Data, Variables = void>(
  action: NameOf<Variables>,
  { onDone, ...options }: ActionOptions<Data, Variables>,
): UseMutationResult<Data, Error, Variables> {
  const { dispatchToast } = useToastController(TOASTER_ID);
  const { jobName } = useParams({ strict: false });
  const isShown = useRef(false);
  const keepFocus = useFocusAtEnd();
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return useSingleMutation({
    ...options,
    onSuccess: async (data, variables, ...rest) => {
      await options.onSuccess?.(data, variables, ...rest);
      if (isShown.current) await onDone?.(data, variables);
    },
    onSettled: (data, error, variables, ...rest) => {
      const name = typeof action === "function" ? action(variables) : action;
      dispatchToast(<ActionToast action={name} order={jobName} error={error} />, {
        intent: intentOf(error),
        // Fluent traps the focus of a reader who comes to a toast by Tab.
        root: { tabIndex: -1 },
      });
      keepFocus();
      return options.onSettled?.(data, error, variables, ...rest);
    },
  });
}

/** A change that waits for people or for the service has not failed. */
function intentOf(error: Error | null): ToastIntent {
  if (error === null) return "success";
  const kind = error instanceof ProblemError ? error.problem.class : undefined;
  return kind === "pending" || kind === "unreachable" ? "warning" : "error";
}

type ActionName = keyof Texts["toasts"]["actions"];

const useStyles = makeStyles({ body: { overflowWrap: "anywhere" } });

/**
 * The end of an action: done, or its failure with the next step. It holds nothing that a keyboard
 * has to reach: the page itself has the details, and a toast leaves by itself.
 */
function ActionToast({
  action,
  order,
  error,
}: {
  readonly action: Named;
  /** Name of the order whose page it began on. */
  readonly order: string | undefined;
  readonly error: Error | null;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const [name, operation] = typeof action === "string" ? [action] : action;
  const { done, failed } = texts.toasts.actions[name];
  const title = error === null ? done : failed;
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
        {operation === undefined
          ? title
          : `${title}: ${texts.operator.operations.names[operation]}`}
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
