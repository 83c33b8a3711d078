import { encodeBase64url, generateSealingKey, messageHash, signMessage } from "@databox-cmk/crypto";
import type { SealingKey } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { UnlockRequest } from "@databox-cmk/protocol";

import { readChallenge } from "../answers/plain-answers.ts";
import type { ChallengeAnswer } from "../answers/plain-answers.ts";
import { readUnlockAnswer } from "../answers/unlock-answer.ts";
import type { UnlockAnswer } from "../answers/unlock-answer.ts";
import { AGENT_NAME } from "./session.ts";
import type { Session } from "./session.ts";

export type KeyAnswer =
  | (Extract<UnlockAnswer, { kind: "grant" }> & {
      readonly requestHash: string;
      /** Opens the grant, once. */
      readonly sealingKey: SealingKey;
    })
  | Exclude<UnlockAnswer, { kind: "grant" }>;

export type KeyRequest = {
  readonly purpose: UnlockRequest["purpose"];
  readonly generation: number;
};

/**
 * Challenge, signed request, answer. An expired challenge is tried once more with a fresh one: a slow line is no fault of
 * the node.
 *
 * @throws {AppError} as `readUnlockAnswer`, `BrokerUnreachable` or `AgentStateUnwritable`
 */
export async function requestContentKey(session: Session, request: KeyRequest): Promise<KeyAnswer> {
  const first = await requestOnce(session, request);
  return first.kind === "denial" && first.denial.code === "NonceExpired"
    ? requestOnce(session, request)
    : first;
}

async function requestOnce(session: Session, request: KeyRequest): Promise<KeyAnswer> {
  // The connection is made while the one-use key is.
  const [challenged, sealingKey] = await Promise.all([
    requestChallenge(session),
    generateSealingKey(session.suite),
  ]);
  session.mark("challenge");
  if (challenged.kind === "denial") return challenged;
  try {
    const payload: UnlockRequest = {
      nonce: challenged.challenge.nonce,
      order: session.order,
      serial: session.serial,
      env: session.env,
      generation: request.generation,
      purpose: request.purpose,
      bootId: session.bootId,
      counter: session.store.nextCounter(),
      hpke: { suite: session.suite, publicKey: encodeBase64url(sealingKey.publicKey) },
      agent: AGENT_NAME,
    };
    const jws = await signMessage(session.signingKey, MESSAGE_TYPES.unlockRequest, payload);
    const requestHash = messageHash(jws);
    const raw = await session.transport.post(
      DEVICE_ROUTES.unlocks,
      JOSE_MEDIA_TYPE,
      jws,
      session.deadline,
    );
    session.mark("answer");
    const answer = readUnlockAnswer(raw, { ...session, requestHash });
    if (answer.kind === "grant") return { ...answer, requestHash, sealingKey };
    sealingKey.destroy();
    return answer;
  } catch (error) {
    sealingKey.destroy();
    throw error;
  }
}

async function requestChallenge(session: Session): Promise<ChallengeAnswer> {
  const { transport, serial, deadline, brokerKeys } = session;
  const body = JSON.stringify({ serial });
  const raw = await transport.post(DEVICE_ROUTES.challenges, "application/json", body, deadline);
  return readChallenge(raw, brokerKeys, messageHash(body));
}
