import type { FaultPayload } from "./fault-payload.ts";

/**
 * The emulated cloud as data: one immutable record type per kind of thing. Every record lives in
 * `EmulatorState` under the key that `RECORD_KEYS` derives from it, so a key is never written
 * twice. Times are Unix epoch milliseconds of the emulator's clock.
 *
 * Resource ids keep the caller's spelling in `id`; keys are lower case, because Resource Manager
 * compares ids without case.
 */
export type EpochMs = number;
export type Tags = Readonly<Record<string, string>>;

export type Tenant = { readonly id: string; readonly displayName: string };

export type Subscription = {
  readonly id: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly tags?: Tags;
  /** Predefined tag names with their values. */
  readonly tagNames?: Readonly<Record<string, readonly string[]>>;
};

export type ResourceGroup = {
  /** `/subscriptions/{s}/resourceGroups/{g}` */
  readonly id: string;
  readonly subscriptionId: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
};

/** The members of everything that stands in a resource group. */
type Resource = {
  /** `/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}` */
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
};

export type StorageAccount = Resource & { readonly kind: string; readonly skuName: string };

/** The author and time of a change; rendered as ARM's `systemData`. */
export type Provenance = {
  readonly createdBy: string;
  readonly createdAtMs: EpochMs;
  readonly lastModifiedBy: string;
  readonly lastModifiedAtMs: EpochMs;
};

/** Permission names are kept as written; they are compared without case. */
export type AccessPolicy = {
  readonly tenantId: string;
  readonly objectId: string;
  readonly applicationId?: string | undefined;
  readonly permissions: {
    readonly keys: readonly string[];
    readonly secrets: readonly string[];
    readonly certificates: readonly string[];
    readonly storage: readonly string[];
  };
};

export type NetworkAcls = {
  readonly bypass: "AzureServices" | "None";
  readonly defaultAction: "Allow" | "Deny";
  /** IPv4 address or CIDR block. */
  readonly ipRules: readonly string[];
  readonly virtualNetworkRules: readonly string[];
};

export type PublicNetworkAccess = "Enabled" | "Disabled" | "SecuredByPerimeter";

/**
 * All settings that decide who may reach a vault; changes propagate with a delay
 * (core/access-history.ts).
 */
export type VaultAccess = {
  readonly tenantId: string;
  readonly rbacAuthorization: boolean;
  readonly accessPolicies: readonly AccessPolicy[];
  readonly networkAcls: NetworkAcls;
  readonly publicNetworkAccess: PublicNetworkAccess;
};

/**
 * A record of the category AuditEvent, as a diagnostic setting sends it to a storage account. Azure
 * writes the resource id in capitals.
 */
export type AuditRecord = Readonly<Record<string, unknown>> & { readonly resourceId: string };

export type Vault = Resource & {
  readonly sku: "standard" | "premium";
  readonly softDeleteEnabled: boolean;
  readonly softDeleteRetentionDays: number;
  readonly purgeProtectionEnabled: boolean;
  readonly enabledForDeployment: boolean;
  readonly enabledForDiskEncryption: boolean;
  readonly enabledForTemplateDeployment: boolean;
  /** The access as last written by Resource Manager; change it by `changeAccess` only. */
  readonly access: VaultAccess;
  /** Earlier access settings, oldest first, each with the time at which it was replaced. */
  readonly accessHistory: readonly {
    readonly replacedAtMs: EpochMs;
    readonly access: VaultAccess;
  }[];
  readonly provenance: Provenance;
  /** Present on a soft-deleted vault: its host name stays reserved until the purge. */
  readonly deletion?: { readonly deletedAtMs: EpochMs; readonly scheduledPurgeAtMs: EpochMs };
};

export type RoleAssignment = {
  /** `{scope}/providers/Microsoft.Authorization/roleAssignments/{guid}` */
  readonly id: string;
  readonly name: string;
  /** `/subscriptions/…`, a resource group, a vault, or `{vault id}/keys/{name}`. */
  readonly scope: string;
  /** The role's GUID; the built-in ones are in core/role-definitions.ts. */
  readonly roleDefinitionName: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly createdAtMs: EpochMs;
  /**
   * A removed assignment stays as a tombstone while its removal propagates; ARM must not show it.
   */
  readonly removedAtMs?: EpochMs;
};

