import { localStarted } from "@databox-cmk/protocol";
import { useOneRun } from "@databox-cmk/ui";
import { useMutation } from "@tanstack/react-query";

import { useNode } from "../state/node-context.ts";

/**
 * Begins an operation; its steps arrive with the state.
 *
 * @param body - not a variable of the mutation: those are kept, and it may hold a passkey.
 */
export function useStart(path: string, body: object = {}) {
  const { api } = useNode();
  const run = useOneRun();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => api.call("POST", path, localStarted, body),
    onSettled: run.ended,
  });
  return {
    isPending,
    error,
    mutate: () => {
      if (run.begins()) mutate();
    },
  };
}
