import { LoadingState } from "@databox-cmk/ui";
import { BoxRegular, CopyRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { cloneOrder, emptyOrder } from "../core/clone-order.ts";
import { custodyOf } from "../core/policy-draft.ts";
import { useOrder, useOrderName, useUnlockPolicy } from "../order/use-order.ts";
import { useSubscriptions } from "../queries/use-subscriptions.ts";
import { OrdersCrumb, Page } from "../shell/page.tsx";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { ORDER, RouterBreadcrumb } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { OrderWizard } from "./order-wizard.tsx";

/** A new order, step by step. */
export function CreateOrderPage(): ReactElement {
  const texts = useTexts();
  const subscriptions = useSubscriptions();
  return (
    <Page
      title={texts.createOrder.title}
      icon={<BoxRegular />}
      trail={[<OrdersCrumb key="orders" />]}
    >
      <QueryState of={subscriptions} />
      {subscriptions.data !== undefined && (
        <OrderWizard start={emptyOrder(subscriptions.data[0]?.subscriptionId ?? "")} />
      )}
    </Page>
  );
}

/** Another order like this one: the same wizard with its values. */
export function CloneOrderPage(): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  const order = useOrder();
  const policy = useUnlockPolicy();
  // Without the right to read the order, its policy cannot be read either: one message says so.
  const failed = [order, policy].find(({ error }) => error !== null);
  return (
    <Page
      title={texts.createOrder.cloneOf(name.jobName)}
      icon={<CopyRegular />}
      trail={[
        <OrdersCrumb key="orders" />,
        <RouterBreadcrumb key="order" to={ORDER} params={name}>
          {name.jobName}
        </RouterBreadcrumb>,
      ]}
    >
      {failed === undefined && (order.isPending || policy.isPending) && <LoadingState />}
      {failed !== undefined && (
        <QueryProblem error={failed.error} onTryAgain={() => void failed.refetch()} />
      )}
      {order.data !== undefined && policy.data !== undefined && (
        <OrderWizard start={cloneOrder(name, order.data, custodyOf(policy.data.value))} />
      )}
    </Page>
  );
}
