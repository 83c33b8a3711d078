import type { ApiVersion } from "./api-version.ts";

const KEYS = "Microsoft.KeyVault/vaults/keys";
const POLICIES = "Microsoft.KeyVault/vaults/keyrotationpolicies";

/**
 * The state of the named key that an operation needs: `usable` a live key (and version, when one is
 * named) · `free` a name that is not deleted · `absent` a name that is not taken at all · `deleted`
 * a key whose deletion is visible · `none` no key.
 */
export type KeyPresence = "usable" | "free" | "absent" | "deleted" | "none";

export type OperationRow = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Access policy permission; `undefined`: any caller with a valid token. */
  readonly permission?: string;
  readonly dataAction?: string;
  readonly presence: KeyPresence;
  /** Refused while the region is read-only. */
  readonly writes: boolean;
  /** Cryptographic use of a key: subject to enabled, validity and key_ops. */
  readonly use?: {
    /** Member of key_ops that it needs. */
    readonly keyOperation: string;
    /** Works outside nbf..exp, so that data that was protected in time can be recovered. */
    readonly outsideValidity: boolean;
    /** Needs only the public half. */
    readonly publicHalf: boolean;
  };
  readonly since: ApiVersion;
};

/**
 * The keys data plane of a vault: one row per operation. Rows with literal segments stand before
 * those with parameters.
 */
