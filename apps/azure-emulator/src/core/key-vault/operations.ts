import type { ApiVersion } from "./api-version.ts";

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
    /** Member of key_ops that it needs, if any. */
    readonly keyOperation: string | undefined;
    /** Works outside nbf..exp, so that data that was protected in time can be recovered. */
    readonly outsideValidity: boolean;
    /** Needs only the public half. */
    readonly publicHalf: boolean;
  };
  readonly since: ApiVersion;
};

type Fields = Partial<Omit<OperationRow, "method" | "path">>;

/** The version that every operation has unless its row names a later one. */
const FIRST_VERSION: ApiVersion = "2016-10-01";

/**
 * A read of a usable key, in every version. `other` says what differs. The data action `action` is
 * relative to `Microsoft.KeyVault/vaults/`.
 */
const row = (
  [method, path]: readonly [OperationRow["method"], string],
  permission: string,
  action: string,
  other: Fields = {},
): OperationRow => ({
  method,
  path,
  permission,
  dataAction: `Microsoft.KeyVault/vaults/${action}`,
  presence: "usable",
  writes: false,
  since: FIRST_VERSION,
  ...other,
});

/** A cryptographic use. Unless `isReleased` by a policy, key_ops must name it. */
const use = (
  segment: string,
  action: string,
  permission: string,
  { outsideValidity = false, publicHalf = false, isReleased = false, since }: UseFields,
): OperationRow =>
  row(["POST", `/keys/{name}/{version?}/${segment}`], permission, `keys/${action}/action`, {
    use: { keyOperation: isReleased ? undefined : permission, outsideValidity, publicHalf },
    ...(since !== undefined && { since }),
  });
type UseFields = {
  readonly outsideValidity?: boolean;
  readonly publicHalf?: boolean;
  readonly isReleased?: boolean;
  readonly since?: ApiVersion;
};

const WRITES = { writes: true } as const;
const LISTS = { presence: "none" } as const;

/**
 * The keys data plane of a vault: one row per operation. Rows with literal segments stand before
 * those with parameters.
 */
export const OPERATIONS = {
  listKeys: row(["GET", "/keys"], "list", "keys/read", LISTS),
  restore: row(["POST", "/keys/restore"], "restore", "keys/restore/action", {
    presence: "absent",
    ...WRITES,
  }),
  create: row(["POST", "/keys/{name}/create"], "create", "keys/create/action", {
    presence: "free",
    ...WRITES,
  }),
  import: row(["PUT", "/keys/{name}"], "import", "keys/import/action", {
    presence: "free",
    ...WRITES,
  }),
  delete: row(["DELETE", "/keys/{name}"], "delete", "keys/delete", WRITES),
  listVersions: row(["GET", "/keys/{name}/versions"], "list", "keys/read", LISTS),
  getRotationPolicy: row(
    ["GET", "/keys/{name}/rotationpolicy"],
    "getrotationpolicy",
    "keyrotationpolicies/read",
    { since: "7.3-preview" },
  ),
  updateRotationPolicy: row(
    ["PUT", "/keys/{name}/rotationpolicy"],
    "setrotationpolicy",
    "keyrotationpolicies/write",
    { since: "7.3-preview", ...WRITES },
  ),
  rotate: row(["POST", "/keys/{name}/rotate"], "rotate", "keys/rotate/action", {
    since: "7.3-preview",
    ...WRITES,
  }),
  backup: row(["POST", "/keys/{name}/backup"], "backup", "keys/backup/action"),
  attest: row(["GET", "/keys/{name}/{version?}/attestation"], "get", "keys/read", {
    since: "7.6-preview.2",
  }),
  get: row(["GET", "/keys/{name}/{version?}"], "get", "keys/read"),
  update: row(["PATCH", "/keys/{name}/{version?}"], "update", "keys/update/action", WRITES),
  wrapKey: use("wrapkey", "wrap", "wrapKey", { publicHalf: true }),
  unwrapKey: use("unwrapkey", "unwrap", "unwrapKey", { outsideValidity: true }),
  encrypt: use("encrypt", "encrypt", "encrypt", { publicHalf: true }),
  decrypt: use("decrypt", "decrypt", "decrypt", { outsideValidity: true }),
  sign: use("sign", "sign", "sign", {}),
  verify: use("verify", "verify", "verify", { outsideValidity: true, publicHalf: true }),
  release: use("release", "release", "release", {
    outsideValidity: true,
    isReleased: true,
    since: "7.3-preview",
  }),
  secureWrapKey: use("securewrapkey", "wrap", "wrapKey", {
    publicHalf: true,
    since: "2026-01-01-preview",
  }),
  secureUnwrapKey: use("secureunwrapkey", "unwrap", "unwrapKey", {
    outsideValidity: true,
    since: "2026-01-01-preview",
  }),
  listDeletedKeys: row(["GET", "/deletedkeys"], "list", "keys/read", LISTS),
  getDeleted: row(["GET", "/deletedkeys/{name}"], "get", "keys/read", { presence: "deleted" }),
  recover: row(["POST", "/deletedkeys/{name}/recover"], "recover", "keys/recover/action", {
    presence: "deleted",
    ...WRITES,
  }),
  purge: row(["DELETE", "/deletedkeys/{name}"], "purge", "keys/purge/action", {
    presence: "deleted",
    ...WRITES,
  }),
  getRandomBytes: {
    method: "POST",
    path: "/rng",
    presence: "none",
    writes: false,
    since: "7.3-preview",
  },
} satisfies Record<string, OperationRow>;

export type OperationName = keyof typeof OPERATIONS;
export const OPERATION_NAMES: readonly OperationName[] =
  Object.keys(OPERATIONS).filter(isOperationName);

function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

export function operationRow(name: OperationName): OperationRow {
  return OPERATIONS[name];
}
