import { CryptoError, readHeader, verifyMessage } from "@databox-cmk/crypto";
import type { VerifyKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import {
  BROKER_ANSWER_MAX_BYTES,
  denial,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
  parseWith,
} from "@databox-cmk/protocol";
import type { Denial } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";

/**
 * The `typ` that an answer claims, which selects the right check; nothing is proven yet.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`: the sender had no authority, even if its
 * status says otherwise
 */
export function claimedType(answer: RawAnswer): string {
  if (answer.mediaType === JOSE_MEDIA_TYPE) {
    try {
      return readHeader(answer.body, BROKER_ANSWER_MAX_BYTES).typ;
    } catch (error) {
      throw unreachable("unsigned-answer", "the answer is not a signed message", error);
    }
  }
  throw withoutAuthority(answer);
}

/** The answer of a proxy, a captive portal or an overloaded front end. */
export function withoutAuthority(answer: RawAnswer): AppError {
  const { status, mediaType, retryAfterSeconds } = answer;
  if ((status >= 300 && status < 400) || mediaType === "text/html")
    return unreachable(
      "captive-portal",
      `HTTP ${String(status)} from something that is not the broker`,
    );
  if (status === 429 || status === 503)
    return new AppError("BrokerBusy", {
      detail: `HTTP ${String(status)}`,
      facts: retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    });
  return unreachable("unsigned-answer", `HTTP ${String(status)} without a signature`);
}

/**
 * The payload, if one of `keys` signed the message as `typ`; otherwise `undefined`.
 *
 * @param keys - the broker's, as enrolled. Never taken from the message.
 */
export function verifiedPayload(jws: string, keys: readonly VerifyKey[], typ: string): unknown {
  try {
    const { kid } = readHeader(jws, BROKER_ANSWER_MAX_BYTES);
    const key = keys.find((candidate) => candidate.kid === kid);
    return key === undefined ? undefined : verifyMessage(jws, key, typ, BROKER_ANSWER_MAX_BYTES);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

/**
 * A denial counts only when the broker signed it for this exact request. Anything less could be
 * made by an attacker on the path, who could then keep an appliance locked in the broker's name.
 *
 * @throws {AppError} `BrokerUnreachable`
 */
export function verifiedDenial(
  answer: RawAnswer,
  keys: readonly VerifyKey[],
  requestHash: string,
): Denial {
  const parsed = parseWith(denial, verifiedPayload(answer.body, keys, MESSAGE_TYPES.denial));
  if (!parsed.ok || parsed.value.requestHash !== requestHash)
    throw unreachable("unsigned-answer", "a refusal that the broker did not sign for this request");
  return parsed.value;
}
