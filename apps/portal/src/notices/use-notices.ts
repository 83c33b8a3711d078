import { NOTICE_SUBSCRIPTIONS_MAX, type NoticeView } from "@databox-cmk/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Client } from "../api/client.ts";
import { markNoticesRead, readNotices } from "../api/notices.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { type ReadOptions, useRead } from "../queries/use-read.ts";
import { useSubscriptions } from "../queries/use-subscriptions.ts";

/** By time and not by live updates, so that a fleet that locks at once causes no extra requests. */
const EVERY_MS = 30_000;

export type Notices = {
  /** `undefined` until they are known. */
  readonly notices: readonly NoticeView[] | undefined;
  readonly error: Error | null;
  readonly tryAgain: () => void;
  readonly markRead: (ids: readonly string[]) => void;
};

/** News for the reader, and whether they have read them. */
export function useNotices(): Notices {
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const { ids, queryKey, value, error, tryAgain } = useOfSubscriptions(
    QUERY_KEYS.notices,
    readNotices,
    { refetchInterval: EVERY_MS },
  );
  // Not an action: the panel shows at once what is read, and nothing is lost if it fails.
  const marking = useMutation({
    mutationFn: (read: readonly string[]) => markNoticesRead(client, ids, read),
    onMutate: async (read) => {
      await queryClient.cancelQueries({ queryKey });
      queryClient.setQueryData<readonly NoticeView[]>(queryKey, (before) =>
        before?.map((each) => (read.includes(each.id) ? { ...each, isRead: true } : each)),
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
  return {
    notices: value,
    error,
    tryAgain,
    markRead: (read) => {
      if (read.length > 0) marking.mutate(read);
    },
  };
}

/** An answer of the broker that concerns the first of the reader's subscriptions. */
export function useOfSubscriptions<Value>(
  key: readonly string[],
  read: (client: Client, ids: readonly string[], signal: AbortSignal) => Promise<Value>,
  options: ReadOptions<Value> = {},
) {
  const subscriptions = useSubscriptions();
  const ids = subscriptions.data
    ?.slice(0, NOTICE_SUBSCRIPTIONS_MAX)
    .map(({ subscriptionId }) => subscriptionId);
  const queryKey = [...key, ids];
  const answer = useRead(queryKey, (client, signal) => read(client, ids ?? [], signal), {
    ...options,
    enabled: ids !== undefined,
  });
  return {
    ids: ids ?? [],
    queryKey,
    /** `undefined` until it is known. */
    value: answer.data,
    error: subscriptions.error ?? answer.error,
    tryAgain: () => void (subscriptions.error === null ? answer : subscriptions).refetch(),
  };
}
