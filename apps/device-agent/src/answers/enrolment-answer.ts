import { CryptoError, importVerifyKey, readHeader, type VerifyKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import {
  BROKER_ANSWER_MAX_BYTES,
  denial,
  enrolment,
  MESSAGE_TYPES,
  parseWith,
} from "@databox-cmk/protocol";
import type { Denial, Enrolment } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { claimedType, verifiedPayload } from "./signed-answer.ts";
import { type CheckedEnvelope, readSignedEnvelope } from "./signed-envelope.ts";

export type EnrolmentAnswer =
  | {
      readonly kind: "enrolled";
      readonly enrolment: Enrolment;
      readonly brokerKeys: readonly VerifyKey[];
      readonly envelope: CheckedEnvelope;
    }
  | { readonly kind: "denial"; readonly denial: Denial };

/**
 * The one exchange before the broker's keys are known: the TLS certificate alone authenticates both
 * the enrolment and a denial. A denial is therefore accepted if it names this request. It can close
 * nothing, since nothing is open yet.
 *
 * @throws {AppError} `BrokerUnreachable`, `BrokerBusy`, `OrderMismatch`, or as {@link
 * readSignedEnvelope}
 */
export function readEnrolmentAnswer(
  answer: RawAnswer,
  expected: { readonly requestHash: string; readonly order: string; readonly serial: string },
): EnrolmentAnswer {
  const typ = claimedType(answer);
  const payload = decodePayload(answer.body);
  if (typ === MESSAGE_TYPES.denial) {
    const parsed = parseWith(denial, payload);
    if (!parsed.ok || parsed.value.requestHash !== expected.requestHash)
      throw unreachable("unsigned-answer", "a refusal of another request");
    return { kind: "denial", denial: parsed.value };
  }
  const named = parseWith(enrolment, payload);
  if (typ !== MESSAGE_TYPES.enrolment || !named.ok)
    throw unreachable("unsigned-answer", named.ok ? "a message of another kind" : named.detail);
  const brokerKeys = importKeys(named.value);
  const verified = parseWith(
    enrolment,
    verifiedPayload(answer.body, brokerKeys, MESSAGE_TYPES.enrolment),
  );
  if (!verified.ok || verified.value.requestHash !== expected.requestHash)
    throw unreachable("unsigned-answer", "an enrolment not signed for this request by its own key");
  const { order, serial } = verified.value;
  if (order !== expected.order || serial !== expected.serial)
    throw new AppError("OrderMismatch", { detail: "the enrolment names another order or node" });
  return {
    kind: "enrolled",
    enrolment: verified.value,
    brokerKeys,
    envelope: readSignedEnvelope(verified.value.envelope, brokerKeys, { order, serial }, 1),
  };
}

/**
 * Only used to find the keys that the message names; all later data comes from the verified
 * payload.
 */
function decodePayload(jws: string): unknown {
  try {
    readHeader(jws, BROKER_ANSWER_MAX_BYTES);
    return JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8"));
  } catch (error) {
    throw unreachable("unsigned-answer", "the answer is not a signed message", error);
  }
}

function importKeys({ brokerKeys }: Enrolment): VerifyKey[] {
  try {
    return brokerKeys.map((key) => importVerifyKey(key));
  } catch (error) {
    if (error instanceof CryptoError)
      throw unreachable("unsigned-answer", "it names an invalid key", error);
    throw error;
  }
}
