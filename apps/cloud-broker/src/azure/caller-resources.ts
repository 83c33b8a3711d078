import { isIdentifier, isSameIdentifier } from "@databox-cmk/protocol";
import * as z from "zod";

import { failed } from "../core/failed.ts";
import type { CallerResources, Outcome } from "../core/ports.ts";
import { identityFacts } from "../core/recovery-facts.ts";
import { readIdentity } from "./identities.ts";
import { unexpectedResource, type ResourceManagerGet } from "./resource-manager-get.ts";
import { createRoleReader } from "./role-reader.ts";

const SUBSCRIPTION_API_VERSION = "2022-12-01";
const SUBSCRIPTION = z.object({ subscriptionId: z.string(), tenantId: z.string() });

/** @param get - with the caller's own token, which is of the tenant */
export function createCallerResources(get: ResourceManagerGet, tenantId: string): CallerResources {
  const roles = createRoleReader(get);

  /** Resource Manager shows a subscription to those with rights in it, and names its tenant. */
  async function proveTenant(subscriptionId: string): Promise<Outcome<undefined>> {
    const notFound = failed({ code: "SubscriptionNotFound", target: "subscriptionId" });
    if (!isIdentifier("subscriptionId", subscriptionId)) return notFound;
    const answer = await get(
      `/subscriptions/${subscriptionId}?api-version=${SUBSCRIPTION_API_VERSION}`,
    );
    // A token that Resource Manager does not take proves nothing either.
    if (answer.kind === "failed" && answer.failure.reason !== "token-refused")
      return failed(answer.failure);
    if (answer.kind !== "found") return notFound;
    const subscription = SUBSCRIPTION.safeParse(answer.value);
    if (!subscription.success) return unexpectedResource("subscription");
    // Azure Lighthouse shows subscriptions of other tenants, too.
    return isSameIdentifier(subscription.data.tenantId, tenantId) &&
      isSameIdentifier(subscription.data.subscriptionId, subscriptionId)
      ? { ok: true, value: undefined }
      : notFound;
  }

  return {
    tenantId,
    async roleAssignments(principalId, scope) {
      const [, , subscriptionId] = scope.split("/");
      if (subscriptionId === undefined) return { ok: true, value: [] };
      const proven = await proveTenant(subscriptionId);
      if (!proven.ok) return proven;
      const assigned = await roles.roleAssignments(principalId, scope);
      // A caller who may not read their own assignments has none of the roles that count here.
      return !assigned.ok && assigned.failure.reason === "roles-hidden"
        ? { ok: true, value: [] }
        : assigned;
    },
    async userAssignedIdentity(resourceId) {
      const found = await readIdentity(get, resourceId);
      if (found !== undefined) return found;
      return failed({
        code: "SsemUserErrorKekUserIdentityNotFound",
        reason: "not-found",
        target: "identity",
        facts: identityFacts(resourceId),
      });
    },
  };
}
