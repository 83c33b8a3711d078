import {
  encodeBase64url,
  generateStorableSealingKey,
  messageHash,
  signMessage,
} from "@databox-cmk/crypto";
import type { SealingKey, StorableSealingKey } from "@databox-cmk/crypto";
import {
  ASKED_PURPOSES,
  DEVICE_ROUTES,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
  parseWith,
  unlockRequest,
} from "@databox-cmk/protocol";
import type { AskedPurpose, Pending, UnlockRequest } from "@databox-cmk/protocol";

import { readChallenge } from "../answers/challenge-answer.ts";
import { readUnlockAnswer, type UnlockAnswer } from "../answers/unlock-answer.ts";
import type { RawAnswer } from "../broker-client/transport.ts";
import { askForChallenge, challengeHash } from "./ask-for-challenge.ts";
import { AGENT_NAME, type BrokerSession } from "./broker-session.ts";
import { importStoredKey, type StoredKey } from "./open-grant.ts";

/** A new request, and its one-time key. */
export type MadeRequest = {
  readonly jws: string;
  readonly sealingKey: StorableSealingKey;
  readonly purpose: UnlockRequest["purpose"];
};

type KeptRequest = StoredKey & { readonly request: string };

export type KeyAnswer<Kept extends KeptRequest = never> =
  | (Extract<UnlockAnswer, { kind: "grant" }> & {
      readonly requestHash: string;
      /** Opens the grant, once. */
      readonly sealingKey: SealingKey;
      readonly askedGeneration?: number | undefined;
    })
  | Extract<UnlockAnswer, { kind: "denial" }>
  /** A caller that waits for an answer to a new request stores it, and destroys its key here. */
  | { readonly kind: "pending"; readonly pending: Pending; readonly request: MadeRequest | Kept };

export type KeyRequest<Kept extends KeptRequest = never> = {
  /** Absent: to unlock, or what the stage of the order allows instead. */
  readonly purpose?: UnlockRequest["purpose"] | undefined;
  readonly generation: number;
  readonly reason?: string | undefined;
  /** The answer to {@link askForChallenge}, if that was sent before. */
  readonly asked?: Promise<RawAnswer> | undefined;
  /** A request that waits for approvers, to be sent again unchanged. */
  readonly kept?: Kept | undefined;
};

/**
 * Challenge, signed request, answer. An expired challenge is tried once more with a fresh one,
 * since the node is not to blame for a slow line. A request without a purpose is made once more for
 * the one that the stage of the order allows.
 *
 * @throws {AppError} as `readUnlockAnswer`, `BrokerUnreachable` or `AgentStateUnwritable`
 */
export async function requestContentKey<Kept extends KeptRequest = never>(
  session: BrokerSession,
  request: KeyRequest<Kept>,
): Promise<KeyAnswer<Kept>> {
  const { kept } = request;
  const first =
    kept === undefined
      ? await requestOnce(session, request, request.asked ?? askForChallenge(session))
      : await sendAgain(session, kept);
  const mustRenew =
    first.kind === "denial" &&
    (kept === undefined ? first.denial.code === "NonceExpired" : UNKNOWN.has(first.denial.code));
  const answer = mustRenew ? await requestOnce(session, request, askForChallenge(session)) : first;
  const purpose =
    kept === undefined && request.purpose === undefined ? purposeOfStage(answer) : undefined;
  return purpose === undefined
    ? answer
    : requestOnce(session, { ...request, purpose }, askForChallenge(session));
}

/** The purpose that the broker's signed refusal names; it is asked for under its own policy. */
function purposeOfStage(answer: KeyAnswer<KeptRequest>): AskedPurpose | undefined {
  if (answer.kind !== "denial" || answer.denial.code !== "PurposeForbidden") return undefined;
  const { reason } = answer.denial;
  return ASKED_PURPOSES.find((each) => each === reason);
}

/**
 * The answers to a request that has no approval: its only grant was already given and got lost, or
 * the broker was restored from an older backup. Neither is a refusal.
 */
const UNKNOWN: ReadonlySet<string> = new Set(["ReplayDetected", "NonceExpired", "NonceInvalid"]);

async function sendAgain<Kept extends KeptRequest>(
  session: BrokerSession,
  kept: Kept,
): Promise<KeyAnswer<Kept>> {
  const answer = await send(session, kept.request);
  if (answer.kind === "denial") return answer;
  if (answer.kind === "pending") return { ...answer, request: kept };
  session.mark("approval");
  const sealingKey = await importStoredKey(session.suite, kept);
  return { ...answer, sealingKey, askedGeneration: generationOf(kept) };
}

/** Of a request that the broker has granted, so that it is as this node signed it. */
function generationOf({ request }: KeptRequest): number | undefined {
  const [, payload = ""] = request.split(".");
  const said: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  const parsed = parseWith(unlockRequest, said);
  return parsed.ok ? parsed.value.generation : undefined;
}

async function requestOnce(
  session: BrokerSession,
  { purpose = "unlock", ...request }: Omit<KeyRequest, "kept" | "asked">,
  asked: Promise<RawAnswer>,
): Promise<KeyAnswer> {
  // Work that needs no challenge is done while the broker does its part of the handshake.
  const prepared = session.transport.dialled.then(() => prepareRequest(session));
  const [raw, { sealingKey, counter }] = await Promise.all([asked, prepared]);
  const challenged = readChallenge(raw, {
    brokerKeys: session.brokerKeys,
    requestHash: challengeHash(session),
  });
  session.mark("challenge");
  if (challenged.kind === "denial") return challenged;
  try {
    const { reason } = request;
    const payload: UnlockRequest = {
      nonce: challenged.challenge.nonce,
      order: session.order,
      serial: session.serial,
      env: session.env,
      generation: request.generation,
      purpose,
      bootId: session.bootId,
      counter,
      hpke: { suite: session.suite, publicKey: encodeBase64url(sealingKey.publicKey) },
      agent: AGENT_NAME,
      reason,
    };
    const jws = await signMessage(session.signingKey, MESSAGE_TYPES.unlockRequest, payload);
    const answer = await send(session, jws);
    if (answer.kind === "grant") return { ...answer, sealingKey };
    if (answer.kind === "pending") return { ...answer, request: { jws, sealingKey, purpose } };
    sealingKey.destroy();
    return answer;
  } catch (error) {
    sealingKey.destroy();
    throw error;
  }
}

async function send(
  session: BrokerSession,
  jws: string,
): Promise<UnlockAnswer & { readonly requestHash: string }> {
  const { order, serial, brokerKeys, transport, deadline } = session;
  const reply = await transport.post(DEVICE_ROUTES.unlocks, JOSE_MEDIA_TYPE, jws, deadline);
  session.mark("answer");
  const requestHash = messageHash(jws);
  const expected = { order, serial, brokerKeys, requestHash };
  return { ...readUnlockAnswer(reply, expected), requestHash };
}

async function prepareRequest({ suite, store }: Pick<BrokerSession, "suite" | "store">) {
  const key = generateStorableSealingKey(suite); // On another thread.
  const counter = store.nextCounter();
  return { sealingKey: await key, counter };
}
