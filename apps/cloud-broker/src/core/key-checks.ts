import { canonicalLocation, type ErrorCode } from "@databox-cmk/errors";
import { asciiLowerCase, isSameIdentifier, type KeyCheckName } from "@databox-cmk/protocol";

import { KEY_RULES, type KeyRule } from "./key-rules.ts";
import type { KeyIdentity, KeyUrl } from "./order.ts";
import type { Failure, KeyFacts, Outcome, VaultResource } from "./ports.ts";

/**
 * The evidence about a candidate key, gathered step by step; a member is absent until its step is
 * done.
 */
export type KeyEvidence = {
  readonly nowMs: number;
  readonly tenantId: string;
  readonly keyUrl: Outcome<KeyUrl>;
  readonly vaultResourceId: string;
  /** Name of the vault in `kekVaultResourceId`, as written. */
  readonly vaultNameInResourceId: string | undefined;
  readonly identity: Outcome<KeyIdentity>;
  readonly signIn?: Outcome<undefined>;
  readonly vault?: Outcome<VaultResource | "absent" | "hidden">;
  readonly key?: Outcome<KeyFacts> | undefined;
  readonly storageLocations?: Outcome<readonly StorageLocation[]>;
  /** Random bytes were wrapped, unwrapped and compared. */
  readonly roundTrip?: Outcome<undefined>;
};
/** An account without a region does not exist, or the broker may not read it. */
export type StorageLocation = { readonly id: string; readonly location: string | undefined };
export type GatheredEvidence = "signIn" | "vault" | "key" | "storageLocations" | "roundTrip";

/**
 * The evidence does not decide the row: it counts as not reached, and the next check follows.
 * `unread` names the resources that Resource Manager did not show to the broker.
 */
export type Undecided = { readonly unread: readonly string[] };
export type Verdict = "passed" | Undecided | Failure;
const UNDECIDED: Undecided = { unread: [] };

export type KeyCheckRow = {
  readonly name: KeyCheckName;
  readonly needs: readonly GatheredEvidence[];
  readonly decide: (evidence: KeyEvidence) => Verdict;
};

/**
 * The fixed order of the checks. The first failure names the code, so that the same cause always
 * has the same name.
 */
export const KEY_CHECKS: readonly KeyCheckRow[] = [
  urlRow("url-scheme", "SsemUserErrorKeyVaultUrlWithInvalidScheme"),
  urlRow("url-form", "SsemUserErrorInvalidKeyVaultUrl"),
  urlRow("url-host", "SsemUserErrorKeyVaultUrlInvalidHost"),
  {
    name: "vault-resource-id",
    needs: [],
    decide: ({ keyUrl, vaultNameInResourceId }) =>
      !keyUrl.ok || keyUrl.value.vaultName === asciiLowerCase(vaultNameInResourceId ?? "")
        ? "passed"
        : {
            code: "KeyVaultDetailsMismatch",
            target: "properties.details.keyEncryptionKey.kekVaultResourceID",
            detail: `kekVaultResourceID: expected the vault ${keyUrl.value.vaultName} of kekUrl`,
          },
  },
  {
    name: "identity-present",
    needs: [],
    decide: ({ identity }) => (identity.ok ? "passed" : identity.failure),
  },
  {
    name: "identity-usable",
    needs: ["signIn"],
    decide: ({ signIn }) => verdictOf(signIn),
  },
  {
    name: "vault-tenant",
    needs: ["vault"],
    decide: ({ vault, vaultResourceId, tenantId }) => {
      const found = visible(vault);
      if (found === undefined) return { unread: [vaultResourceId] };
      return isSameIdentifier(found.tenantId, tenantId)
        ? "passed"
        : { code: "SsemUserErrorKeyVaultDetailsNotFound", reason: "tenant-moved" };
    },
  },
  {
    name: "vault-found",
    needs: ["key"],
    decide: ({ key }) =>
      key === undefined
        ? UNDECIDED
        : key.ok || ownedLater(key.failure.code)
          ? "passed"
          : key.failure,
  },
  {
    name: "vault-protection",
    needs: ["vault", "key"],
    decide: decideProtection,
  },
  {
    name: "vault-access",
    needs: ["key"],
    decide: ({ key }) => claimed(key, ["SsemUserErrorKeyVaultBadRequestException"]),
  },
  {
    name: "key-found",
    needs: ["key"],
    decide: ({ key }) =>
      claimed(key, ["SsemUserErrorKeyDetailsNotFound", "SsemUserErrorEncryptionKeyDisabled"]),
  },
  ...KEY_RULES.map(keyRow),
  {
    name: "vault-region",
    needs: ["vault", "key", "storageLocations"],
    decide: decideRegion,
  },
  {
    name: "wrap-and-unwrap",
    needs: ["roundTrip"],
    decide: ({ roundTrip }) => verdictOf(roundTrip),
  },
];

