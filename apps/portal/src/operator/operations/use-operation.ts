import {
  type Call,
  MOVE_CALLS,
  OPERATOR_ORDER_CALLS,
  type OperationName,
} from "@databox-cmk/protocol";

import { useOrderChange } from "../../order/use-order.ts";

export type OperationBody = {
  readonly serials?: string[];
  readonly outcome?: string | undefined;
  readonly force?: boolean;
};
type Wanted = { readonly name: OperationName; readonly body: OperationBody };

/** Runs an operation, and keeps the result of the last one. */
export function useOperation() {
  const { mutate, reset, isPending, variables, error, data } = useOrderChange(
    ({ name }: Wanted) => ["runOperation", name],
    async (call, { name, body }: Wanted) => {
      if (name === "prepare") return (await call(OPERATOR_ORDER_CALLS.prepare, { body })).nodes;
      const row: Call & { readonly body: NonNullable<Call["body"]> } = MOVE_CALLS[name];
      await call(row, { body });
      return undefined;
    },
    { gcTime: 0 },
  );
  return {
    run: mutate,
    running: isPending ? variables.name : undefined,
    /** The last one that ended, successful or not. */
    last: isPending ? undefined : variables?.name,
    error,
    /** Codes of a preparation, until they are closed: they are stored nowhere else. */
    codes: data,
    forget: reset,
  };
}
