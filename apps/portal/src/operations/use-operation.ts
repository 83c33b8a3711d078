import type { OperationName, PreparedNode } from "@databox-cmk/protocol";
import { useMutation } from "@tanstack/react-query";

import { moveOrder, prepareOrder } from "../api/operator-orders.ts";
import { useOrderName, useRefreshOrder } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";

export type OperationBody = {
  readonly serials?: readonly string[];
  readonly outcome?: string;
  readonly force?: boolean;
};
type Wanted = { readonly name: OperationName; readonly body: OperationBody };

/** Carries an operation out, and keeps what came of the last one. */
export function useOperation(): {
  readonly run: (wanted: Wanted) => void;
  readonly running: OperationName | undefined;
  /** The last one that ended, well or not. */
  readonly last: OperationName | undefined;
  readonly error: Error | null;
  /** Of a preparation, until they are put away: they are kept nowhere else. */
  readonly codes: readonly PreparedNode[] | undefined;
  readonly forget: () => void;
} {
  const { client } = useSignedIn();
  const name = useOrderName();
  const refresh = useRefreshOrder();
  const { mutate, reset, isPending, variables, error, data } = useMutation({
    gcTime: 0,
    mutationFn: async ({ name: operation, body }: Wanted) => {
      if (operation === "prepare") return prepareOrder(client, name, body.serials ?? []);
      await moveOrder(client, name, operation, body);
      return undefined;
    },
    // A refusal is news too: somebody else may have moved the order.
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
