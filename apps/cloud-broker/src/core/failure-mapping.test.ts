import { ERRORS, explain } from "@databox-cmk/errors";
import { describe, expect, it } from "vitest";

import { USABLE_KEY } from "../../test/world/usable-key.ts";
import { classifyNetworkFailure } from "./classify-network-failure.ts";
import { classifyResourceManagerAnswer } from "./classify-resource-manager-answer.ts";
import { classifyTokenFailure, type TokenHolder } from "./classify-token-failure.ts";
import { classifyVaultAnswer, readVaultAnswer } from "./classify-vault-answer.ts";
import { decideKeyUse } from "./key-rules.ts";
import { parseKeyUrl } from "./key-url.ts";
import { decideMissingKey, decideMissingVault } from "./missing-key.ts";
import { decideIdentities, MAX_USER_IDENTITIES } from "./patch-identity.ts";
import type { Failure, KeyFacts } from "./ports.ts";

const NOW_MS = Date.UTC(2026, 10, 25);
const NOW_SECONDS = NOW_MS / 1000;
const MISSING: Failure = { code: "SsemUserErrorKeyDetailsNotFound", reason: "key-not-found" };
const NO_NAME: Failure = { code: "KeyVaultUnreachable", reason: "dns", vaultNameUnknown: true };
const none = { ok: true, value: undefined } as const;

const vault = (status: number, code?: string, innerCode?: string, message = "text"): Failure =>
  classifyVaultAnswer(
    readVaultAnswer(
      status,
      code === undefined
        ? "<html>text</html>"
        : JSON.stringify({
            error: {
              code,
              message,
              ...(innerCode !== undefined && { innererror: { code: innerCode } }),
            },
          }),
    ),
  );
const forbidden = (innerCode: string): Failure => vault(403, "Forbidden", innerCode);
const key = (facts: Partial<KeyFacts>): Failure | undefined =>
  decideKeyUse({ ...USABLE_KEY, ...facts }, NOW_MS);
const entra = (
  status: number,
  error: string,
  number: number,
  kind: TokenHolder["kind"] = "system",
): Failure =>
  classifyTokenFailure(
    { kind: "answer", status, body: JSON.stringify({ error, error_codes: [number] }) },
    { kind },
  );
const imds = (status: number): Failure =>
  classifyTokenFailure(
    { kind: "answer", status, body: JSON.stringify({ error: "invalid_request" }) },
    { kind: "broker" },
  );
const url = (text: string): Failure | undefined => {
  const parsed = parseKeyUrl(text, ["vault.azure.net"]);
  return parsed.ok ? undefined : parsed.failure;
};
const missingKey = (evidence: Partial<Parameters<typeof decideMissingKey>[1]>): Failure =>
  decideMissingKey(MISSING, {
    deleted: none,
    otherVersion: undefined,
    missedSinceMs: undefined,
    nowMs: NOW_MS,
    ...evidence,
  });

const identities = decideIdentities([], {
  type: "UserAssigned",
  userAssignedIdentities: Object.fromEntries(
    Array.from({ length: MAX_USER_IDENTITIES + 1 }, (_, index) => [`/identities/${index}`, {}]),
  ),
});
const tooMany = identities.ok ? undefined : identities.failure;

