import { messageHash, type SigningKey, signMessage, type SuiteName } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { DeviceKeyGrade, EnrolmentRequest } from "@databox-cmk/protocol";

import { type EnrolmentAnswer, readEnrolmentAnswer } from "../answers/enrolment-answer.ts";
import type { Transport } from "../broker-client/transport.ts";
import { AGENT_NAME } from "./broker-session.ts";

export type EnrolInput = {
  readonly code: string;
  readonly order: string;
  readonly serial: string;
  readonly suite: SuiteName;
  readonly bootId: string;
  readonly signingKey: SigningKey;
  readonly grade: DeviceKeyGrade;
};

/**
 * Safe to repeat: the broker gives the same code and key the same enrolment again.
 *
 * @throws {AppError} as `readEnrolmentAnswer`
 */
export async function enrol(
  transport: Transport,
  deadline: AbortSignal,
  { code, order, serial, suite, bootId, signingKey, grade }: EnrolInput,
): Promise<EnrolmentAnswer> {
  const payload: EnrolmentRequest = {
    code,
    order,
    serial,
    suite,
    bootId,
    publicKey: { ...signingKey.publicJwk },
    agent: AGENT_NAME,
    // An older broker without grades refuses an unknown member.
    deviceKeyGrade: grade === "file" ? undefined : grade,
  };
  const jws = await signMessage(signingKey, MESSAGE_TYPES.enrolmentRequest, payload);
  const raw = await transport.post(DEVICE_ROUTES.enrolments, JOSE_MEDIA_TYPE, jws, deadline);
  return readEnrolmentAnswer(raw, {
    requestHash: messageHash(jws),
    order,
    serial,
  });
}
