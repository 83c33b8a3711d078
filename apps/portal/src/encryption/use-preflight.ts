import { JOB_CALLS, type JobResource, type KeyValidationResult } from "@databox-cmk/protocol";
import type { UseQueryResult } from "@tanstack/react-query";

import { type ChosenIdentity, type ChosenKey, decideKeyChange } from "../core/key-choice.ts";
import { useOrderName } from "../order/use-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-part.ts";

/** The checks of a key and who would use it; nothing is asked while one is not chosen. */
export function usePreflight(
  order: JobResource,
  chosen: ChosenKey | undefined,
  identity: ChosenIdentity | undefined,
): UseQueryResult<KeyValidationResult> {
  const name = useOrderName();
  const change = chosen && identity && decideKeyChange(order.identity, chosen, identity);
  return useRead(
    QUERY_KEYS.orderPart(name, "preflight", change, order.identity),
    (client, signal) => {
      const body = { ...change?.properties.details, identity: change?.identity };
      return client.call(JOB_CALLS.validateKey, { params: name, body, signal });
    },
    { enabled: change !== undefined, gcTime: 0, staleTime: 0 },
  );
}
