import { asciiLowerCase, type IdentityType, type ResourceIdentity } from "@databox-cmk/protocol";

import { failed, refusing } from "./failed.ts";
import type { AttachedIdentity } from "./order.ts";
import type { Outcome } from "./ports.ts";

const invalid = refusing("IdentityUpdateInvalid", "identity");

/**
 * Maximum number of user-assigned identities of one order. Azure has a limit but does not publish
 * it.
 */
export const MAX_USER_IDENTITIES = 10;

/** The effect of a write of `identity` on an order. */
export type IdentityPlan = {
  readonly keep: readonly AttachedIdentity[];
  /**
   * Attached user-assigned identities that were written again: a deleted one that was created anew
   * has another principal under the same resource id.
   */
  readonly refresh: readonly AttachedIdentity[];
  readonly remove: readonly AttachedIdentity[];
  /** A new principal is needed: role assignments of an earlier one no longer work. */
  readonly createSystemAssigned: boolean;
  /** Resource ids of user-assigned identities to attach, as they were written. */
  readonly attach: readonly string[];
};

/**
 * Merges the written identity into the attached ones, as Resource Manager does in a PATCH: `{}`
 * adds an identity, null removes it, and a type without UserAssigned removes all of them.
 */
export function decideIdentities(
  attached: readonly AttachedIdentity[],
  written: ResourceIdentity,
): Outcome<IdentityPlan> {
  const wantsSystem = written.type.startsWith("SystemAssigned");
  const wantsUser = written.type.endsWith("UserAssigned");
  const entries = Object.entries(written.userAssignedIdentities ?? {});
  if (!wantsUser && entries.some(([, value]) => value !== null))
    return invalid("userAssignedIdentities", "only with a type that has UserAssigned");

  const removed = new Set(
    entries.filter(([, value]) => value === null).map(([id]) => asciiLowerCase(id)),
  );
  const keep = attached.filter((identity) =>
    identity.kind === "system"
      ? wantsSystem
      : wantsUser && !removed.has(asciiLowerCase(identity.resourceId)),
  );
  const known = new Set(keep.map((identity) => asciiLowerCase(identity.resourceId)));
  const added = new Map(
    entries
      .filter(([id, value]) => value !== null && !known.has(asciiLowerCase(id)))
      .map(([id]) => [asciiLowerCase(id), id]),
  );
  const attach = [...added.values()];
  const named = new Set(
    entries.filter(([, value]) => value !== null).map(([id]) => id.toLowerCase()),
  );
  const count = keep.filter((identity) => identity.kind === "user").length + attach.length;
  if (wantsUser && count === 0)
    return invalid("userAssignedIdentities", "expected at least one identity");
  if (count > MAX_USER_IDENTITIES)
    return failed({
      code: "SsemUserErrorUserAssignedLimitReached",
      target: "identity.userAssignedIdentities",
      facts: { maximumCount: MAX_USER_IDENTITIES },
    });
  return {
    ok: true,
    value: {
      keep,
      refresh: keep.filter(
        (identity) => identity.kind === "user" && named.has(identity.resourceId.toLowerCase()),
      ),
      remove: attached.filter((identity) => !keep.includes(identity)),
      createSystemAssigned: wantsSystem && !keep.some((identity) => identity.kind === "system"),
      attach,
    },
  };
}

/** The ARM type of a set of attached identities. */
export function identityTypeOf(attached: readonly AttachedIdentity[]): IdentityType {
  const system = attached.some((identity) => identity.kind === "system");
  const user = attached.some((identity) => identity.kind === "user");
  if (system) return user ? "SystemAssigned,UserAssigned" : "SystemAssigned";
  return user ? "UserAssigned" : "None";
}
