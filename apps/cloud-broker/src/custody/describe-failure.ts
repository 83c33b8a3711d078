import { ERRORS, type Facts } from "@databox-cmk/errors";

import { kidOf } from "../core/key-url.ts";
import type { OrderId } from "../core/order.ts";
import type { Failure } from "../core/ports.ts";
import type { UsableKey } from "./usable-key.ts";

/** Puts the order's own names into a failure, for the steps that cure it. */
export function describeFailure(failure: Failure, usable: UsableKey): Failure {
  return usable.owner === "service"
    ? ofService(failure)
    : { ...failure, facts: { ...factsOf(usable), ...failure.facts } };
}

/** What is wrong with the service's own key is not the customer's to mend, and does not carry a customer's code. */
function ofService(failure: Failure): Failure {
  if (ERRORS[failure.code].class === "unreachable") return failure;
  const { vaultRequestId } = failure;
  const cause = [failure.code, failure.reason, failure.detail].filter((part) => part !== undefined);
  return {
    code: "PasskeyUnavailable",
    detail: `the service's own key cannot be used (${cause.join(", ")})`,
    ...(vaultRequestId !== undefined && { vaultRequestId }),
  };
}

function factsOf({ order, location, identity, key, vaultResourceId }: UsableKey): Facts {
  return {
    ...orderFacts(order),
    location,
    vaultName: key.vaultName,
    keyName: key.keyName,
    keyUrl:
      key.version === undefined ? `${key.vaultUrl}/keys/${key.keyName}` : kidOf(key, key.version),
    ...(key.version !== undefined && { keyVersion: key.version }),
    ...(vaultResourceId !== undefined && { vaultId: vaultResourceId }),
    ...(identity.kind === "order" && {
      principalId: identity.principalId,
      tenantId: identity.tenantId,
      federationSubject: identity.order,
    }),
  };
}

/** @param order - `/subscriptions/{s}/resourcegroups/{g}/providers/microsoft.databox/jobs/{name}` */
export function orderFacts(order: OrderId): Facts {
  const [, , subscriptionId = "", , resourceGroup = "", , , , orderName = ""] = order.split("/");
  return { subscriptionId, resourceGroup, orderName, orderId: order };
}
