import { APPROVAL_CALLS } from "@databox-cmk/protocol";
import { EmptyState, Notice, Stack, Time } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { PersonClockRegular, WarningRegular } from "@fluentui/react-icons";
import { keepPreviousData } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { type Affirmed, LoudDialog } from "../order/loud-dialog.tsx";
import { OrderPage } from "../order/order-page.tsx";
import { OfferedTo } from "../order/read-only.tsx";
import { useOrderChange, useOrderName, useUnlockPolicy } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { usePart } from "../queries/use-part.ts";
import { Pager } from "../shell/pager.tsx";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { ApprovalCard } from "./approval-card.tsx";

/** Requests of one order that wait or waited for people, and emergency access. */
export function OrderApprovalsPage(): ReactElement {
  const texts = useTexts().approvals;
  const { session } = useSignedIn();
  const name = useOrderName();
  const policy = useUnlockPolicy();
  const [positions, setPositions] = useState<readonly string[]>([]);
  const position = positions.at(-1);
  const approvals = usePart(
    APPROVAL_CALLS.list,
    { params: name, query: { $skipToken: position } },
    { placeholderData: keepPreviousData },
  );
  const { data } = approvals;
  const required = policy.data?.value.release.approvals.required;
  return (
    <OrderPage section="approvals">
      <Stack gap="L">
        {required !== undefined && <Text>{texts.policy(required)}</Text>}
        {(required ?? 0) > 0 && session.readsAccounts !== true && <Text>{texts.accounts}</Text>}
        {policy.data?.value.release.breakGlass === true && (
          <OfferedTo action="breakGlass">
            <BreakGlass />
          </OfferedTo>
        )}
        <QueryState of={approvals} />
        {data?.value.length === 0 && (
          <EmptyState icon={<PersonClockRegular />} title={texts.none} />
        )}
        {data?.value.map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} isOrderNamed={false} />
        ))}
        {data !== undefined && data.value.length > 0 && (
          <Pager
            of={approvals}
            shown={texts.shown(data.value.length)}
            positions={positions}
            onMove={setPositions}
          />
        )}
      </Stack>
    </OrderPage>
  );
}

/** Allows one release without approval and outside of unlock hours; the dialog names who is told. */
function BreakGlass(): ReactElement {
  const texts = useTexts().approvals.breakGlass;
  const [isAsking, setIsAsking] = useState(false);
  const opening = useOrderChange("openEmergencyAccess", (call, body: Affirmed) =>
    call(APPROVAL_CALLS.breakGlass, { body }),
  );
  return (
    <>
      {opening.data === undefined ? (
        <Notice
          intent="warning"
          title={texts.title}
          actions={
            <Button
              icon={<WarningRegular />}
              disabledFocusable={opening.isPending}
              onClick={() => setIsAsking(true)}
            >
              {texts.button}
            </Button>
          }
        >
          {texts.hint}
        </Notice>
      ) : (
        <Notice intent="error" title={texts.openTitle}>
          {texts.open(opening.data.serial)} <Time at={opening.data.expiresAt} />
        </Notice>
      )}
      <QueryProblem error={opening.error} />
      {isAsking && (
        <LoudDialog
          title={texts.dialogTitle}
          warning={texts.warning}
          loss="emergency"
          confirm={texts.button}
          onConfirm={opening.mutate}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  );
}
