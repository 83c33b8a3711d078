import type { ErrorCode } from "@databox-cmk/errors";
import * as z from "zod/mini";

import type { Failure } from "./ports.ts";

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

/** The parts of an unsuccessful answer that we classify by. */
type VaultAnswer = {
  readonly status: number;
  /** `error.code`; absent when the body is not Key Vault's error envelope. */
  readonly code?: string | undefined;
  /** `error.innererror.code` */
  readonly innerCode?: string | undefined;
  /**
   * Number at the start of an `AKV…` message: authentication failures have no other code. A number
   * further on is text, such as a name that somebody chose.
   */
  readonly akvNumber?: number | undefined;
  /**
   * The one message that we classify by: wrong ciphertext or key version has no code of its own.
   */
  readonly oaepPadding?: true | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The broker's address as the vault's firewall saw it: what is to be admitted. */
  readonly clientAddress?: string | undefined;
};

const MAX_CHARACTERS = 64 * 1024;
const NAME = z.string().check(z.regex(/^[A-Za-z0-9 _-]{1,64}$/));
const ENVELOPE = z.object({
  error: z.object({
    code: NAME,
    message: z.optional(z.string()),
    innererror: z.nullish(z.object({ code: z.optional(NAME) })),
  }),
});

/**
 * Reads a body of unknown origin. A body that is not Key Vault's envelope yields the status alone.
 */
export function readVaultAnswer(
  status: number,
  body: string,
  retryAfterSeconds?: number,
): VaultAnswer {
  const base = { status, retryAfterSeconds };
  const envelope = ENVELOPE.safeParse(parseJson(body));
  if (!envelope.success) return base;
  const { code, message = "", innererror } = envelope.data.error;
  const clientAddress = /\bClient address: ((?:\d{1,3}\.){3}\d{1,3})\b/.exec(message)?.[1];
  const akvNumber = /^AKV(\d{5}):/.exec(message)?.[1];
  return {
    ...base,
    code,
    innerCode: innererror?.code,
    akvNumber: akvNumber === undefined ? undefined : Number(akvNumber),
    clientAddress,
    oaepPadding: message.includes("OAEP padding") ? true : undefined,
  };
}

/** @returns undefined for a body that is not JSON, or too long to be a service's answer */
export function parseJson(text: string): unknown {
  if (text.length > MAX_CHARACTERS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
