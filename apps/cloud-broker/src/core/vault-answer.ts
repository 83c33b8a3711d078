import * as z from "zod/mini";

/** The parts of an unsuccessful answer that we classify by. */
export type VaultAnswer = {
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
