import { BoxMultipleRegular } from "@fluentui/react-icons";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { readAllOrderSummaries } from "../api/order-summaries.ts";
import { OrderList } from "../orders/order-list.tsx";
import { useSignedIn } from "../queries/session-context.ts";
import { useTexts } from "../texts/texts.ts";
import { OperatorPage } from "./operator-page.tsx";

const route = getRouteApi("/operators/operator/orders");

/** Orders of every customer, each with a link to its operations. */
export function AllOrdersPage(): ReactElement {
  const texts = useTexts();
  const { client } = useSignedIn();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <OperatorPage title={texts.operator.orders} icon={<BoxMultipleRegular />}>
      <OrderList
        // A page position belongs to one list.
        key={JSON.stringify(search)}
        search={search}
        read={(filter, position, signal, pageSize) =>
          readAllOrderSummaries(client, filter, position, signal, pageSize)
        }
        onSearch={(changed) => void navigate({ search: changed, replace: true })}
        empty={texts.operator.ordersEmpty}
        opens="operations"
      />
    </OperatorPage>
  );
}
