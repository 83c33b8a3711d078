import { ERRORS, type Facts, withoutUndefined } from "@databox-cmk/errors";

import { kidOf } from "../core/key-url.ts";
import type { Failure } from "../core/ports.ts";
import { identityFacts, orderFacts } from "../core/recovery-facts.ts";
import type { UsableKey } from "./usable-key.ts";

/** Adds the order's own names to a failure, for the steps that cure it. */
export function describeFailure(failure: Failure, usable: UsableKey): Failure {
  return usable.owner === "service"
    ? ofService(failure)
    : { ...failure, facts: { ...factsOf(usable, failure), ...failure.facts } };
}

/**
 * The customer cannot repair the service's own key, so its failures do not carry a customer's code.
 */
function ofService(failure: Failure): Failure {
  if (ERRORS[failure.code].class === "unreachable") return failure;
  const cause = [failure.code, failure.reason, failure.detail].filter((part) => part !== undefined);
  return {
    code: "PasskeyUnavailable",
    detail: `the service's own key cannot be used (${cause.join(", ")})`,
    vaultRequestId: failure.vaultRequestId,
  };
}

function factsOf(
  { order, location, identity, identityId, key, vaultResourceId }: UsableKey,
  { reason }: Failure,
): Facts {
  // A missing version in a step helps no reader: without one, the URL means the newest.
  const version = reason === "version-not-found" ? undefined : key.version;
  return {
    ...orderFacts(order),
    location,
    vaultLocation: location, // A key in use is in the region of its order.
    vaultName: key.vaultName,
    keyName: key.keyName,
    vaultHost: hostOf(key.vaultUrl),
    keyUrl: version === undefined ? `${key.vaultUrl}/keys/${key.keyName}` : kidOf(key, version),
    ...withoutUndefined({ keyVersion: key.version, vaultId: vaultResourceId }),
    ...(identityId !== undefined && identityFacts(identityId)),
    ...(identity.kind === "order" && {
      principalId: identity.principalId,
      tenantId: identity.tenantId,
      federationSubject: identity.order,
    }),
  };
}

function hostOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === "" ? "443" : port}`;
}
