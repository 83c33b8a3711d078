import { isSame, type AccessPolicy } from "../../core/model.ts";
import { badRequest } from "../arm-error.ts";
import type { AccessPolicyInput } from "./vault-schema.ts";

const POLICIES_MAXIMUM = 1_024;
const KINDS = ["keys", "secrets", "certificates", "storage"] as const;
type Permissions = AccessPolicy["permissions"];

/**
 * Key permissions by their documented names; the other kinds have no data plane here and are kept
 * as written.
 */
const KEY_PERMISSIONS: ReadonlySet<string> = new Set(
  [
    ["all", "get", "list", "create", "import", "update", "delete", "recover", "backup", "restore"],
    ["purge", "encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify", "release", "rotate"],
    ["getrotationpolicy", "setrotationpolicy"],
  ]
    .flat()
    .map((name) => name.toLowerCase()),
);

/** @throws ArmError 400 for another tenant, an unknown key permission or too many entries. */
export function parseAccessPolicies(
  inputs: readonly AccessPolicyInput[],
  vaultTenantId: string,
): AccessPolicy[] {
  if (inputs.length > POLICIES_MAXIMUM)
    throw badRequest(
      `accessPolicies: ${inputs.length} entries, at most ${POLICIES_MAXIMUM} are allowed.`,
    );
  return inputs.map((input) => {
    if (!isSame(input.tenantId, vaultTenantId))
      throw badRequest(
        `An invalid value was provided for 'accessPolicies': tenantId '${input.tenantId}' is not the vault's tenant '${vaultTenantId}'.`,
      );
    const keys = input.permissions.keys ?? [];
    const unknown = keys.find((name) => !KEY_PERMISSIONS.has(name.toLowerCase()));
    if (unknown !== undefined)
      throw badRequest(
        `An invalid value was provided for 'accessPolicies': '${unknown}' is not a key permission. Use some of ${[...KEY_PERMISSIONS].join(", ")}.`,
      );
    return {
      tenantId: input.tenantId,
      objectId: input.objectId,
      applicationId: typeof input.applicationId === "string" ? input.applicationId : undefined,
      permissions: {
        keys,
        secrets: input.permissions.secrets ?? [],
        certificates: input.permissions.certificates ?? [],
        storage: input.permissions.storage ?? [],
      },
    };
  });
}

export type PolicyChange = "add" | "replace" | "remove";

/**
 * `PUT …/accessPolicies/{add|replace|remove}`. An entry is a principal, or a principal through an
 * application. `add` unites permissions, `replace` sets those of the entries given, `remove` takes
 * the given ones away; an entry left with none goes, and so does one whose removal names no
 * permission.
 */
export function changePolicies(
  current: readonly AccessPolicy[],
  change: PolicyChange,
  given: readonly AccessPolicy[],
): AccessPolicy[] {
  let policies = [...current];
  for (const policy of given) {
    const index = policies.findIndex((candidate) => isSameEntry(candidate, policy));
    const existing = policies[index];
    if (existing === undefined) {
      if (change !== "remove") policies.push(policy);
      continue;
    }
    const changed = { ...existing, permissions: combine(existing, policy, change) };
    policies = isEmpty(changed.permissions)
      ? policies.toSpliced(index, 1)
      : policies.with(index, changed);
  }
  return policies;
}

function combine(existing: AccessPolicy, given: AccessPolicy, change: PolicyChange): Permissions {
  if (change === "replace") return given.permissions;
  if (change === "add")
    return mapKinds((kind) => {
      const known = existing.permissions[kind];
      return [...known, ...without(given.permissions[kind], known)];
    });
  if (isEmpty(given.permissions)) return given.permissions;
  return mapKinds((kind) => without(existing.permissions[kind], given.permissions[kind]));
}

function mapKinds(namesOf: (kind: (typeof KINDS)[number]) => readonly string[]): Permissions {
  return {
    keys: namesOf("keys"),
    secrets: namesOf("secrets"),
    certificates: namesOf("certificates"),
    storage: namesOf("storage"),
  };
}

function without(names: readonly string[], removed: readonly string[]): string[] {
  const lower = new Set(removed.map((name) => name.toLowerCase()));
  return names.filter((name) => !lower.has(name.toLowerCase()));
}

function isEmpty(permissions: Permissions): boolean {
  return KINDS.every((kind) => permissions[kind].length === 0);
}

function isSameEntry(a: AccessPolicy, b: AccessPolicy): boolean {
  return isSame(a.objectId, b.objectId) && isSame(a.applicationId, b.applicationId);
}
