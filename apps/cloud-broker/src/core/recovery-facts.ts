import type { Facts } from "@databox-cmk/errors";

import type { AttachedIdentity, KeyChoice, OrderId } from "./order.ts";

/** An order's own names for the steps that cure a failure, as they are now. */
export function recoveryFacts(order: {
  readonly id: OrderId;
  readonly key: KeyChoice;
  readonly identities: readonly AttachedIdentity[];
}): Facts {
  const [, , subscriptionId = "", , resourceGroup = "", , , , orderName = ""] = order.id.split("/");
  const names = { subscriptionId, resourceGroup, orderName, orderId: order.id };
  const { key } = order;
  if (key.kekType === "MicrosoftManaged") return names;
  const [, vaultName = "", keyName = "", keyVersion = ""] = KEY_URL.exec(key.kekUrl) ?? [];
  const principalId = order.identities.find(({ kind, resourceId }) =>
    key.identity.type === "SystemAssigned"
      ? kind === "system"
      : resourceId.toLowerCase() === key.identity.resourceId.toLowerCase(),
  )?.principalId;
  return {
    ...names,
    vaultId: key.kekVaultResourceId,
    keyUrl: key.kekUrl,
    vaultName,
    keyName,
    keyVersion,
    ...(principalId === undefined ? {} : { principalId }),
  };
}

const KEY_URL = /^https:\/\/([^./]+)\.[^/]+\/keys\/([^/]+)(?:\/([^/]+))?/i;
