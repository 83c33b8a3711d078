import type { RoleAssignment } from "../../src/callers/held-roles.ts";
import { failed } from "../../src/core/failed.ts";
import type { AttachedIdentity } from "../../src/core/order.ts";
import type { CallerResources, Failure } from "../../src/core/ports.ts";

export type FakeTenants = {
  /** The tenant of each subscription, as Resource Manager says. */
  readonly subscriptions: Map<string, string>;
  /** User-assigned identities of any tenant by resource id. */
  readonly identities: Map<string, AttachedIdentity>;
};

/** Why the service's own rights read no role assignments in another tenant. */
export function hiddenFrom(
  home: string,
  scope: string,
  { subscriptions }: FakeTenants,
): Failure | undefined {
  const [, , subscriptionId = ""] = scope.split("/");
  return (subscriptions.get(subscriptionId.toLowerCase()) ?? home) === home
    ? undefined
    : { code: "ResourceManagerUnreachable", reason: "roles-hidden", facts: { subscriptionId } };
}

/** Resource Manager as a caller of one tenant sees it with their own token. */
export const fakeCallerResources = (
  tenantId: string,
  { subscriptions, identities }: FakeTenants,
  assignments: ReadonlyMap<string, readonly RoleAssignment[]>,
): CallerResources => ({
  tenantId,
  roleAssignments(principalId, scope) {
    const [, , subscription] = scope.split("/");
    if (subscription === undefined) return Promise.resolve({ ok: true, value: [] });
    return Promise.resolve(
      subscriptions.get(subscription.toLowerCase()) === tenantId
        ? { ok: true, value: assignments.get(principalId) ?? [] }
        : failed({ code: "SubscriptionNotFound", target: "subscriptionId" }),
    );
  },
  userAssignedIdentity(resourceId) {
    const value = identities.get(resourceId);
    return Promise.resolve(
      value === undefined
        ? failed({ code: "SsemUserErrorKekUserIdentityNotFound", reason: "not-found" })
        : { ok: true, value },
    );
  },
});