/** Rows of the mapping by their number, with every observation that a row names. */
const ROWS: readonly (readonly [number, string, Failure | undefined, string, string?])[] = [
  [1, "Get: disabled", key({ enabled: false }), "SsemUserErrorEncryptionKeyDisabled"],
  [1, "403 KeyDisabled", forbidden("KeyDisabled"), "SsemUserErrorEncryptionKeyDisabled"],
  [2, "Get: expired", key({ expiresSeconds: NOW_SECONDS }), "SsemUserErrorEncryptionKeyExpired"],
  [3, "Get: not yet valid", key({ notBeforeSeconds: NOW_SECONDS + 1 }), "KeyNotYetValid"],
  [
    4,
    "404, deleted",
    missingKey({ deleted: { ok: true, value: { scheduledPurgeSeconds: NOW_SECONDS } } }),
    "SsemUserErrorKeyDetailsNotFound",
    "key-deleted-recoverable",
  ],
  [
    5,
    "404, not deleted either",
    missingKey({ missedSinceMs: NOW_MS - 60_000 }),
    "SsemUserErrorKeyDetailsNotFound",
    "key-purged",
  ],
  [
    5,
    "404, and a deletion might not show yet",
    missingKey({ missedSinceMs: NOW_MS - 59_999 }),
    "SsemUserErrorKeyDetailsNotFound",
    "key-not-found",
  ],
  [
    5,
    "404 of a key that was never here",
    vault(404, "KeyNotFound"),
    "SsemUserErrorKeyDetailsNotFound",
    "key-not-found",
  ],
  [
    6,
    "404 of a version",
    missingKey({ otherVersion: true }),
    "SsemUserErrorKeyDetailsNotFound",
    "version-not-found",
  ],
  [
    7,
    "409 being deleted",
    vault(409, "Conflict", "ObjectIsBeingDeleted"),
    "KeyVaultUnreachable",
    "server-error",
  ],
  [
    7,
    "409 being recovered",
    vault(409, "Conflict", "ObjectIsBeingRecovered"),
    "KeyVaultUnreachable",
    "server-error",
  ],
  [
    8,
    "403 by policy",
    forbidden("ForbiddenByPolicy"),
    "SsemUserErrorKeyVaultBadRequestException",
    "access-policy",
  ],
  [
    8,
    "403 AccessDenied",
    forbidden("AccessDenied"),
    "SsemUserErrorKeyVaultBadRequestException",
    "access-policy",
  ],
  [
    8,
    "403 AccessDenied, outer",
    vault(403, "AccessDenied"),
    "SsemUserErrorKeyVaultBadRequestException",
    "access-policy",
  ],
  [
    9,
    "403 by role",
    forbidden("ForbiddenByRbac"),
    "SsemUserErrorKeyVaultBadRequestException",
    "role",
  ],
  [
    10,
    "403 by firewall",
    forbidden("ForbiddenByFirewall"),
    "SsemUserErrorKeyVaultBadRequestException",
    "firewall",
  ],
  [
    11,
    "403 by connection",
    forbidden("ForbiddenByConnection"),
    "SsemUserErrorKeyVaultBadRequestException",
    "public-access-disabled",
  ],
  [
    12,
    "403 key operation",
    forbidden("KeyOperationForbidden"),
    "SsemUserErrorKeyVaultBadRequestException",
    "key-operation",
  ],
  [
    12,
    "Get: operations",
    key({ operations: ["wrapKey"] }),
    "SsemUserErrorKeyVaultBadRequestException",
    "key-operation",
  ],
  [
    13,
    "403, another inner code",
    forbidden("SomethingNew"),
    "SsemUserErrorKeyVaultBadRequestException",
    "access-unspecified",
  ],
  [
    13,
    "403 without inner code",
    vault(403, "Forbidden"),
    "SsemUserErrorKeyVaultBadRequestException",
    "access-unspecified",
  ],
  [
    14,
    "400 OAEP",
    vault(400, "BadParameter", undefined, "Error occurred while decoding OAEP padding."),
    "KeyVersionMismatch",
  ],
  [15, "400 other", vault(400, "BadParameter"), "KeyVaultUnexpectedAnswer"],
  [
    16,
    "no name, vault absent",
    decideMissingVault(NO_NAME, { vault: { ok: true, value: "absent" }, deleted: none }),
    "SsemUserErrorKeyVaultDetailsNotFound",
    "vault-not-found",
  ],
  [
    16,
    "no name, vault deleted",
    decideMissingVault(NO_NAME, {
      vault: { ok: true, value: "absent" },
      deleted: { ok: true, value: { scheduledPurgeDate: "2026-12-01" } },
    }),
    "SsemUserErrorKeyVaultDetailsNotFound",
    "vault-deleted-recoverable",
  ],
  [
    16,
    "no name, and Resource Manager may not tell",
    decideMissingVault(NO_NAME, { vault: { ok: true, value: "hidden" }, deleted: none }),
    "KeyVaultUnreachable",
    "dns",
  ],
  [
    16,
    "no name, and no Resource Manager",
    decideMissingVault(NO_NAME, {
      vault: { ok: false, failure: { code: "ResourceManagerUnreachable" } },
      deleted: none,
    }),
    "KeyVaultUnreachable",
    "dns",
  ],
  [
    17,
    "no name server",
    classifyNetworkFailure("EAI_AGAIN", "vault"),
    "KeyVaultUnreachable",
    "dns",
  ],
  [17, "no name", classifyNetworkFailure("ENOTFOUND", "vault"), "KeyVaultUnreachable", "dns"],
  [17, "SERVFAIL", classifyNetworkFailure("ESERVFAIL", "vault"), "KeyVaultUnreachable", "dns"],
  [
    17,
    "connection refused",
    classifyNetworkFailure("ECONNREFUSED", "vault"),
    "KeyVaultUnreachable",
    "connection",
  ],
  [
    17,
    "connection reset",
    classifyNetworkFailure("ECONNRESET", "vault"),
    "KeyVaultUnreachable",
    "connection",
  ],
  [
    17,
    "broken pipe",
    classifyNetworkFailure("EPIPE", "vault"),
    "KeyVaultUnreachable",
    "connection",
  ],
  [17, "timeout", classifyNetworkFailure("ETIMEDOUT", "vault"), "KeyVaultUnreachable", "timeout"],
  [
    17,
    "unknown network error",
    classifyNetworkFailure(undefined, "vault"),
    "KeyVaultUnreachable",
    "connection",
  ],
  [17, "half a body", classifyNetworkFailure("PARSE_ERROR", "vault"), "KeyVaultUnexpectedAnswer"],
  [
    18,
    "certificate of nobody",
    classifyNetworkFailure("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "vault"),
    "KeyVaultUnreachable",
    "certificate",
  ],
  [
    18,
    "certificate of another",
    classifyNetworkFailure("ERR_TLS_CERT_ALTNAME_INVALID", "vault"),
    "KeyVaultUnreachable",
    "certificate",
  ],
  [
    18,
    "certificate expired",
    classifyNetworkFailure("CERT_HAS_EXPIRED", "vault"),
    "KeyVaultUnreachable",
    "certificate",
  ],
  [
    19,
    "401 AKV10032",
    vault(401, "Unauthorized", undefined, "AKV10032: Invalid issuer."),
    "SsemUserErrorKeyVaultDetailsNotFound",
    "tenant-moved",
  ],
  [
    20,
    "401 AKV10000",
    vault(401, "Unauthorized", undefined, "AKV10000: Request is missing a Bearer or PoP token."),
    "KeyVaultUnexpectedAnswer",
    "challenge",
  ],
  [
    20,
    "401 AKV10022",
    vault(401, "Unauthorized", undefined, "AKV10022: Invalid audience."),
    "KeyVaultUnexpectedAnswer",
    "token-refused",
  ],
  [
    20,
    "401 whose text contains a number that is not its own",
    vault(401, "Unauthorized", undefined, "AKV10022: no key is named AKV10032: or AKV10046:"),
    "KeyVaultUnexpectedAnswer",
    "token-refused",
  ],
  [
    20,
    "401 of a proxy that quotes the vault",
    vault(401, "Denied", undefined, "AKV10032: Invalid issuer."),
    "KeyVaultUnexpectedAnswer",
    "challenge",
  ],
  [20, "401 without a word", vault(401), "KeyVaultUnexpectedAnswer", "challenge"],
  [
    21,
    "401 AKV10046",
    vault(401, "Unauthorized", undefined, "AKV10046: Unable to resolve the key."),
    "KeyVaultUnreachable",
    "server-error",
  ],
  [21, "500", vault(500, "InternalServerError"), "KeyVaultUnreachable", "server-error"],
  [21, "503 of a gateway", vault(503), "KeyVaultUnreachable", "server-error"],
  [21, "408", vault(408), "KeyVaultUnreachable", "timeout"],
  [22, "429", vault(429, "Throttled"), "KeyVaultThrottled"],
  [
    23,
    "system identity deleted",
    entra(400, "unauthorized_client", 700016),
    "SsemUserErrorSystemAssignedIdentityAbsent",
    "identity-deleted",
  ],
  [
    23,
    "system identity without trust",
    entra(400, "invalid_request", 70021),
    "SsemUserErrorSystemAssignedIdentityAbsent",
    "identity-deleted",
  ],
  [
    24,
    "user identity without a federated credential",
    entra(401, "invalid_client", 70025, "user"),
    "SsemUserErrorUserAssignedIdentityAbsent",
    "federation-missing",
  ],
  [
    24,
    "user identity without trust",
    entra(401, "invalid_client", 700213, "user"),
    "SsemUserErrorUserAssignedIdentityAbsent",
    "federation-missing",
  ],
  [
    25,
    "user identity deleted",
    entra(400, "unauthorized_client", 700016, "user"),
    "SsemUserErrorKekUserIdentityNotFound",
  ],
  [
    26,
    "tenant gone",
    entra(400, "invalid_request", 90002, "user"),
    "SsemUserErrorCrossTenantIdentityAccessForbidden",
  ],
  ...[404, 410, 429, 500].map(
    (status) =>
      [27, `IMDS ${status}`, imds(status), "IdentityProviderUnreachable", "imds"] as const,
  ),
  [27, "IMDS 400", imds(400), "IdentityProviderUnreachable", "own-identity"],
  [27, "a proxy instead of IMDS", imds(200), "IdentityProviderUnreachable", "imds-answer"],
  [
    27,
    "IMDS silent",
    classifyNetworkFailure("ETIMEDOUT", "imds"),
    "IdentityProviderUnreachable",
    "imds",
  ],
  [
    27,
    "Entra unavailable",
    entra(400, "temporarily_unavailable", 1),
    "IdentityProviderUnreachable",
    "entra",
  ],
  ...(
    [
      ["blocked", [53000, 53001, 53003, 530032, 530035, 50076, 50105, 50173, 50020, 50034, 50057]],
      ["resource", [500011, 500014, 65001]],
      ["tenant", [5000224, 500021]],
      ["cloud", [900382, 900439]],
      ["assertion", [700229, 50027]],
      ["entra-refused", [90013, 9002313, 7000113, 7000218, 1002016, 392001, 999999]],
    ] as const
  ).flatMap(([reason, numbers]) =>
    numbers.map(
      (number) =>
        [
          27,
          `AADSTS${number}`,
          entra(400, "invalid_grant", number),
          "IdentityProviderUnreachable",
          reason,
        ] as const,
    ),
  ),
  ...[90006, 90012, 90024, 90033, 90055, 501661, 50196].map(
    (number) =>
      [
        27,
        `AADSTS${number}`,
        entra(400, "invalid_request", number),
        "IdentityProviderUnreachable",
        "entra",
      ] as const,
  ),
  ...[500133, 700024].map(
    (number) =>
      [
        27,
        `the broker's clock is wrong, AADSTS${number}`,
        entra(401, "invalid_client", number),
        "IdentityProviderUnreachable",
        "clock",
      ] as const,
  ),
  [
    27,
    "the cluster's clock is wrong",
    entra(401, "invalid_client", 700024, "account"),
    "IdentityProviderUnreachable",
    "clock",
  ],
  ...[700016, 70021, 700027].map(
    (number) =>
      [
        27,
        `the broker's service account is not trusted, AADSTS${number}`,
        entra(401, "invalid_client", number, "account"),
        "IdentityProviderUnreachable",
        "own-identity",
      ] as const,
  ),
  ...[50013, 700027, 7000272].map(
    (number) =>
      [
        27,
        `the broker's assertion is not taken, AADSTS${number}`,
        entra(401, "invalid_client", number),
        "IdentityProviderUnreachable",
        "assertion",
      ] as const,
  ),
  [27, "Entra 503", entra(503, "server_error", 700016), "IdentityProviderUnreachable", "entra"],
  [27, "Entra 429", entra(429, "invalid_request", 700016), "IdentityProviderUnreachable", "entra"],
  [
    28,
    "scheme",
    url("http://kv.vault.azure.net/keys/kek"),
    "SsemUserErrorKeyVaultUrlWithInvalidScheme",
  ],
  [28, "host", url("https://kv.example.com/keys/kek"), "SsemUserErrorKeyVaultUrlInvalidHost"],
  [28, "form", url("kv"), "SsemUserErrorInvalidKeyVaultUrl"],
  [30, "too many identities", tooMany, "SsemUserErrorUserAssignedLimitReached"],
  [
    31,
    "Entra, a number that we do not know",
    entra(400, "invalid_client", 7000215),
    "IdentityProviderUnreachable",
    "entra-refused",
  ],
  [31, "a status that we do not know", vault(418), "KeyVaultUnexpectedAnswer"],
  [31, "a refusal by a proxy", vault(403), "KeyVaultUnexpectedAnswer"],
  [31, "a redirection", vault(302), "KeyVaultUnexpectedAnswer"],
  [31, "a success that cannot be read", vault(200), "KeyVaultUnexpectedAnswer"],
];

const CASES = ROWS.map(([row, observed, failure, code, reason]) => {
  return { row, observed, failure, code, reason };
});

describe("the mapping of failures", () => {
  it.each(CASES)("row $row: $observed", ({ failure, code, reason }) => {
    expect([failure?.code, failure?.reason]).toEqual([code, reason]);
  });

  it.each(CASES)("row $row: $observed has a code and reason of the table", ({ failure }) => {
    expect(() =>
      explain(failure?.code ?? "InternalError", { reason: failure?.reason }),
    ).not.toThrow();
  });

  it("never calls a transient observation refused", () => {
    const transient = ROWS.filter(([row]) => [7, 17, 18, 21, 22, 27, 31].includes(row));
    expect(
      transient.filter(
        ([, , failure]) => failure !== undefined && ERRORS[failure.code].class === "refused",
      ),
    ).toEqual([]);
  });

  it("shows Entra's number and own words, for a number that no row knows", () => {
    const body = JSON.stringify({
      error: "invalid_grant",
      error_codes: [999_999],
      error_description:
        "AADSTS999999: The moon is full. Trace ID: 1 Correlation ID: 2 Timestamp: 2026-11-30",
    });
    const { detail } = classifyTokenFailure(
      { kind: "answer", status: 400, body },
      { kind: "user" },
    );
    expect(detail).toBe(
      "Microsoft Entra ID answered 400 invalid_grant AADSTS999999: The moon is full.",
    );
  });

  it.each([
    [409, "ScopeLocked", "lock"],
    [403, "RequestDisallowedByPolicy", "policy"],
    [403, "RequestDisallowedByAzure", "policy"],
    [409, "QuotaExceeded", "quota"],
    [400, "FederatedIdentityCredentialsLimitExceeded", "quota"],
    [409, "MissingSubscriptionRegistration", "refused"],
    [409, "ReadOnlyDisabledSubscription", "refused"],
    [400, "InvalidApiVersionParameter", "refused"],
    [401, "ExpiredAuthenticationToken", "token-refused"],
    [409, "AnotherOperationInProgress", undefined],
    [409, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity", undefined],
    [429, "TooManyRequests", undefined],
    [503, "ServerBusy", undefined],
    [403, undefined, "unexpected"],
    [200, undefined, "unexpected"],
  ])("says who must act on Resource Manager's %i %s: %s", (status, code, reason) => {
    const body = code === undefined ? "<html>" : JSON.stringify({ error: { code } });
    expect(classifyResourceManagerAnswer(status, body, 600)).toMatchObject({
      code: "ResourceManagerUnreachable",
      reason,
      retryAfterSeconds: 600,
    });
  });

  it.each([
    [404, { error: { code: "ResourceNotFound" } }, "absent"],
    [404, { error: { code: "ResourceGroupNotFound" } }, "absent"],
    [403, { error: { code: "AuthorizationFailed" } }, "hidden"],
    [404, { error: { code: "SubscriptionNotFound" } }, "hidden"],
    [404, "<html>", "ResourceManagerUnreachable"],
    [403, "<html>", "ResourceManagerUnreachable"],
    [500, { error: { code: "ResourceNotFound" } }, "ResourceManagerUnreachable"],
  ])("takes Resource Manager's word only in its own form: %i %j", (status, body, expected) => {
    const classified = classifyResourceManagerAnswer(
      status,
      typeof body === "string" ? body : JSON.stringify(body),
    );
    expect(typeof classified === "string" ? classified : classified.code).toBe(expected);
  });

  const MESSAGE =
    "Client address: 203.0.113.10\r\nCaller: appid=a;oid=o;iss=https://sts.windows.net/t/\r\nVault: kv;location=westus";

  it("keeps the vault's own messages out of the failure: they hold addresses and names", () => {
    const failure = vault(403, "Forbidden", "ForbiddenByRbac", MESSAGE);
    expect(JSON.stringify(failure)).not.toMatch(/203\.0|appid|sts\.windows|westus/);
  });

  it("takes one thing of the firewall's message, the broker's address, since that is what is to be admitted", () => {
    const failure = vault(403, "Forbidden", "ForbiddenByFirewall", MESSAGE);
    expect(failure.facts).toEqual({ brokerAddress: "203.0.113.10" });
    expect(JSON.stringify(failure)).not.toMatch(/appid|sts\.windows|westus/);
  });
});
