import { EmptyState, LoadingState } from "@databox-cmk/ui";
import { BoxMultipleRegular, BoxSearchRegular } from "@fluentui/react-icons";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { readOrderSummaries } from "../api/order-summaries.ts";
import { useMayInSubscription } from "../order/use-may.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Page } from "../shell/page.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterBreadcrumb } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import type { OrderSearch } from "./order-filter.ts";
import { OrderList } from "./order-list.tsx";
import { useSubscriptions } from "./use-subscriptions.ts";

const route = getRouteApi("/orders");

/** Orders of a subscription, page by page. */
export function OrdersPage(): ReactElement {
  const texts = useTexts();
  const subscriptions = useSubscriptions();
  const search = route.useSearch();
  const subscriptionId = search.subscription ?? subscriptions.data?.[0]?.subscriptionId;
  return (
    <Page
      title={texts.orders.title}
      icon={<BoxMultipleRegular />}
      trail={[
        <RouterBreadcrumb key="home" to="/">
          {texts.shell.home}
        </RouterBreadcrumb>,
      ]}
    >
      {subscriptions.error !== null && (
        <QueryProblem error={subscriptions.error} onTryAgain={() => void subscriptions.refetch()} />
      )}
      {subscriptions.isPending && <LoadingState />}
      {subscriptionId !== undefined && (
        <SubscriptionOrders
          // A page position belongs to one list.
          key={JSON.stringify([subscriptionId, search])}
          subscriptionId={subscriptionId}
          search={search}
        />
      )}
      {subscriptions.data?.length === 0 && (
        <EmptyState icon={<BoxSearchRegular />} title={texts.orders.noSubscriptions} />
      )}
    </Page>
  );
}

function SubscriptionOrders({
  subscriptionId,
  search,
}: {
  readonly subscriptionId: string;
  readonly search: OrderSearch;
}): ReactElement {
  const texts = useTexts();
  const navigate = route.useNavigate();
  const { client } = useSignedIn();
  const mayCheck = useMayInSubscription("checkKeyHealth", subscriptionId);
  return (
    <OrderList
      subscriptionId={subscriptionId}
      search={search}
      read={(filter, position, signal, pageSize) =>
        readOrderSummaries(client, subscriptionId, filter, position, signal, pageSize)
      }
      onSearch={(changed) => void navigate({ search: changed, replace: true })}
      onCreate={() => void navigate({ to: "/create" })}
      empty={texts.orders.empty}
      mayCheck={mayCheck === true}
    />
  );
}