/** A management lock. It also holds for everything beneath its scope. */
export type Lock = {
  /** `{scope}/providers/Microsoft.Authorization/locks/{name}` */
  readonly id: string;
  readonly scope: string;
  readonly name: string;
  readonly level: "CanNotDelete" | "ReadOnly" | "NotSpecified";
  readonly notes?: string | undefined;
  readonly owners?: readonly { readonly applicationId?: string | undefined }[] | undefined;
};

export type FederatedCredential = {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
};

export type ManagedIdentity = Resource & {
  readonly tenantId: string;
  readonly principalId: string;
  readonly clientId: string;
  readonly federatedCredentials: readonly FederatedCredential[];
};

/**
 * An app registration with its service principal. Secrets are sealed at rest with the whole record.
 */
export type Application = {
  readonly clientId: string;
  readonly tenantId: string;
  readonly objectId: string;
  readonly displayName: string;
  readonly secrets: readonly { readonly value: string; readonly expiresAtMs?: EpochMs }[];
  readonly redirectUris: readonly string[];
  /** App roles of its tokens, for every audience. */
  readonly roles: readonly string[];
  readonly federatedCredentials: readonly FederatedCredential[];
  /**
   * A first-party service that passes a vault's firewall when the vault allows trusted services.
   */
  readonly trustedService: boolean;
  /** People of other tenants may sign in to it, too; the first one of a tenant consents for it. */
  readonly isMultiTenant?: boolean | undefined;
  /** Its service principals in other tenants. */
  readonly consents?: readonly { readonly tenantId: string; readonly objectId: string }[];
};

export type User = {
  /** The sign-in name, `ada@databox.localhost`. */
  readonly userName: string;
  readonly tenantId: string;
  readonly objectId: string;
  readonly displayName: string;
  readonly password: string;
  readonly roles: readonly string[];
  /** Absent: it is. */
  readonly accountEnabled?: boolean | undefined;
};

/**
 * The identities of "this machine", by resource id; the first is used when a request names none.
 * One record: `this-machine`.
 */
export type ImdsAssignment = {
  readonly machine: "this-machine";
  readonly identities: readonly string[];
};

/** Entra's token signing key; sealed at rest. The newest signs, all verify. */
export type IssuerKey = {
  readonly kid: string;
  readonly privateKeyPem: string;
  readonly createdAtMs: EpochMs;
};

export type KeyType = PublicJwk["kty"];
export type Curve = "P-256" | "P-256K" | "P-384" | "P-521";
export type SymmetricKeySize = 128 | 192 | 256;
export type AkpAlgorithm = "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";

export type PublicJwk =
  | { readonly kty: "RSA" | "RSA-HSM"; readonly n: string; readonly e: string }
  | { readonly kty: "EC" | "EC-HSM"; readonly crv: Curve; readonly x: string; readonly y: string }
  /** Has nothing to show; its size is an attribute. */
  | { readonly kty: "oct-HSM"; readonly keySize: SymmetricKeySize }
  | { readonly kty: "AKP" | "AKP-HSM"; readonly alg: AkpAlgorithm; readonly pub: string };

export type KeyVersion = {
  /** 32 lower-case hex digits. */
  readonly version: string;
  readonly jwk: PublicJwk;
  readonly keyOperations: readonly string[];
  readonly enabled: boolean;
  /** Whole seconds, as on the wire. */
  readonly notBeforeSeconds?: number | undefined;
  readonly expiresSeconds?: number | undefined;
  readonly createdAtMs: EpochMs;
  readonly updatedAtMs: EpochMs;
  readonly exportable: boolean;
  /** Name of a key in an external manager; set when the version is made, never changed. */
  readonly externalKeyId?: string | undefined;
  readonly tags?: Tags | undefined;
  readonly releasePolicy?: ReleasePolicy | undefined;
};

export type ReleasePolicy = {
  readonly contentType?: string | undefined;
  readonly immutable?: boolean | undefined;
  /** base64url, stored unchanged. */
  readonly data: string;
};

export type RotationPolicy = {
  readonly lifetimeActions: readonly LifetimeAction[];
  /** ISO 8601 duration. */
  readonly expiryTime?: string | undefined;
  readonly createdAtMs: EpochMs;
  readonly updatedAtMs: EpochMs;
};

