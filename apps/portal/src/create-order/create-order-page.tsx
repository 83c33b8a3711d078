import { BoxRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { emptyOrder } from "../core/clone-order.ts";
import { useSubscriptions } from "../queries/use-subscriptions.ts";
import { OrdersCrumb } from "../shell/crumbs.tsx";
import { Page } from "../shell/page.tsx";
import { QueryState } from "../shell/query-problem.tsx";
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
