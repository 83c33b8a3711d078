import type { ErrorCode } from "@databox-cmk/errors";

import type { Failure } from "./ports.ts";
import type { VaultAnswer } from "./vault-answer.ts";

type Rule = {
  /** All members that are given must match. */
  readonly when: Partial<
    Pick<VaultAnswer, "status" | "code" | "innerCode" | "akvNumber" | "oaepPadding">
  >;
  readonly code: ErrorCode;
  readonly reason?: string | undefined;
};

/**
 * Authoritative answers; the first row that matches applies. Every row that ends in a refusal names
 * Key Vault's own codes, so that a proxy's 403 does not count as one.
 */
const RULES: readonly Rule[] = [
  {
    when: { status: 403, code: "Forbidden", innerCode: "KeyDisabled" },
    code: "SsemUserErrorEncryptionKeyDisabled",
  },
  access("ForbiddenByPolicy", "access-policy"),
  access("AccessDenied", "access-policy"),
  access("ForbiddenByRbac", "role"),
  access("ForbiddenByFirewall", "firewall"),
  access("ForbiddenByConnection", "public-access-disabled"),
  access("KeyOperationForbidden", "key-operation"),
  {
    when: { status: 403, code: "AccessDenied" },
    code: "SsemUserErrorKeyVaultBadRequestException",
    reason: "access-policy",
  },
  {
    when: { status: 403, code: "Forbidden" },
    code: "SsemUserErrorKeyVaultBadRequestException",
    reason: "access-unspecified",
  },
  {
    when: { status: 404, code: "KeyNotFound" },
    code: "SsemUserErrorKeyDetailsNotFound",
    reason: "key-not-found",
  },
  { when: { status: 400, code: "BadParameter", oaepPadding: true }, code: "KeyVersionMismatch" },
  {
    when: { status: 401, code: "Unauthorized", akvNumber: 10032 },
    code: "SsemUserErrorKeyVaultDetailsNotFound",
    reason: "tenant-moved",
  },
  {
    when: { status: 401, code: "Unauthorized", akvNumber: 10046 },
    code: "KeyVaultUnreachable",
    reason: "server-error",
  },
  // No token was sent: the SDK could not use the vault's challenge, or there was none.
  {
    when: { status: 401, code: "Unauthorized", akvNumber: 10000 },
    code: "KeyVaultUnexpectedAnswer",
    reason: "challenge",
  },
  {
    when: { status: 401, code: "Unauthorized" },
    code: "KeyVaultUnexpectedAnswer",
    reason: "token-refused",
  },
  { when: { status: 401 }, code: "KeyVaultUnexpectedAnswer", reason: "challenge" },
  { when: { status: 400, code: "BadParameter" }, code: "PasskeyUnavailable" },
  {
    when: { status: 409, innerCode: "ObjectIsBeingDeleted" },
    code: "KeyVaultUnreachable",
    reason: "server-error",
  },
  {
    when: { status: 409, innerCode: "ObjectIsBeingRecovered" },
    code: "KeyVaultUnreachable",
    reason: "server-error",
  },
  { when: { status: 408 }, code: "KeyVaultUnreachable", reason: "timeout" },
  { when: { status: 429 }, code: "KeyVaultThrottled" },
];

function access(innerCode: string, reason: string): Rule {
  const code = "SsemUserErrorKeyVaultBadRequestException";
  return { when: { status: 403, code: "Forbidden", innerCode }, code, reason };
}

/**
 * Uses status and code only. An answer that matches no row is unexpected, which is never a refusal.
 */
export function classifyVaultAnswer(answer: VaultAnswer): Failure {
  const rule = RULES.find((candidate) => fits(candidate.when, answer));
  const detail = describe(answer);
  const retry = answer.retryAfterSeconds !== undefined && {
    retryAfterSeconds: answer.retryAfterSeconds,
  };
  if (rule !== undefined)
    return {
      code: rule.code,
      reason: rule.reason,
      detail,
      ...retry,
      ...(rule.reason === "firewall" &&
        answer.clientAddress !== undefined && { facts: { brokerAddress: answer.clientAddress } }),
    };
  if (answer.status >= 500 && answer.status <= 599)
    return { code: "KeyVaultUnreachable", reason: "server-error", detail, ...retry };
  return { code: "KeyVaultUnexpectedAnswer", detail };
}

function fits(when: Rule["when"], answer: VaultAnswer): boolean {
  return (
    (when.status === undefined || when.status === answer.status) &&
    (when.code === undefined || when.code === answer.code) &&
    (when.innerCode === undefined || when.innerCode === answer.innerCode) &&
    (when.akvNumber === undefined || when.akvNumber === answer.akvNumber) &&
    (when.oaepPadding === undefined || when.oaepPadding === answer.oaepPadding)
  );
}

/** Codes only, never the vault's message, which may hold the customer's addresses and names. */
function describe({ status, code, innerCode, akvNumber }: VaultAnswer): string {
  const codes = [code, innerCode, akvNumber === undefined ? undefined : `AKV${akvNumber}`];
  return ["Key Vault answered", status, ...codes.filter((part) => part !== undefined)].join(" ");
}