export type LifetimeAction = {
  readonly action: "Rotate" | "Notify";
  readonly trigger:
    | { readonly kind: "time-after-create"; readonly duration: string }
    | { readonly kind: "time-before-expiry"; readonly duration: string };
};

/** Deletion and recovery are eventually consistent: the effect becomes visible at `visibleAtMs`. */
export type KeyLifecycle =
  | { readonly kind: "live" }
  | { readonly kind: "recovered"; readonly visibleAtMs: EpochMs }
  | {
      readonly kind: "deleted";
      readonly deletedAtMs: EpochMs;
      readonly visibleAtMs: EpochMs;
      readonly scheduledPurgeAtMs: EpochMs;
    };

export type Key = {
  readonly vaultName: string;
  readonly name: string;
  /** Oldest first; never empty. */
  readonly versions: readonly [KeyVersion, ...KeyVersion[]];
  readonly rotationPolicy?: RotationPolicy;
  readonly lifecycle: KeyLifecycle;
};

/** The private half of one key version; sealed at rest. */
export type KeyMaterial = {
  readonly vaultName: string;
  readonly keyName: string;
  readonly version: string;
  /** PKCS #8; of a symmetric key, its bytes in base64url. */
  readonly privateKeyPem: string;
};

export type Fault = Readonly<Omit<FaultPayload, "count">> & {
  readonly id: string;
  /** How many more times it strikes; absent: without limit. */
  readonly remaining?: number | undefined;
  /** Number of exchanges in scope so far. */
  readonly draws: number;
};

/** One record: `settings`. */
export type Settings = {
  readonly name: "settings";
  /** Added to the machine's clock. */
  readonly clockOffsetMs: number;
  readonly throttling: boolean;
  /** Default of the eventual visibility of delete and recover. */
  readonly visibilityDelayMs: number;
  /** Default propagation delay of access policies, network rules and role assignments. */
  readonly accessPropagationDelayMs: number;
  /** The address that callers appear to come from, unless `X-Forwarded-For` says otherwise. */
  readonly callerAddress: string;
  /** Choices other than the default of `UNVERIFIED`. */
  readonly unverified: Readonly<Record<string, string>>;
};

export type RecordTypes = {
  readonly tenant: Tenant;
  readonly subscription: Subscription;
  readonly resourceGroup: ResourceGroup;
  readonly storageAccount: StorageAccount;
  readonly vault: Vault;
  readonly roleAssignment: RoleAssignment;
  readonly lock: Lock;
  readonly managedIdentity: ManagedIdentity;
  readonly application: Application;
  readonly user: User;
  readonly imdsAssignment: ImdsAssignment;
  readonly issuerKey: IssuerKey;
  readonly key: Key;
  readonly keyMaterial: KeyMaterial;
  readonly fault: Fault;
  readonly settings: Settings;
};
export type RecordKind = keyof RecordTypes;

/**
 * How the key of each record follows from the record; the state lower-cases it. Vaults are keyed by
 * name: it is unique in the cloud, deleted ones included.
 */
export const RECORD_KEYS: { readonly [K in RecordKind]: (record: RecordTypes[K]) => string } = {
  tenant: (tenant) => tenant.id,
  subscription: (subscription) => subscription.id,
  resourceGroup: (group) => group.id,
  storageAccount: (account) => account.id,
  vault: (vault) => vault.name,
  roleAssignment: (assignment) => assignment.id,
  lock: (lock) => lock.id,
  managedIdentity: (identity) => identity.id,
  application: (application) => application.clientId,
  user: (user) => user.userName,
  imdsAssignment: (assignment) => assignment.machine,
  issuerKey: (key) => key.kid,
  key: (key) => keyRecordKey(key.vaultName, key.name),
  keyMaterial: (material) =>
    materialRecordKey(material.vaultName, material.keyName, material.version),
  fault: (fault) => fault.id,
  settings: (settings) => settings.name,
};

/** Azure compares ids and most names without case. */
export function isSame(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}

export function keyRecordKey(vaultName: string, keyName: string): string {
  return `${vaultName}/${keyName}`;
}

export function materialRecordKey(vaultName: string, keyName: string, version: string): string {
  return `${vaultName}/${keyName}/${version}`;
}
