import type { JobResource } from "@databox-cmk/protocol";
import { Facts, Time } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { HealthBadge } from "../orders/health-badge.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { useKeyHealth, useOrderName } from "./use-order.ts";

/** The facts of an order at a glance. */
export function Essentials({ order }: { readonly order: JobResource }): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  const health = useKeyHealth();
  const { properties } = order;
  const kek = properties.details?.keyEncryptionKey;
  return (
    <Facts
      facts={[
        { label: texts.orders.stage, value: texts.stages[properties.status] },
        { label: texts.orders.group, value: name.resourceGroup },
        { label: texts.order.model, value: texts.order.models[order.sku.name] ?? order.sku.name },
        { label: texts.orders.location, value: order.location },
        { label: texts.order.transfer, value: texts.order.transfers[properties.transferType] },
        { label: texts.orders.subscription, value: name.subscriptionId },
        { label: texts.orders.ordered, value: <Time at={properties.startTime} /> },
        ...(kek === undefined
          ? []
          : [
              {
                label: texts.orders.encryption,
                value: (
                  <RouterLink
                    to="/orders/$subscriptionId/$resourceGroup/$jobName/encryption"
                    params={name}
                  >
                    {texts.encryptionTypes[kek.kekType]}
                  </RouterLink>
                ),
              },
            ]),
        ...(health.data === undefined
          ? []
          : [{ label: texts.orders.health, value: <HealthBadge health={health.data} /> }]),
      ]}
    />
  );
}
