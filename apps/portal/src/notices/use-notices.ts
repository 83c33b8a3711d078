import { NOTICE_CALLS, NOTICE_SUBSCRIPTIONS_MAX, type NoticeView } from "@databox-cmk/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useSignedIn } from "../queries/session-context.ts";
import { partKey, usePart } from "../queries/use-part.ts";
import { useSubscriptions } from "../queries/use-subscriptions.ts";

/** By time and not by live updates, so that a fleet that locks at once causes no extra requests. */
const EVERY_MS = 30_000;

export type Notices = ReturnType<typeof useNotices>;

/** News for the reader, and whether they have read them. */
export function useNotices() {
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const { subscriptions, given } = useNoticeScope();
  const queryKey = partKey(NOTICE_CALLS.list, given);
  const notices = usePart(NOTICE_CALLS.list, given, {
    enabled: subscriptions.data !== undefined,
    refetchInterval: EVERY_MS,
  });
  const { error, refetch } = subscriptions.error === null ? notices : subscriptions;
  // Not an action: the panel shows at once what is read, and nothing is lost if it fails.
  const marking = useMutation({
    mutationFn: (read: readonly string[]) =>
      client.call(NOTICE_CALLS.markRead, { ...given, body: { ids: [...read] } }),
    onMutate: async (read) => {
      await queryClient.cancelQueries({ queryKey });
      queryClient.setQueryData<typeof notices.data>(
        queryKey,
        (before) => before && { value: before.value.map((each) => markIn(read, each)) },
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
  return {
    /** `undefined` until they are known. */
    notices: notices.data?.value,
    error,
    tryAgain: () => void refetch(),
    markRead: (read: readonly string[]) => {
      if (read.length > 0) marking.mutate(read);
    },
  };
}

const markIn = (read: readonly string[], notice: NoticeView): NoticeView =>
  read.includes(notice.id) ? { ...notice, isRead: true } : notice;

/** The first of the reader's subscriptions, as the calls of notices are given them. */
export function useNoticeScope() {
  const subscriptions = useSubscriptions();
  const subscriptionId = subscriptions.data
    ?.slice(0, NOTICE_SUBSCRIPTIONS_MAX)
    .map((each) => each.subscriptionId);
  return { subscriptions, given: { params: {}, query: { subscriptionId, kinds: "any" } } };
}
