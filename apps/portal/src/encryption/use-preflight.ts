import type { JobResource, KeyValidationResult } from "@databox-cmk/protocol";
import { skipToken, useQuery, type UseQueryResult } from "@tanstack/react-query";

import { checkKey } from "../api/preflight.ts";
import { type ChosenIdentity, type ChosenKey, decideKeyChange } from "../core/key-choice.ts";
import { useOrderName } from "../order/use-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";

/** The checks of a key and who would use it; nothing is asked while there is no key. */
export function usePreflight(
  order: JobResource,
  chosen: ChosenKey | undefined,
  identity: ChosenIdentity,
): UseQueryResult<KeyValidationResult> {
  const { client } = useSignedIn();
  const name = useOrderName();
  const change =
    chosen === undefined ? undefined : decideKeyChange(order.identity, chosen, identity);
  return useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "preflight", change, order.identity),
    queryFn:
      change === undefined ? skipToken : ({ signal }) => checkKey(client, name, change, signal),
    gcTime: 0,
    staleTime: 0,
  });
}
