import { isFresh } from "../core/is-fresh.ts";
import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { EpochMs } from "../core/order.ts";
import { type HeldRole, roleOfDefinition } from "../core/permissions.ts";
import type { CallerResources, Clock, Outcome } from "../core/ports.ts";

/** A role assignment as listed by Resource Manager. */
export type RoleAssignment = { readonly roleDefinitionId: string; readonly scope: string };

/** Role assignments of a principal that apply to a scope: those at it, and inherited ones. */
export type RoleReader = {
  roleAssignments(principalId: string, scope: string): Promise<Outcome<readonly RoleAssignment[]>>;
  /** Whether the account exists and is enabled; absent: the broker may not read accounts. */
  isEnabled?(principalId: string): Promise<Outcome<boolean>>;
};

/** Azure keeps the role assignments of an account that was disabled or deleted. */
export function ofEnabledAccounts(reader: RoleReader): RoleReader {
  return {
    async roleAssignments(principalId, scope) {
      const enabled = (await reader.isEnabled?.(principalId)) ?? { ok: true, value: true };
      if (!enabled.ok) return enabled;
      return enabled.value ? reader.roleAssignments(principalId, scope) : { ok: true, value: [] };
    },
  };
}

/** How long a removed assignment may still count, and a new one may not count yet. */
const MAX_AGE_MS = 30_000;
const NONE_MAX_AGE_MS = 5_000;
const MAX_ENTRIES = 10_000;

export type HeldRoles = (
  principalId: string,
  scope: string,
  own?: CallerResources,
) => Promise<Outcome<readonly HeldRole[]>>;

/**
 * Roles of principals, cached for at most 30 s; concurrent requests share one call. An object id
 * names a principal of one tenant only.
 */
export function createHeldRoles(reader: RoleReader, now: Clock): HeldRoles {
  type Entry = {
    readonly atMs: EpochMs;
    maxAgeMs: number;
    readonly roles: Promise<Outcome<readonly HeldRole[]>>;
  };
  const entries = new LeastRecentlyUsed<string, Entry>(MAX_ENTRIES);
  return (principalId, scope, own) => {
    const key = `${own?.tenantId ?? ""} ${principalId} ${scope}`;
    const known = entries.get(key);
    if (known !== undefined && isFresh(now(), known.atMs, known.maxAgeMs)) return known.roles;
    const entry: Entry = {
      atMs: now(),
      maxAgeMs: MAX_AGE_MS,
      roles: readRoles(own ?? reader, principalId, scope).then((outcome) => {
        if (!outcome.ok) entries.delete(key);
        else if (outcome.value.length === 0) entry.maxAgeMs = NONE_MAX_AGE_MS;
        return outcome;
      }),
    };
    entries.set(key, entry);
    return entry.roles;
  };
}

async function readRoles(
  reader: Pick<RoleReader, "roleAssignments">,
  principalId: string,
  scope: string,
): Promise<Outcome<readonly HeldRole[]>> {
  const outcome = await reader.roleAssignments(principalId, scope);
  if (!outcome.ok) return outcome;
  return {
    ok: true,
    value: outcome.value.flatMap((assignment) => {
      const role = roleOfDefinition(assignment.roleDefinitionId);
      return role === undefined ? [] : [{ role, scope: assignment.scope }];
    }),
  };
}
