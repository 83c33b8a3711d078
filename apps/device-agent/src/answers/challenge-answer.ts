import { challenge, type Challenge, JOSE_MEDIA_TYPE, parseWith } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { readDenial, withoutAuthority } from "./signed-answer.ts";
import type { ExpectedAnswer, Refused } from "./signed-answer.ts";

export type ChallengeAnswer =
  | { readonly kind: "challenge"; readonly challenge: Challenge }
  | Refused;

/**
 * A challenge is not signed: a false one only makes the following signed request useless. A denial
 * must be signed.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`
 */
export function readChallenge(
  answer: RawAnswer,
  expected: Pick<ExpectedAnswer, "requestHash" | "brokerKeys">,
): ChallengeAnswer {
  if (answer.mediaType === JOSE_MEDIA_TYPE) return readDenial(answer, expected);
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
