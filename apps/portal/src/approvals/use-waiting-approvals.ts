import { APPROVAL_CALLS } from "@databox-cmk/protocol";
import { useQueries } from "@tanstack/react-query";

import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useSubscriptions } from "../queries/use-subscriptions.ts";

/** Every request of any order that waits for the reader; the earliest to expire comes first. */
export function useWaitingApprovals() {
  const { client } = useSignedIn();
  const subscriptions = useSubscriptions();
  const waiting = useQueries({
    queries: (subscriptions.data ?? []).map(({ subscriptionId }) => ({
      queryKey: [...QUERY_KEYS.waitingApprovals, subscriptionId],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        client.call(APPROVAL_CALLS.listWaiting, { params: { subscriptionId }, signal }),
    })),
  });
  return {
    approvals: waiting
      .flatMap(({ data }) => data?.value ?? [])
      .toSorted((a, b) => a.expiresAt.localeCompare(b.expiresAt)),
    isPending: subscriptions.isPending || waiting.some((each) => each.isPending),
    failed: [subscriptions, ...waiting].filter(({ error }) => error !== null),
  };
}
