import {
  NOTICE_SUBSCRIPTIONS_MAX,
  type NoticeChoices,
  type NoticeChoicesWrite,
} from "@databox-cmk/protocol";
import { useQueryClient } from "@tanstack/react-query";

import { readNoticeChoices, writeNoticeChoices } from "../api/notices.ts";
import { useSubscriptions } from "../orders/use-subscriptions.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useRead } from "../queries/use-read.ts";

/** The reader's choices, and a function to change them. */
export function useNoticeChoices(): {
  /** `undefined` until they are known. */
  readonly choices: NoticeChoices | undefined;
  readonly error: Error | null;
  readonly tryAgain: () => void;
  readonly write: (body: NoticeChoicesWrite) => Promise<void>;
} {
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const subscriptions = useSubscriptions();
  const ids = subscriptions.data
    ?.slice(0, NOTICE_SUBSCRIPTIONS_MAX)
    .map(({ subscriptionId }) => subscriptionId);
  const queryKey = [...QUERY_KEYS.noticeChoices, ids];
  const choices = useRead(
    queryKey,
    (reader, signal) => readNoticeChoices(reader, ids ?? [], signal),
    { enabled: ids !== undefined },
  );
  return {
    choices: choices.data,
    error: subscriptions.error ?? choices.error,
    tryAgain: () => void (subscriptions.error === null ? choices : subscriptions).refetch(),
    write: async (body) => {
      await writeNoticeChoices(client, body);
      await queryClient.invalidateQueries({ queryKey });
    },
  };
}