export const OPERATIONS = {
  listKeys: {
    method: "GET",
    path: "/keys",
    permission: "list",
    dataAction: `${KEYS}/read`,
    presence: "none",
    writes: false,
    since: "2016-10-01",
  },
  restore: {
    method: "POST",
    path: "/keys/restore",
    permission: "restore",
    dataAction: `${KEYS}/restore/action`,
    presence: "absent",
    writes: true,
    since: "2016-10-01",
  },
  create: {
    method: "POST",
    path: "/keys/{name}/create",
    permission: "create",
    dataAction: `${KEYS}/create/action`,
    presence: "free",
    writes: true,
    since: "2016-10-01",
  },
  import: {
    method: "PUT",
    path: "/keys/{name}",
    permission: "import",
    dataAction: `${KEYS}/import/action`,
    presence: "free",
    writes: true,
    since: "2016-10-01",
  },
  delete: {
    method: "DELETE",
    path: "/keys/{name}",
    permission: "delete",
    dataAction: `${KEYS}/delete`,
    presence: "usable",
    writes: true,
    since: "2016-10-01",
  },
  listVersions: {
    method: "GET",
    path: "/keys/{name}/versions",
    permission: "list",
    dataAction: `${KEYS}/read`,
    presence: "none",
    writes: false,
    since: "2016-10-01",
  },
  getRotationPolicy: {
    method: "GET",
    path: "/keys/{name}/rotationpolicy",
    permission: "getrotationpolicy",
    dataAction: `${POLICIES}/read`,
    presence: "usable",
    writes: false,
    since: "7.3-preview",
  },
  updateRotationPolicy: {
    method: "PUT",
    path: "/keys/{name}/rotationpolicy",
    permission: "setrotationpolicy",
    dataAction: `${POLICIES}/write`,
    presence: "usable",
    writes: true,
    since: "7.3-preview",
  },
  rotate: {
    method: "POST",
    path: "/keys/{name}/rotate",
    permission: "rotate",
    dataAction: `${KEYS}/rotate/action`,
    presence: "usable",
    writes: true,
    since: "7.3-preview",
  },
  backup: {
    method: "POST",
    path: "/keys/{name}/backup",
    permission: "backup",
    dataAction: `${KEYS}/backup/action`,
    presence: "usable",
    writes: false,
    since: "2016-10-01",
  },
  attest: {
    method: "GET",
    path: "/keys/{name}/{version?}/attestation",
    permission: "get",
    dataAction: `${KEYS}/read`,
    presence: "usable",
    writes: false,
    since: "7.6-preview.2",
  },
  get: {
    method: "GET",
    path: "/keys/{name}/{version?}",
    permission: "get",
    dataAction: `${KEYS}/read`,
    presence: "usable",
    writes: false,
    since: "2016-10-01",
  },
  update: {
    method: "PATCH",
    path: "/keys/{name}/{version?}",
    permission: "update",
    dataAction: `${KEYS}/update/action`,
    presence: "usable",
    writes: true,
    since: "2016-10-01",
  },
  wrapKey: {
    method: "POST",
    path: "/keys/{name}/{version?}/wrapkey",
    permission: "wrapKey",
    dataAction: `${KEYS}/wrap/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "wrapKey", outsideValidity: false, publicHalf: true },
    since: "2016-10-01",
  },
  unwrapKey: {
    method: "POST",
    path: "/keys/{name}/{version?}/unwrapkey",
    permission: "unwrapKey",
    dataAction: `${KEYS}/unwrap/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "unwrapKey", outsideValidity: true, publicHalf: false },
    since: "2016-10-01",
  },
  encrypt: {
    method: "POST",
    path: "/keys/{name}/{version?}/encrypt",
    permission: "encrypt",
    dataAction: `${KEYS}/encrypt/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "encrypt", outsideValidity: false, publicHalf: true },
    since: "2016-10-01",
  },
  decrypt: {
    method: "POST",
    path: "/keys/{name}/{version?}/decrypt",
    permission: "decrypt",
    dataAction: `${KEYS}/decrypt/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "decrypt", outsideValidity: true, publicHalf: false },
    since: "2016-10-01",
  },
  sign: {
    method: "POST",
    path: "/keys/{name}/{version?}/sign",
    permission: "sign",
    dataAction: `${KEYS}/sign/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "sign", outsideValidity: false, publicHalf: false },
    since: "2016-10-01",
  },
  verify: {
    method: "POST",
    path: "/keys/{name}/{version?}/verify",
    permission: "verify",
    dataAction: `${KEYS}/verify/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "verify", outsideValidity: true, publicHalf: true },
    since: "2016-10-01",
  },
  release: {
    method: "POST",
    path: "/keys/{name}/{version?}/release",
    permission: "release",
    dataAction: `${KEYS}/release/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "export", outsideValidity: true, publicHalf: false },
    since: "7.3-preview",
  },
  secureWrapKey: {
    method: "POST",
    path: "/keys/{name}/{version?}/securewrapkey",
    permission: "wrapKey",
    dataAction: `${KEYS}/wrap/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "wrapKey", outsideValidity: false, publicHalf: true },
    since: "2026-01-01-preview",
  },
  secureUnwrapKey: {
    method: "POST",
    path: "/keys/{name}/{version?}/secureunwrapkey",
    permission: "unwrapKey",
    dataAction: `${KEYS}/unwrap/action`,
    presence: "usable",
    writes: false,
    use: { keyOperation: "unwrapKey", outsideValidity: true, publicHalf: false },
    since: "2026-01-01-preview",
  },
  listDeletedKeys: {
    method: "GET",
    path: "/deletedkeys",
    permission: "list",
    dataAction: `${KEYS}/read`,
    presence: "none",
    writes: false,
    since: "2016-10-01",
  },
  getDeleted: {
    method: "GET",
    path: "/deletedkeys/{name}",
    permission: "get",
    dataAction: `${KEYS}/read`,
    presence: "deleted",
    writes: false,
    since: "2016-10-01",
  },
  recover: {
    method: "POST",
    path: "/deletedkeys/{name}/recover",
    permission: "recover",
    dataAction: `${KEYS}/recover/action`,
    presence: "deleted",
    writes: true,
    since: "2016-10-01",
  },
  purge: {
    method: "DELETE",
    path: "/deletedkeys/{name}",
    permission: "purge",
    dataAction: `${KEYS}/purge/action`,
    presence: "deleted",
    writes: true,
    since: "2016-10-01",
  },
  getRandomBytes: {
    method: "POST",
    path: "/rng",
    presence: "none",
    writes: false,
    since: "7.3-preview",
  },
} as const satisfies Record<string, OperationRow>;

export type OperationName = keyof typeof OPERATIONS;
export const OPERATION_NAMES: readonly OperationName[] =
  Object.keys(OPERATIONS).filter(isOperationName);

function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

export function operationRow(name: OperationName): OperationRow {
  return OPERATIONS[name];
}
