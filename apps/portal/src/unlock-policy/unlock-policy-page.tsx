import { LoadingState } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { useUnlockPolicy } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { PolicyForm } from "./policy-form.tsx";

/** On what terms the appliances of this order get their key. */
export function UnlockPolicyPage(): ReactElement {
  const policy = useUnlockPolicy();
  return (
    <OrderPage section="unlockPolicy">
      {policy.isPending && <LoadingState />}
      {policy.error !== null && (
        <QueryProblem error={policy.error} onTryAgain={() => void policy.refetch()} />
      )}
      {policy.data !== undefined && <PolicyForm stored={policy.data} />}
    </OrderPage>
  );
}
