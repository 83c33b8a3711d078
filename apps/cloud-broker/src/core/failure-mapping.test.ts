import { ERRORS, explain, isErrorCode } from "@databox-cmk/errors";
import { describe, expect, it } from "vitest";

import {
  nameOfAnswer,
  type OwnAnswer,
  ownAnswers,
  rendered,
} from "../../test/answers/own-answers.ts";
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
const key = (facts: Partial<KeyFacts>): Failure | undefined =>
  decideKeyUse({ ...USABLE_KEY, ...facts }, NOW_MS);
const entra = (status: number, error: string, number: number): Failure =>
  classifyTokenFailure(
    { kind: "answer", status, body: JSON.stringify({ error, error_codes: [number] }) },
    { kind: "system" },
  );
/** A classified answer of the vectors. */
function failureOf(own: OwnAnswer, kind: Exclude<TokenHolder["kind"], "broker">): Failure {
  const { status, body } = rendered(own);
  const text = body.toString();
  if (own.party === "vault") return classifyVaultAnswer(readVaultAnswer(status, text));
  return classifyTokenFailure(
    { kind: "answer", status, body: text },
    { kind: own.party === "imds" ? "broker" : kind },
  );
}
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
type Row = readonly [number, string, Failure | undefined, string, (string | undefined)?];
const ROWS: readonly Row[] = [
  ...ownAnswers.flatMap((own) => {
    const { party, row, failure, identity } = own;
    if (row === undefined || failure === undefined) return [];
    const holders = identity === undefined ? (["system", "user"] as const) : [identity];
    return holders.map((kind) => {
      const observed = `${party} ${nameOfAnswer(own)}`;
      return [row, observed, failureOf(own, kind), failure.code, failure.reason] as const;
    });
  }),
  [1, "Get: disabled", key({ enabled: false }), "SsemUserErrorEncryptionKeyDisabled"],
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
    6,
    "404 of a version",
    missingKey({ otherVersion: true }),
    "SsemUserErrorKeyDetailsNotFound",
    "version-not-found",
  ],
  [
    12,
    "Get: operations",
    key({ operations: ["wrapKey"] }),
    "SsemUserErrorKeyVaultBadRequestException",
    "key-operation",
  ],
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
    20,
    "401 AKV10000",
    vault(401, "Unauthorized", undefined, "AKV10000: Request is missing a Bearer or PoP token."),
    "KeyVaultUnexpectedAnswer",
    "challenge",
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
  [21, "503 of a gateway", vault(503), "KeyVaultUnreachable", "server-error"],
  [21, "408", vault(408), "KeyVaultUnreachable", "timeout"],
  [
    27,
    "a proxy instead of IMDS",
    classifyTokenFailure({ kind: "answer", status: 200, body: "<html>" }, { kind: "broker" }),
    "IdentityProviderUnreachable",
    "imds-answer",
  ],
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

  it.each(ownAnswers)("of $party's $answer is for $failure.who", ({ failure }) => {
    if (failure === undefined) return;
    const { code, reason, who } = failure;
    expect(explain(isErrorCode(code) ? code : "InternalError", { reason }).who).toBe(who);
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

  it.each(ownAnswers.filter(({ party }) => party === "rm"))(
    "takes Resource Manager's $answer for $says $failure.reason, and passes on its Retry-After",
    (own) => {
      const { status, body } = rendered(own);
      const { code, reason } = own.failure ?? {};
      const classified = classifyResourceManagerAnswer(status, body.toString(), 600);
      const seen = typeof classified === "string" ? classified : undefined;
      const failure: Partial<Failure> = typeof classified === "string" ? {} : classified;
      expect([seen, failure.code, failure.reason]).toEqual([own.says, code, reason]);
      expect(failure.retryAfterSeconds).toBe(seen === undefined ? 600 : undefined);
    },
  );

  it.each([
    [403, "<html>", "unexpected"],
    [200, "<html>", "unexpected"],
    [404, "<html>", "unexpected"],
    [500, { error: { code: "ResourceNotFound" } }, undefined],
  ])("takes Resource Manager's word only in its own form: %i %j", (status, body, reason) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const classified = classifyResourceManagerAnswer(status, text);
    expect(classified).toMatchObject({ code: "ResourceManagerUnreachable" });
    expect(classified).toHaveProperty("reason", reason);
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
