import type { VerifyKey } from "@databox-cmk/crypto";
import {
  acknowledgement,
  challenge,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
  parseWith,
} from "@databox-cmk/protocol";
import type { Challenge, Denial } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { claimedType, verifiedDenial, verifiedPayload, withoutAuthority } from "./signed-answer.ts";

export type ChallengeAnswer =
  | { readonly kind: "challenge"; readonly challenge: Challenge }
  | { readonly kind: "denial"; readonly denial: Denial };

/**
 * A challenge is not signed: a false one only makes the following signed request useless. A denial
 * must be signed.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`
 */
export function readChallenge(
  answer: RawAnswer,
  brokerKeys: readonly VerifyKey[],
  requestHash: string,
): ChallengeAnswer {
  if (answer.mediaType === JOSE_MEDIA_TYPE)
    return { kind: "denial", denial: verifiedDenial(answer, brokerKeys, requestHash) };
  if (answer.status !== 200 || answer.mediaType !== "application/json")
    throw withoutAuthority(answer);
  let value: unknown;
  try {
    value = JSON.parse(answer.body);
  } catch (error) {
    throw unreachable("unsigned-answer", "the challenge is not JSON", error);
  }
  const parsed = parseWith(challenge, value);
  if (!parsed.ok) throw unreachable("unsigned-answer", `challenge: ${parsed.detail}`);
  return { kind: "challenge", challenge: parsed.value };
}

/** @throws {AppError} `BrokerUnreachable` or `BrokerBusy` */
export function readAcknowledgement(
  answer: RawAnswer,
  brokerKeys: readonly VerifyKey[],
  requestHash: string,
): { readonly kind: "acknowledged" } | { readonly kind: "denial"; readonly denial: Denial } {
  if (claimedType(answer) === MESSAGE_TYPES.denial)
    return { kind: "denial", denial: verifiedDenial(answer, brokerKeys, requestHash) };
  const parsed = parseWith(
    acknowledgement,
    verifiedPayload(answer.body, brokerKeys, MESSAGE_TYPES.acknowledgement),
  );
  if (!parsed.ok || parsed.value.requestHash !== requestHash)
    throw unreachable("unsigned-answer", "a receipt that was not acknowledged");
  return { kind: "acknowledged" };
}
