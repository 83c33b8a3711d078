import { withoutUndefined } from "@databox-cmk/errors";
import { EmptyState } from "@databox-cmk/ui";
import {
  BoxMultipleRegular,
  BoxSearchRegular,
  HeartPulseRegular,
  ShieldDismissRegular,
} from "@fluentui/react-icons";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactElement } from "react";

import { useMayOnNew } from "../order/use-may.ts";
import { listedSubscription, useSubscriptions } from "../queries/use-subscriptions.ts";
import { lazyPanel } from "../shell/lazy-part.tsx";
import { Page } from "../shell/page.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import type { ListPosition } from "./list-position.ts";
import type { OrderSearch } from "./order-filter.ts";
import { type BulkAction, OrderList } from "./order-list.tsx";

const route = getRouteApi("/orders");
const CheckKeysPanel = lazyPanel(async () => (await import("./bulk-panel.tsx")).CheckKeysPanel);
const RevokePanel = lazyPanel(async () => (await import("./bulk-panel.tsx")).RevokePanel);

/** Orders of a subscription, page by page. */
export function OrdersPage(): ReactElement {
  const texts = useTexts();
  const subscriptions = useSubscriptions();
  const { after, page, ...search } = route.useSearch();
  const subscriptionId = listedSubscription(search.subscription, subscriptions.data);
  return (
    <Page title={texts.orders.title} icon={<BoxMultipleRegular />}>
      <QueryState of={subscriptions} />
      {subscriptionId !== undefined && (
        <SubscriptionOrders
          subscriptionId={subscriptionId}
          search={search}
          position={withoutUndefined({ after, page })}
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
  position,
}: {
  readonly subscriptionId: string;
  readonly search: OrderSearch;
  readonly position: ListPosition;
}): ReactElement {
  const texts = useTexts();
  const navigate = route.useNavigate();
  const mayCheck = useMayOnNew("checkKeyHealth", subscriptionId) === true;
  const mayRevoke = useMayOnNew("revoke", subscriptionId) === true;
  const words = texts.orders.bulk;
  const check: BulkAction = {
    title: words.check.title,
    icon: <HeartPulseRegular />,
    renderPanel: (panel) => <CheckKeysPanel {...panel} />,
  };
  const revoke: BulkAction = {
    title: words.revoke.title,
    icon: <ShieldDismissRegular />,
    renderPanel: (panel) => <RevokePanel by="customer" {...panel} />,
  };
  return (
    <OrderList
      subscriptionId={subscriptionId}
      search={search}
      position={position}
      onSearch={(changed) => void navigate({ search: changed, replace: true })}
      onMove={(to) => void navigate({ search: { ...search, ...to } })}
      onCreate={() => void navigate({ to: "/create" })}
      empty={texts.orders.empty}
      actions={[...(mayCheck ? [check] : []), ...(mayRevoke ? [revoke] : [])]}
    />
  );
}
