import { type ToastIntent, useToastController } from "@fluentui/react-components";
import {
  useMutation,
  type UseMutationOptions,
  type UseMutationResult,
} from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useRef } from "react";

import { ProblemError } from "../api/problem-error.ts";
import { type ActionName, ActionToast } from "./action-toast.tsx";
import { TOASTER_ID } from "./action-toaster.tsx";

/**
 * A change that the reader orders. A toast reports its end, on whichever page the reader is by
 * then. While it runs, it cannot begin again. Reads, and answers that are shown once, use
 * `useMutation`.
 *
 * @param action - its name in the texts, or how its name follows from the variables
 */
export function useAction<Data, Variables = void>(
  action: ActionName | ((variables: Variables) => ActionName),
  options: UseMutationOptions<Data, Error, Variables>,
): UseMutationResult<Data, Error, Variables> {
  const { dispatchToast } = useToastController(TOASTER_ID);
  const { jobName } = useParams({ strict: false });
  const isRunning = useRef(false);
  const mutation = useMutation({
    ...options,
    onSettled: (data, error, variables, ...rest) => {
      isRunning.current = false;
      const name = typeof action === "function" ? action(variables) : action;
      dispatchToast(<ActionToast action={name} order={jobName} error={error} />, {
        intent: intentOf(error),
        // Fluent traps the focus of a reader who comes to a toast by Tab.
        root: { tabIndex: -1 },
      });
      return options.onSettled?.(data, error, variables, ...rest);
    },
  });
  const mutate: typeof mutation.mutate = (...order) => {
    // A second click may arrive before React shows that the first one began.
    if (isRunning.current) return;
    isRunning.current = true;
    mutation.mutate(...order);
  };
  return { ...mutation, mutate };
}

/** A change that waits for people or for the service has not failed. */
function intentOf(error: Error | null): ToastIntent {
  if (error === null) return "success";
  const kind = error instanceof ProblemError ? error.problem.class : undefined;
  return kind === "pending" || kind === "unreachable" ? "warning" : "error";
}
