import { withoutUndefined } from "@databox-cmk/errors";
import { ArrowSyncRegular, BoxMultipleRegular, ShieldDismissRegular } from "@fluentui/react-icons";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactElement } from "react";

import { OrderList } from "../../orders/order-list.tsx";
import { lazyPanel } from "../../shell/lazy-part.tsx";
import { OperatorPage } from "../../shell/page.tsx";
import { useTexts } from "../../texts/texts.ts";

const MoveOrdersPanel = lazyPanel(
  async () => (await import("../campaigns/move-orders-panel.tsx")).MoveOrdersPanel,
);
const RevokePanel = lazyPanel(
  async () => (await import("../../orders/bulk-panel.tsx")).RevokePanel,
);

const route = getRouteApi("/operators/operator/orders");

/** Orders of every customer, each with a link to its operations. */
export function AllOrdersPage(): ReactElement {
  const texts = useTexts();
  const { after, page, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const words = texts.orders.bulk;
  return (
    <OperatorPage title={texts.operator.orders} icon={<BoxMultipleRegular />}>
      <OrderList
        search={search}
        position={withoutUndefined({ after, page })}
        onSearch={(changed) => void navigate({ search: changed, replace: true })}
        onMove={(to) => void navigate({ search: { ...search, ...to } })}
        empty={texts.operator.ordersEmpty}
        opens="operations"
        actions={[
          {
            title: words.move.title,
            icon: <ArrowSyncRegular />,
            renderPanel: (panel) => <MoveOrdersPanel {...panel} />,
          },
          {
            title: words.revoke.title,
            icon: <ShieldDismissRegular />,
            renderPanel: (panel) => <RevokePanel by="operator" {...panel} />,
          },
        ]}
      />
    </OperatorPage>
  );
}
