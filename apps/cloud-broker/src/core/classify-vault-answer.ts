import type { ErrorCode } from "@databox-cmk/errors";
import * as z from "zod/mini";

import type { Failure } from "./ports.ts";

type Rule = readonly [
  /** All members that are given must match. */
  when: Partial<Pick<VaultAnswer, "status" | "code" | "innerCode" | "akvNumber" | "oaepPadding">>,
  code: ErrorCode,
  reason?: string,
];

const ACCESS = "SsemUserErrorKeyVaultBadRequestException";
const forbidden = (innerCode: string) => ({ status: 403, code: "Forbidden", innerCode });
const unauthorized = { status: 401, code: "Unauthorized" };

/**
 * Authoritative answers; the first row that matches applies. Every row that ends in a refusal names
 * Key Vault's own codes, so that a proxy's 403 does not count as one.
 */
const RULES: readonly Rule[] = [
  [forbidden("KeyDisabled"), "SsemUserErrorEncryptionKeyDisabled"],
  [forbidden("ForbiddenByPolicy"), ACCESS, "access-policy"],
  [forbidden("AccessDenied"), ACCESS, "access-policy"],
  [forbidden("ForbiddenByRbac"), ACCESS, "role"],
  [forbidden("ForbiddenByFirewall"), ACCESS, "firewall"],
  [forbidden("ForbiddenByConnection"), ACCESS, "public-access-disabled"],
  [forbidden("KeyOperationForbidden"), ACCESS, "key-operation"],
  [{ status: 403, code: "AccessDenied" }, ACCESS, "access-policy"],
  [{ status: 403, code: "Forbidden" }, ACCESS, "access-unspecified"],
  [{ status: 404, code: "KeyNotFound" }, "SsemUserErrorKeyDetailsNotFound", "key-not-found"],
  [{ status: 400, code: "BadParameter", oaepPadding: true }, "KeyVersionMismatch"],
  [{ ...unauthorized, akvNumber: 10032 }, "SsemUserErrorKeyVaultDetailsNotFound", "tenant-moved"],
  [{ ...unauthorized, akvNumber: 10046 }, "KeyVaultUnreachable", "server-error"],
  // No token was sent: the SDK could not use the vault's challenge, or there was none.
  [{ ...unauthorized, akvNumber: 10000 }, "KeyVaultUnexpectedAnswer", "challenge"],
  [unauthorized, "KeyVaultUnexpectedAnswer", "token-refused"],
  [{ status: 401 }, "KeyVaultUnexpectedAnswer", "challenge"],
  [{ status: 409, innerCode: "ObjectIsBeingDeleted" }, "KeyVaultUnreachable", "server-error"],
  [{ status: 409, innerCode: "ObjectIsBeingRecovered" }, "KeyVaultUnreachable", "server-error"],
  [{ status: 408 }, "KeyVaultUnreachable", "timeout"],
  [{ status: 429 }, "KeyVaultThrottled"],
];

/**
 * Uses status and code only. An answer that matches no row is unexpected, which is never a refusal.
 */
export function classifyVaultAnswer(answer: VaultAnswer): Failure {
  const given: Readonly<Record<string, unknown>> = answer;
  const rule = RULES.find(([when]) =>
    Object.entries(when).every(([name, value]) => given[name] === value),
  );
  const detail = describe(answer);
  const retry = answer.retryAfterSeconds !== undefined && {
    retryAfterSeconds: answer.retryAfterSeconds,
  };
  if (rule !== undefined) {
    const [, code, reason] = rule;
    const facts =
      reason === "firewall" && answer.clientAddress !== undefined
        ? { facts: { brokerAddress: answer.clientAddress } }
        : {};
    return { code, reason, detail, ...retry, ...facts };
  }
  if (answer.status >= 500 && answer.status <= 599)
    return { code: "KeyVaultUnreachable", reason: "server-error", detail, ...retry };
  return { code: "KeyVaultUnexpectedAnswer", detail };
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
   * further on is text, such as a chosen name.
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
