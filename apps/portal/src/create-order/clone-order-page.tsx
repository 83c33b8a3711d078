import { LoadingState } from "@databox-cmk/ui";
import { CopyRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { cloneOrder } from "../core/clone-order.ts";
import { custodyOf } from "../core/policy-draft.ts";
import { useOrder, useOrderName, useUnlockPolicy } from "../order/use-order.ts";
import { Page } from "../shell/page.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterBreadcrumb } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { OrderWizard } from "./order-wizard.tsx";

/** Another order like this one: the same wizard with its values. */
export function CloneOrderPage(): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  const order = useOrder();
  const policy = useUnlockPolicy();
  return (
    <Page
      title={texts.createOrder.cloneOf(name.jobName)}
      icon={<CopyRegular />}
      trail={[
        <RouterBreadcrumb key="orders" to="/orders">
          {texts.orders.title}
        </RouterBreadcrumb>,
        <RouterBreadcrumb
          key="order"
          to="/orders/$subscriptionId/$resourceGroup/$jobName"
          params={name}
        >
          {name.jobName}
        </RouterBreadcrumb>,
      ]}
    >
      {(order.isPending || policy.isPending) && <LoadingState />}
      {order.error !== null && (
        <QueryProblem error={order.error} onTryAgain={() => void order.refetch()} />
      )}
      {policy.error !== null && (
        <QueryProblem error={policy.error} onTryAgain={() => void policy.refetch()} />
      )}
      {order.data !== undefined && policy.data !== undefined && (
        <OrderWizard start={cloneOrder(name, order.data, custodyOf(policy.data.view))} />
      )}
    </Page>
  );
}
