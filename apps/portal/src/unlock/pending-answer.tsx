import { LoadingState } from "@databox-cmk/ui";
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useEffect, useEffectEvent } from "react";

import { readApprovals } from "../api/approvals.ts";
import { ApprovalFacts } from "../approvals/approval-facts.tsx";
import { readPending } from "../core/read-message.ts";
import { useOrderName } from "../order/use-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useTexts } from "../texts/texts.ts";

/** The votes so far; news of the approval arrive automatically. */
export function PendingAnswer({
  answer,
  onDecided,
}: {
  readonly answer: string;
  readonly onDecided: () => void;
}): ReactElement {
  const texts = useTexts().unlock;
  const { client } = useSignedIn();
  const name = useOrderName();
  const pending = readPending(answer);
  const approvals = useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "approvals"),
    queryFn: ({ signal }) => readApprovals(client, name, undefined, signal),
  });
  const approval = approvals.data?.approvals.find(({ id }) => id === pending?.id);
  const state = approval?.state;
  const tellDecided = useEffectEvent(onDecided);
  useEffect(() => {
    if (state !== undefined && state !== "waiting") tellDecided();
  }, [state]);
  return (
    <>
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{texts.pendingTitle}</MessageBarTitle>
          {pending === undefined ? "" : texts.pending(pending.given, pending.required)}
        </MessageBarBody>
      </MessageBar>
      {approval === undefined ? (
        approvals.isPending && <LoadingState />
      ) : (
        <ApprovalFacts approval={approval} />
      )}
    </>
  );
}
