import type { Vault } from "../model.ts";
import type { UnverifiedChoice } from "../unverified.ts";
import { describeCaller, type TokenClaims } from "./caller.ts";

/** A refusal as the service words it. `innerCode` is `error.innererror.code`. */
export type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly innerCode?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
};

const unauthorized = (message: string): Refusal => ({ status: 401, code: "Unauthorized", message });
const forbidden = (innerCode: string, message: string): Refusal => ({
  status: 403,
  code: "Forbidden",
  innerCode,
  message,
});
const conflict = (innerCode: string, message: string): Refusal => ({
  status: 409,
  code: "Conflict",
  innerCode,
  message,
});
const badParameter = (message: string): Refusal => ({ status: 400, code: "BadParameter", message });
const at = (vault: Vault): string => `${vault.name};location=${vault.location}`;

/**
 * Every refusal of the data plane, with its exact words. Unrecorded ones are marked by UNVERIFIED
 * (core/unverified.ts).
 */
export const REFUSALS = {
  missingToken: () => unauthorized("AKV10000: Request is missing a Bearer or PoP token."),
  invalidAudience: (expected: string, found: string) =>
    unauthorized(`AKV10022: Invalid audience. Expected ${expected}, found: ${found}.`),
  invalidIssuer: (expected: readonly string[], found: string) =>
    unauthorized(
      `AKV10032: Invalid issuer. Expected one of ${expected.join(", ")}, found ${found}.`,
    ),
  unresolvableSigningKey: (encodedHeader: string) =>
    unauthorized(
      `AKV10046: Unable to resolve the key used for signature validation. EncodedJwtHeader: '${encodedHeader}'.`,
    ),
  expiredToken: () => unauthorized("[TokenExpired] Error validating token: 'S2S12086'."),
  tokenNotYetValid: () => unauthorized("[TokenNotYetValid] Error validating token: 'S2S12087'."),

  firewall: (vault: Vault, caller: TokenClaims, clientAddress: string) =>
    forbidden(
      "ForbiddenByFirewall",
      `Client address is not authorized and caller is not a trusted service.\r\nClient address: ${clientAddress}\r\nCaller: ${describeCaller(caller)}\r\nVault: ${at(vault)}`,
    ),
  firewallWithoutBypass: (vault: Vault, caller: TokenClaims, clientAddress: string) =>
    forbidden(
      "ForbiddenByFirewall",
      `Request was not allowed by NSP rules and the client address is not authorized and caller was ignored because bypass is set to None\r\nClient address: ${clientAddress}\r\nCaller: ${describeCaller(caller)}\r\nVault: ${at(vault)}`,
    ),
  publicAccessDisabled: (vault: Vault, caller: TokenClaims) =>
    forbidden(
      "ForbiddenByConnection",
      `Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\nCaller: ${describeCaller(caller, "connection")}\r\nVault: ${at(vault)}`,
    ),
  publicAccessDisabledWithoutBypass: (vault: Vault, caller: TokenClaims) =>
    forbidden(
      "ForbiddenByConnection",
      `Connection is not an approved private link and caller was ignored because bypass is not set to 'AzureServices' and PublicNetworkAccess is set to 'Disabled'.\r\nCaller: ${describeCaller(caller, "connection")}\r\nVault: ${at(vault)}`,
    ),

  missingPolicy: (vault: Vault, caller: TokenClaims, permission: string) =>
    forbidden(
      "ForbiddenByPolicy",
      `The user, group or application '${describeCaller(caller, "policy")}' does not have keys ${permission.toLowerCase()} permission on key vault '${at(vault)}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    ),
  missingRole: (vault: Vault, caller: TokenClaims, dataAction: string) =>
    forbidden(
      "ForbiddenByRbac",
      [
        "Caller is not authorized to perform action on resource.",
        "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.",
        `Caller: ${describeCaller(caller)}`,
        `Action: '${dataAction}'`,
        `Resource: '/subscriptions/${vault.subscriptionId}/resourcegroups/${vault.resourceGroup.toLowerCase()}/providers/microsoft.keyvault/vaults/${vault.name.toLowerCase()}'`,
        "Assignment: (not found)",
        "DenyAssignmentId: null",
        "DecisionReason: 'DeniedWithNoValidRBAC' ",
        `Vault: ${at(vault)}`,
        "",
      ].join("\r\n"),
    ),
  readOnlyRegion: (vault: Vault): Refusal => ({
    status: 403,
    code: "Forbidden",
    innerCode: "ReadOnly",
    message: `The vault ${vault.name} is read-only while its region fails over; retry later.`,
  }),

  keyNotFound: (nameOrId: string): Refusal => ({
    status: 404,
    code: "KeyNotFound",
    message: `A key with (name/id) ${nameOrId} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  }),
  deletedKeyNotFound: (name: string): Refusal => ({
    status: 404,
    code: "KeyNotFound",
    message: `Deleted Key not found: ${name}`,
  }),
  deletedButRecoverable: (name: string) =>
    conflict(
      "ObjectIsDeletedButRecoverable",
      `Key ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the key can only be recovered or purged.`,
    ),
  beingDeleted: (name: string) =>
    conflict(
      "ObjectIsBeingDeleted",
      `Key ${name} is currently being deleted and cannot be re-created; retry later.`,
    ),
  purgedTooEarly: () => conflict("ObjectIsBeingDeleted", "Key is currently being deleted."),
  beingRecovered: (name: string) =>
    conflict("ObjectIsBeingRecovered", `Key ${name} is currently being recovered.`),
  nameTaken: (keyId: string): Refusal => ({
    status: 409,
    code: "Conflict",
    message: `There was a conflict restoring the key '${keyId}'. This can happen if either: a second key with the same name was created after the first key was deleted; thus trying to restore a key whose name is already in use. To fix this, rename the second key to something else so that the restore works. The second probable cause of this exception is when multiple operations are performed in parallel against the key. To avoid this error, perform operations against a key in a sequential manner.`,
  }),

  keyDisabled: (operation: string) =>
    forbidden("KeyDisabled", `Operation ${operation} is not allowed on a disabled key.`),
  outsideValidity: (
    operation: string,
    period: "expired" | "not-yet-valid",
    innerCode: UnverifiedChoice<"outside-validity-inner-code">,
  ): Refusal => {
    const message =
      period === "expired"
        ? `Operation ${operation} is not allowed on an expired key.`
        : `Operation ${operation} is not allowed on a key that is not yet valid.`;
    if (innerCode === "none") return { status: 403, code: "Forbidden", message };
    return forbidden(period === "expired" ? "KeyExpired" : "KeyNotYetValid", message);
  },
  operationNotPermitted: (operation: string) =>
    forbidden("KeyOperationForbidden", `Operation ${operation} is not permitted on this key.`),
  purgeProtected: (status: number, vault: Vault): Refusal => ({
    status,
    code: status === 403 ? "Forbidden" : "Conflict",
    innerCode: "PurgeProtectionEnabled",
    message: `Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed. Vault: ${at(vault)}`,
  }),

  badParameter,
  hardwareKey: () => badParameter("Hardware key operation not allowed on standard vault"),
  oaepPadding: () => badParameter("Error occurred while decoding OAEP padding."),
  corruptBackup: (): Refusal => ({
    status: 400,
    code: "Malformed backup blob",
    message: "Backup blob is corrupt.",
  }),
  missingApiVersion: () => badParameter("The api-version query parameter is required."),
  unknownApiVersion: (found: string, latest: string) =>
    badParameter(
      `The specified version (${found}) is not recognized. Consider using the latest supported version (${latest}).`,
    ),
  tooOldApiVersion: (found: string) =>
    badParameter(`The api-version '${found}' is not supported by this operation.`),
  invalidName: (name: string) => badParameter(`The request URI contains an invalid name: ${name}`),

  exportableUnsupported: () =>
    badParameter(
      "AKV.SKR.1001: The exportable attribute is only supported with premium vaults and API version >= '7.3-preview'.",
    ),
  exportableWithoutPolicy: () =>
    badParameter("AKV.SKR.1004: Exportable keys must have release policy."),
  policyOfNonExportable: () =>
    badParameter("AKV.SKR.1005: Non-exportable keys must not have release policy."),
  exportableSoftwareKey: () =>
    badParameter("AKV.SKR.1006: Exportable keys must be keys of an HSM."),
  immutablePolicy: () =>
    badParameter("AKV.SKR.1020: Immutable Key Release Policy cannot be modified."),
  throttled: (
    reason: "VaultRequestTypeLimitReached" | "VaultOperationLimitReached",
    retryAfterSeconds: number | undefined,
  ): Refusal => ({
    status: 429,
    code: "Throttled",
    message: `Request was not processed because too many requests were received. Reason: ${reason}`,
    retryAfterSeconds,
  }),
} as const;
