import { CryptoError, messageHash, readHeader } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { BROKER_ANSWER_MAX_BYTES, JOSE_MEDIA_TYPE } from "@databox-cmk/protocol";

import type { ExpectedAnswer } from "./signed-answer.ts";
import { readUnlockAnswer, type UnlockAnswer } from "./unlock-answer.ts";

/**
 * Parses a text that a person carried here as the broker's answer to this node's challenge. Any
 * other text was brought by mistake, or forged: it is rejected, which is not an outage.
 *
 * @param text - as typed, scanned or read from a file; line breaks and spaces are ignored.
 * @throws {AppError} `GrantRejected` or `OrderMismatch`
 */
export function readCarriedAnswer(
  text: string,
  challenge: string,
  expected: Omit<ExpectedAnswer, "requestHash">,
): UnlockAnswer & { readonly jws: string } {
  const jws = text.replaceAll(/\s+/g, "");
  if (!isMessage(jws))
    throw rejected(
      "this is not an answer: expected one line that begins with eyJ, as the portal shows it",
    );
  const raw = {
    status: 200,
    mediaType: JOSE_MEDIA_TYPE,
    retryAfterSeconds: undefined,
    body: jws,
  };
  try {
    const requestHash = messageHash(challenge);
    return { ...readUnlockAnswer(raw, { ...expected, requestHash }), jws };
  } catch (error) {
    if (error instanceof AppError && error.code === "BrokerUnreachable")
      throw rejected("it does not answer this node's open challenge", error);
    throw error;
  }
}

function isMessage(jws: string): boolean {
  try {
    readHeader(jws, BROKER_ANSWER_MAX_BYTES);
    return true;
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}

function rejected(detail: string, cause?: unknown): AppError {
  return new AppError("GrantRejected", { detail, cause });
}
