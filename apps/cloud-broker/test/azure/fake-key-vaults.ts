import {
  constants,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";

import { required } from "@databox-cmk/testkit";

import type { Failure, Outcome } from "../../src/core/ports.ts";

/**
 * Key vaults in memory that behave as the real ones do, with real RSA: per-version state, soft
 * delete, access policies, a disabled key that refuses and an expired one that still unwraps.
 * Answers are shaped as the broker's port has them; the emulator, behind the real SDK, passes the
 * same contract suite.
 */

type Identity =
  | { readonly kind: "broker" }
  | {
      readonly kind: "order";
      readonly attachment: "system" | "user";
      readonly principalId: string;
    };
type KeyAddress = {
  readonly vaultName: string;
  readonly keyName: string;
  readonly version?: string;
};
type KeyPermission = "get" | "wrapKey" | "unwrapKey";
const KEY_PERMISSIONS: readonly KeyPermission[] = ["get", "wrapKey", "unwrapKey"];

type Version = {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly bits: number;
  keyType: string;
  operations: readonly string[];
  enabled: boolean;
  notBeforeSeconds?: number;
  expiresSeconds?: number;
};
type Key = { readonly versions: Map<string, Version>; deletedPurgeSeconds?: number };
type Vault = {
  readonly id: string;
  readonly location: string;
  tenantId: string;
  purgeProtection: boolean;
  deleted: boolean;
  outage?: Failure;
  readonly keys: Map<string, Key>;
  readonly policies: Map<string, ReadonlySet<KeyPermission>>;
};

export const BROKER_PRINCIPAL = "broker";
const RETENTION_SECONDS = 7 * 24 * 3600;
/** Making RSA keys takes most of a test's time, so all fakes share the same ones. */
const PAIRS = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();

export type FakeKeyVaults = ReturnType<typeof createFakeKeyVaults>;

/** The resource id of a fake vault, whether it is there or not. */
export function fakeVaultId(name: string): string {
  return `/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/g/providers/Microsoft.KeyVault/vaults/${name}`;
}

export function createFakeKeyVaults({
  now,
  suffix = "vault.test",
}: {
  readonly now: () => number;
  readonly suffix?: string;
}) {
  const vaults = new Map<string, Vault>();
  const hidden = new Set<string>();
  const goneIdentities = new Set<string>();
  let made = 0;

  const vaultOf = (name: string): Vault => required(vaults.get(name), `vault ${name}`);
  const keyOf = (vault: string, key: string): Key =>
    required(vaultOf(vault).keys.get(key), `key ${key}`);
  const versionAt = (kid: string): Version => {
    const { vaultName, keyName, version } = addressOf(kid);
    return required(keyOf(vaultName, keyName).versions.get(version ?? ""), `version ${kid}`);
  };

  function addVersion(vaultName: string, keyName: string, bits: number): string {
    const version = randomBytes(16).toString("hex");
    const kid = `https://${vaultName}.${suffix}/keys/${keyName}/${version}`;
    made += 1;
    const pair = pairOf(made, bits);
    const operations = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];
    const facts = { kid, ...pair, bits, keyType: "RSA", operations, enabled: true };
    keyOf(vaultName, keyName).versions.set(version, facts);
    return kid;
  }

  /** The checks of every call, in the real order: token → network → permission → existence. */
  function admit(
    identity: Identity,
    address: KeyAddress,
    permission: KeyPermission,
  ): Outcome<Version> {
    const signedIn = signInNow(identity);
    if (!signedIn.ok) return signedIn;
    const vault = vaults.get(address.vaultName);
    if (vault === undefined)
      return fail({ code: "KeyVaultUnreachable", reason: "dns", vaultNameUnknown: true });
    // The name of a soft-deleted vault stays; the service that answers there is undocumented, and
    // has no authority.
    if (vault.deleted) return fail({ code: "KeyVaultUnreachable", reason: "server-error" });
    if (vault.outage !== undefined) return fail(vault.outage);
    if (vault.policies.get(principalOf(identity))?.has(permission) !== true)
      return fail({ code: "SsemUserErrorKeyVaultBadRequestException", reason: "access-policy" });
    const key = vault.keys.get(address.keyName);
    const versions =
      key === undefined || key.deletedPurgeSeconds !== undefined ? [] : [...key.versions.values()];
    const version =
      address.version === undefined
        ? versions.at(-1)
        : versions.find(({ kid }) => kid.endsWith(`/${address.version}`));
    return version === undefined
      ? fail({ code: "SsemUserErrorKeyDetailsNotFound", reason: "key-not-found" })
      : succeed(version);
  }

  function operate(
    identity: Identity,
    kid: string,
    operation: "wrapKey" | "unwrapKey",
    run: (version: Version) => Uint8Array,
  ): Outcome<Uint8Array> {
    const admitted = admit(identity, addressOf(kid), operation);
    if (!admitted.ok) return admitted;
    const version = admitted.value;
    if (!version.enabled) return fail({ code: "SsemUserErrorEncryptionKeyDisabled" });
    if (operation === "wrapKey" && !isCurrent(version, now()))
      return fail({
        code: "SsemUserErrorKeyVaultBadRequestException",
        reason: "access-unspecified",
      });
    if (!version.operations.includes(operation))
      return fail({ code: "SsemUserErrorKeyVaultBadRequestException", reason: "key-operation" });
    try {
      return succeed(run(version));
    } catch {
      return fail({ code: "KeyVersionMismatch" });
    }
  }

  function signInNow(identity: Identity): Outcome<undefined> {
    if (identity.kind === "broker" || !goneIdentities.has(identity.principalId))
      return succeed(undefined);
    return identity.attachment === "system"
      ? fail({ code: "SsemUserErrorSystemAssignedIdentityAbsent", reason: "identity-deleted" })
      : fail({ code: "SsemUserErrorKekUserIdentityNotFound" });
  }

  return {
    suffix,

    /** The broker's `KeyVaults` port. */
    port: {
      signIn: async (identity: Identity) => signInNow(identity),

      getKey: async (identity: Identity, address: KeyAddress) => {
        const admitted = admit(identity, address, "get");
        if (!admitted.ok) return admitted;
        const { bits, publicKey: _public, privateKey: _private, ...facts } = admitted.value;
        const { purgeProtection, location } = vaultOf(address.vaultName);
        const value = {
          ...facts,
          keySizeBits: bits,
          recoveryLevel: purgeProtection
            ? "CustomizedRecoverable"
            : "CustomizedRecoverable+Purgeable",
          recoverableDays: 7,
          vaultRegion: location,
        };
        return succeed(value);
      },

      getDeletedKey: async (identity: Identity, address: KeyAddress) => {
        const admitted = admit(identity, address, "get");
        if (admitted.ok) return succeed(undefined);
        if (admitted.failure.code !== "SsemUserErrorKeyDetailsNotFound") return admitted;
        const purge = vaultOf(address.vaultName).keys.get(address.keyName)?.deletedPurgeSeconds;
        return succeed(purge === undefined ? undefined : { scheduledPurgeSeconds: purge });
      },

      wrapKey: async (identity: Identity, kid: string, contentKey: Uint8Array) => {
        const wrapped = operate(identity, kid, "wrapKey", ({ publicKey }) =>
          publicEncrypt({ key: publicKey, ...OAEP_256 }, contentKey),
        );
        return wrapped.ok ? succeed({ encryptedKey: new Uint8Array(wrapped.value) }) : wrapped;
      },

      unwrapKey: async (identity: Identity, kid: string, encryptedKey: Uint8Array) => {
        const unwrapped = operate(identity, kid, "unwrapKey", ({ privateKey }) =>
          privateDecrypt({ key: privateKey, ...OAEP_256 }, encryptedKey),
        );
        if (!unwrapped.ok) return unwrapped;
        const contentKey = new Uint8Array(unwrapped.value);
        return succeed({ contentKey, vaultRequestId: "fake-request" });
      },
    },

    /** The broker's `ResourceReader` port, over the same vaults. */
    resources: {
      vault: async (resourceId: string) => {
        if (hidden.has(resourceId)) return succeed("hidden" as const);
        const found = [...vaults.values()].find(
          ({ id }) => id.toLowerCase() === resourceId.toLowerCase(),
        );
        if (found === undefined || found.deleted) return succeed("absent" as const);
        const { tenantId, location, purgeProtection } = found;
        const vaultUrl = `https://${nameOf(found.id)}.${suffix}`;
        const facts = { tenantId, location, vaultUrl, purgeProtection };
        return succeed({ ...facts, rbac: false, softDelete: true });
      },
      deletedVault: async (_subscriptionId: string, _location: string, name: string) => {
        const scheduledPurgeDate = new Date(now() + RETENTION_SECONDS * 1000).toISOString();
        const deleted = vaults.get(name)?.deleted === true;
        return succeed(deleted ? { scheduledPurgeDate } : undefined);
      },
      storageAccountLocation: async (resourceId: string) =>
        succeed(hidden.has(resourceId) ? undefined : "westus"),
    },
    /** From now on, Resource Manager refuses to show this resource to the broker. */
    hideResource(resourceId: string): void {
      hidden.add(resourceId);
    },

    addVault(
      name: string,
      options: { location?: string; tenantId?: string; purgeProtection?: boolean } = {},
    ): string {
      const { location = "westus", tenantId = "tenant", purgeProtection = true } = options;
      const id = fakeVaultId(name);
      vaults.set(name, {
        id,
        location,
        tenantId,
        purgeProtection,
        deleted: false,
        keys: new Map(),
        policies: new Map(),
      });
      return id;
    },
    addKey(vault: string, key: string, { bits = 2048 }: { bits?: number } = {}): string {
      vaultOf(vault).keys.set(key, { versions: new Map() });
      return addVersion(vault, key, bits);
    },
    rotate: (vault: string, key: string): string => addVersion(vault, key, 2048),
    grant(
      vault: string,
      principal: string,
      permissions: readonly KeyPermission[] = KEY_PERMISSIONS,
    ): void {
      vaultOf(vault).policies.set(principal, new Set(permissions));
    },
    revoke(vault: string, principal: string): void {
      vaultOf(vault).policies.delete(principal);
    },
    setEnabled(kid: string, enabled: boolean): void {
      versionAt(kid).enabled = enabled;
    },
    setExpiry(kid: string, expiresSeconds: number): void {
      versionAt(kid).expiresSeconds = expiresSeconds;
    },
    setType(kid: string, keyType: string): void {
      versionAt(kid).keyType = keyType;
    },

    setNotBefore(kid: string, notBeforeSeconds: number): void {
      versionAt(kid).notBeforeSeconds = notBeforeSeconds;
    },
    setOperations(kid: string, operations: readonly string[]): void {
      versionAt(kid).operations = operations;
    },
    deleteKey(vault: string, key: string): void {
      keyOf(vault, key).deletedPurgeSeconds = Math.floor(now() / 1000) + RETENTION_SECONDS;
    },
    recoverKey(vault: string, key: string): void {
      delete keyOf(vault, key).deletedPurgeSeconds;
    },
    purgeKey(vault: string, key: string): void {
      vaultOf(vault).keys.delete(key);
    },
    deleteVault(name: string): void {
      vaultOf(name).deleted = true;
    },
    purgeVault(name: string): void {
      vaults.delete(name);
    },
    moveVault(name: string, tenantId: string): void {
      vaultOf(name).tenantId = tenantId;
    },
    /** Every call to the vault fails this way, until it is called with undefined. */
    setOutage(name: string, outage: Failure | undefined): void {
      if (outage === undefined) delete vaultOf(name).outage;
      else vaultOf(name).outage = outage;
    },
    removeIdentity(principal: string): void {
      goneIdentities.add(principal);
    },
  };
}

const OAEP_256 = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" } as const;

function isCurrent({ notBeforeSeconds, expiresSeconds }: Version, nowMs: number): boolean {
  const begun = notBeforeSeconds === undefined || notBeforeSeconds * 1000 <= nowMs;
  return begun && (expiresSeconds === undefined || expiresSeconds * 1000 > nowMs);
}

function pairOf(index: number, bits: number): { publicKey: KeyObject; privateKey: KeyObject } {
  const name = `${index}/${bits}`;
  const pair = PAIRS.get(name) ?? generateKeyPairSync("rsa", { modulusLength: bits });
  PAIRS.set(name, pair);
  return pair;
}

function addressOf(kid: string): KeyAddress {
  const url = new URL(kid);
  const [, , keyName = "", version = ""] = url.pathname.split("/");
  return { vaultName: url.hostname.split(".")[0] ?? "", keyName, version };
}

const nameOf = (resourceId: string): string => resourceId.split("/").at(-1) ?? "";
const principalOf = (identity: Identity): string =>
  identity.kind === "broker" ? BROKER_PRINCIPAL : identity.principalId;
const fail = (failure: Failure) => ({ ok: false, failure }) as const;
const succeed = <Value>(value: Value) => ({ ok: true, value }) as const;
