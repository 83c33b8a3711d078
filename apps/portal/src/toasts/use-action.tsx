import { type ToastIntent, useToastController } from "@fluentui/react-components";
import type { UseMutationOptions, UseMutationResult } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { ProblemError } from "../api/problem-error.ts";
import { type ActionName, ActionToast } from "./action-toast.tsx";
import { TOASTER_ID } from "./action-toaster.tsx";
import { useSingleMutation } from "./use-single-mutation.ts";

/** Its name in the texts, or how its name follows from the variables. */
export type NameOf<Variables> = ActionName | ((variables: Variables) => ActionName);
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
