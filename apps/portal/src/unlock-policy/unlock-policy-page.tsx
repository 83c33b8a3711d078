import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { EditableBy } from "../order/read-only.tsx";
import { useOrder, useUnlockBudget, useUnlockPolicy } from "../order/use-order.ts";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { BudgetForm } from "./budget-form.tsx";
import { PolicyForm } from "./policy-form.tsx";

/** The conditions under which this order's appliances get their key, and the daily limit. */
export function UnlockPolicyPage(): ReactElement {
  const order = useOrder();
  const { properties } = order.data ?? {};
  const policy = useUnlockPolicy();
  const budget = useUnlockBudget();
  return (
    <OrderPage section="unlockPolicy">
      <QueryState of={policy} />
      {policy.data !== undefined && (
        <EditableBy action="writePolicy">
          <PolicyForm
            stored={policy.data}
            hasOwnKey={properties?.details?.keyEncryptionKey.kekType !== "MicrosoftManaged"}
            purpose={properties?.transferType === "ExportFromAzure" ? "fill" : "ingest"}
          />
        </EditableBy>
      )}
      <QueryProblem error={budget.error} onTryAgain={() => void budget.refetch()} />
      {budget.data !== undefined && (
        <EditableBy action="writeBudget">
          <BudgetForm stored={budget.data} />
        </EditableBy>
      )}
    </OrderPage>
  );
}