function urlRow(name: KeyCheckName, code: ErrorCode): KeyCheckRow {
  return {
    name,
    needs: [],
    decide: ({ keyUrl }) => (keyUrl.ok || keyUrl.failure.code !== code ? "passed" : keyUrl.failure),
  };
}

function keyRow({ name, decide }: KeyRule): KeyCheckRow {
  return {
    name,
    needs: ["key"],
    decide: ({ key, nowMs }) =>
      key?.ok === true ? (decide(key.value, nowMs) ?? "passed") : UNDECIDED,
  };
}

/**
 * The data plane shows it by the key's recovery level; Resource Manager shows it by the vault's
 * flags, even when the data plane refuses.
 */
function decideProtection({ vault, vaultResourceId, key }: KeyEvidence): Verdict {
  const code = "SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled";
  const level = key?.ok === true ? key.value.recoveryLevel : undefined;
  if (level !== undefined) {
    if (!level.includes("Recoverable")) return { code, reason: "soft-delete" };
    return level.includes("Purgeable") ? { code, reason: "purge-protection" } : "passed";
  }
  const found = visible(vault);
  if (found === undefined) return { unread: [vaultResourceId] };
  if (!found.softDelete) return { code, reason: "soft-delete" };
  return found.purgeProtection ? "passed" : { code, reason: "purge-protection" };
}

/** One account in another region is enough to refuse; to pass, every region must be known. */
function decideRegion({ vault, vaultResourceId, key, storageLocations }: KeyEvidence): Verdict {
  if (storageLocations === undefined) return UNDECIDED;
  if (!storageLocations.ok) return storageLocations.failure;
  const vaultLocation =
    visible(vault)?.location ?? (key?.ok === true ? key.value.vaultRegion : undefined);
  if (vaultLocation === undefined) return { unread: [vaultResourceId] };
  const unread: string[] = [];
  for (const { id, location } of storageLocations.value)
    if (location === undefined) unread.push(id);
    else if (canonicalLocation(location) !== canonicalLocation(vaultLocation))
      return {
        code: "KeyVaultRegionMismatch",
        facts: {
          vaultLocation: canonicalLocation(vaultLocation),
          location: canonicalLocation(location),
        },
      };
  return unread.length === 0 ? "passed" : { unread };
}

function visible(vault: KeyEvidence["vault"]): VaultResource | undefined {
  return vault?.ok === true && typeof vault.value === "object" ? vault.value : undefined;
}

const verdictOf = (outcome: Outcome<undefined> | undefined): Verdict =>
  outcome === undefined ? UNDECIDED : outcome.ok ? "passed" : outcome.failure;

const OWNED_LATER: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "SsemUserErrorKeyVaultBadRequestException",
  "SsemUserErrorKeyDetailsNotFound",
  "SsemUserErrorEncryptionKeyDisabled",
]);
const ownedLater = (code: ErrorCode): boolean => OWNED_LATER.has(code);

function claimed(key: KeyEvidence["key"], codes: readonly ErrorCode[]): Verdict {
  if (key === undefined) return UNDECIDED;
  return key.ok || !codes.includes(key.failure.code) ? "passed" : key.failure;
}
