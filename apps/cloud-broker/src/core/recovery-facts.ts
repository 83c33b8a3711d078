import { type Facts, withoutUndefined } from "@databox-cmk/errors";
import { isSameIdentifier } from "@databox-cmk/protocol";

import type { AttachedIdentity, KeyChoice, OrderId } from "./order.ts";

/** An order's current names for the steps that cure a failure. */
export function recoveryFacts(order: {
  readonly id: OrderId;
  readonly key: KeyChoice;
  readonly identities: readonly AttachedIdentity[];
}): Facts {
  const names = orderFacts(order.id);
  const { key } = order;
  if (key.kekType === "MicrosoftManaged") return names;
  const [, vaultName = "", keyName = "", keyVersion = ""] = KEY_URL.exec(key.kekUrl) ?? [];
  const principalId = order.identities.find(({ kind, resourceId }) =>
    key.identity.type === "SystemAssigned"
      ? kind === "system"
      : isSameIdentifier(resourceId, key.identity.resourceId),
  )?.principalId;
  return {
    ...names,
    vaultId: key.kekVaultResourceId,
    keyUrl: key.kekUrl,
    vaultName,
    keyName,
    keyVersion,
    ...withoutUndefined({ principalId }),
    ...(key.identity.type === "UserAssigned" ? identityFacts(key.identity.resourceId) : {}),
  };
}

/**
 * @param order - `/subscriptions/{s}/resourcegroups/{g}/providers/microsoft.databox/jobs/{name}`
 */
export function orderFacts(order: OrderId): Facts {
  const [, , subscriptionId = "", , resourceGroup = "", , , , orderName = ""] = order.split("/");
  return { subscriptionId, resourceGroup, orderName, orderId: order };
}

/**
 * @param identityId -
 * `/subscriptions/{s}/resourcegroups/{g}/providers/microsoft.managedidentity/userassignedidentities/{name}`
 */
export function identityFacts(identityId: string): Facts {
  const segments = identityId.split("/");
  return {
    identityId,
    identityName: segments.at(-1) ?? "",
    identityResourceGroup: segments[4] ?? "",
  };
}

const KEY_URL = /^https:\/\/([^./]+)\.[^/]+\/keys\/([^/]+)(?:\/([^/]+))?/i;
