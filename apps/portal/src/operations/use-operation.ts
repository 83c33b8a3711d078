import type { OperationName, PreparedNode } from "@databox-cmk/protocol";

import { moveOrder, prepareOrder } from "../api/operator-orders.ts";
import { useOrderName, useRefreshOrder } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useAction } from "../toasts/use-action.tsx";

export type OperationBody = {
  readonly serials?: readonly string[];
  readonly outcome?: string | undefined;
  readonly force?: boolean;
};
type Wanted = { readonly name: OperationName; readonly body: OperationBody };

/** Runs an operation, and keeps the result of the last one. */
export function useOperation(): {
  readonly run: (wanted: Wanted) => void;
  readonly running: OperationName | undefined;
  /** The last one that ended, successful or not. */
  readonly last: OperationName | undefined;
  readonly error: Error | null;
  /** Codes of a preparation, until they are closed: they are stored nowhere else. */
  readonly codes: readonly PreparedNode[] | undefined;
  readonly forget: () => void;
} {
  const { client } = useSignedIn();
  const name = useOrderName();
  const refresh = useRefreshOrder();
  const { mutate, reset, isPending, variables, error, data } = useAction("runOperation", {
    gcTime: 0,
    mutationFn: async ({ name: operation, body }: Wanted) => {
      if (operation === "prepare") return prepareOrder(client, name, body.serials ?? []);
      await moveOrder(client, name, operation, body);
      return undefined;
    },
    // A refusal is news too: another person may have moved the order.
    onSettled: refresh,
  });
  return {
    run: mutate,
    running: isPending ? variables.name : undefined,
    last: isPending ? undefined : variables?.name,
    error,
    codes: data,
    forget: reset,
  };
}
