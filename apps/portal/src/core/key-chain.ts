import type { KeyErrorCode } from "@databox-cmk/errors";
import type { KeyEncryptionKeyView, KeyHealthView, LockState } from "@databox-cmk/protocol";

import { chosenKeyOf } from "./key-choice.ts";

export const CHAIN_PARTS = ["vault", "key", "version", "envelope", "volume"] as const;
export type ChainPart = (typeof CHAIN_PARTS)[number];

/** `broken`: nothing behind this link can be opened. `unknown`: not checked yet. */
export type LinkState = "whole" | "at-risk" | "broken" | "unknown";

export type ChainLink = {
  readonly part: ChainPart;
  /** Name of the thing itself, if it has one. */
  readonly name?: string | undefined;
  /** State of the link that leads to this part from the one before. */
  readonly state: LinkState;
};

/** The common part of all nodes, and the end of the chain of each node. */
export type KeyChain = {
  readonly trunk: readonly ChainLink[];
  readonly branches: readonly {
    readonly serial: string;
    readonly lock: LockState;
    readonly links: readonly ChainLink[];
  }[];
};

/**
 * The part at which a code breaks the chain: it and everything behind it is out of reach. A code of
 * a newer service breaks it at the version.
 */
const BROKEN_AT: Readonly<Record<KeyErrorCode, ChainPart>> = {
  SsemUserErrorKeyVaultDetailsNotFound: "vault",
  SsemUserErrorKeyVaultUrlInvalidHost: "vault",
  SsemUserErrorSystemAssignedIdentityAbsent: "vault",
  SsemUserErrorUserAssignedIdentityAbsent: "vault",
  SsemUserErrorKekUserIdentityNotFound: "vault",
  SsemUserErrorCrossTenantIdentityAccessForbidden: "vault",
  SsemUserErrorKeyVaultBadRequestException: "key",
  SsemUserErrorKeyDetailsNotFound: "key",
  SsemUserErrorEncryptionKeyTypeNotSupported: "key",
  SsemUserErrorEncryptionKeyDisabled: "version",
  SsemUserErrorEncryptionKeyExpired: "version",
  KeyNotYetValid: "version",
  KeyVersionMismatch: "envelope",
  SsemUserErrorInvalidKeyVaultUrl: "vault",
  SsemUserErrorKeyVaultUrlWithInvalidScheme: "vault",
  SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled: "vault",
  SsemUserErrorUserAssignedLimitReached: "vault",
  KeyVaultDetailsMismatch: "vault",
  KeyVaultRegionMismatch: "vault",
  KeyEncryptionKeyRevertForbidden: "version",
  RewrapVerificationFailed: "version",
  RewrapConflict: "version",
  InvalidDevicePassword: "volume",
};

type ChainNode = {
  readonly serial: string;
  readonly lock: LockState;
  readonly envelope?: { readonly generation: number } | undefined;
};

/** vault → key → version → envelope → volume, and the broken link. */
export function decideKeyChain(
  kek: KeyEncryptionKeyView,
  health: KeyHealthView,
  nodes: readonly ChainNode[],
): KeyChain {
  const brokenAt = brokenPart(health);
  const chosen = chosenKeyOf(kek);
  const version = chosen?.version === "" ? undefined : chosen?.version;
  const names: Partial<Record<ChainPart, string>> =
    chosen === undefined
      ? {}
      : {
          vault: chosen.vaultName,
          key: chosen.keyName,
          version: version ?? health.kid?.split("/").at(-1),
        };
  const stateOf = (part: ChainPart): LinkState => {
    if (brokenAt !== undefined)
      return CHAIN_PARTS.indexOf(part) === CHAIN_PARTS.indexOf(brokenAt) ? "broken" : "whole";
    if (part === "version" && health.state === "AtRisk") return "at-risk";
    return health.state === "Unknown" ? "unknown" : "whole";
  };
  const linkOf = (part: ChainPart, name: string | undefined, state: LinkState): ChainLink => ({
    part,
    name,
    state,
  });
  return {
    trunk: (["vault", "key", "version"] as const).map((part) =>
      linkOf(part, names[part], stateOf(part)),
    ),
    branches: nodes.map(({ serial, lock, envelope }) => ({
      serial,
      lock,
      links: [
        linkOf(
          "envelope",
          envelope === undefined ? undefined : String(envelope.generation),
          // A node comes with its envelope, and keeps it until the order is erased.
          envelope === undefined ? "broken" : stateOf("envelope"),
        ),
        linkOf("volume", serial, lock === "revoked" ? "broken" : stateOf("volume")),
      ],
    })),
  };
}

function brokenPart({ state, error }: KeyHealthView): ChainPart | undefined {
  if (state !== "Unusable" || error === undefined) return undefined;
  const table: Readonly<Record<string, ChainPart | undefined>> = BROKEN_AT;
  // A code with a vault's name would be a bug, not a member of every object.
  return (Object.hasOwn(table, error.code) ? table[error.code] : undefined) ?? "version";
}
