import { EmptyState, LoadingState, Stack } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { PersonClockRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { Page } from "../shell/page.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { useWaitingApprovals } from "./use-waiting-approvals.ts";

/** Every request of any order that waits for the reader. */
export function WaitingApprovalsPage(): ReactElement {
  const texts = useTexts();
  const { approvals, isPending, failed } = useWaitingApprovals();
  return (
    <Page title={texts.approvals.waitingTitle} icon={<PersonClockRegular />}>
      <Stack gap="L">
        {failed.map(({ error, refetch }, index) => (
          <QueryProblem key={index} error={error} onTryAgain={() => void refetch()} />
        ))}
        {isPending && <LoadingState />}
        {!isPending && failed.length === 0 && approvals.length === 0 && (
          <EmptyState icon={<PersonClockRegular />} title={texts.approvals.noneWaiting}>
            <Text>{texts.approvals.noneWaitingHint}</Text>
          </EmptyState>
        )}
        {approvals.map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} isOrderNamed />
        ))}
      </Stack>
    </Page>
  );
}
