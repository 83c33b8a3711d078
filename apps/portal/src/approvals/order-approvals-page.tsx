import { APPROVAL_CALLS } from "@databox-cmk/protocol";
import { EmptyState, Stack } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { PersonClockRegular } from "@fluentui/react-icons";
import { keepPreviousData } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { OfferedTo } from "../order/read-only.tsx";
import { useOrderName, useUnlockPolicy } from "../order/use-order.ts";
import { usePart } from "../queries/use-part.ts";
import { Pager } from "../shell/pager.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { BreakGlass } from "./break-glass.tsx";

/** Requests of one order that wait or waited for people, and emergency access. */
export function OrderApprovalsPage(): ReactElement {
  const texts = useTexts().approvals;
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
