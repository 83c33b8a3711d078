import { encodeBase64url, generateSealingKey, messageHash, signMessage } from "@databox-cmk/crypto";
import type { SealingKey } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { UnlockRequest } from "@databox-cmk/protocol";

import { readChallenge } from "../answers/plain-answers.ts";
import { readUnlockAnswer } from "../answers/unlock-answer.ts";
import type { UnlockAnswer } from "../answers/unlock-answer.ts";
import type { RawAnswer } from "../broker-client/transport.ts";
import { askForChallenge, challengeHash } from "./ask-for-challenge.ts";
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
  /** The answer to {@link askForChallenge}, where that was sent already. */
  readonly asked?: Promise<RawAnswer>;
};

/**
 * Challenge, signed request, answer. An expired challenge is tried once more with a fresh one: a slow line is no fault of
 * the node.
 *
 * @throws {AppError} as `readUnlockAnswer`, `BrokerUnreachable` or `AgentStateUnwritable`
 */
export async function requestContentKey(session: Session, request: KeyRequest): Promise<KeyAnswer> {
  const { asked = askForChallenge(session), ...rest } = request;
  const first = await requestOnce(session, rest, asked);
  return first.kind === "denial" && first.denial.code === "NonceExpired"
    ? requestOnce(session, rest, askForChallenge(session))
    : first;
}

async function requestOnce(
  session: Session,
  request: Omit<KeyRequest, "asked">,
  asked: Promise<RawAnswer>,
): Promise<KeyAnswer> {
  // What needs no challenge is done while the broker is at its part of the handshake.
  const prepared = session.transport.dialled.then(() => prepareRequest(session));
  const [raw, { sealingKey, counter }] = await Promise.all([asked, prepared]);
  const challenged = readChallenge(raw, session.brokerKeys, challengeHash(session));
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
      counter,
      hpke: { suite: session.suite, publicKey: encodeBase64url(sealingKey.publicKey) },
      agent: AGENT_NAME,
    };
    const jws = await signMessage(session.signingKey, MESSAGE_TYPES.unlockRequest, payload);
    const requestHash = messageHash(jws);
    const { transport, deadline } = session;
    const reply = await transport.post(DEVICE_ROUTES.unlocks, JOSE_MEDIA_TYPE, jws, deadline);
    session.mark("answer");
    const answer = readUnlockAnswer(reply, { ...session, requestHash });
    if (answer.kind === "grant") return { ...answer, requestHash, sealingKey };
    sealingKey.destroy();
    return answer;
  } catch (error) {
    sealingKey.destroy();
    throw error;
  }
}

async function prepareRequest({ suite, store }: Session) {
  const key = generateSealingKey(suite); // on another thread
  const counter = store.nextCounter();
  return { sealingKey: await key, counter };
}
