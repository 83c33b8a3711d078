import {
  CryptoError,
  decodeBase64url,
  encodeBase64url,
  generateSealingKey,
  messageHash,
  rekeyInfo,
  signMessage,
} from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { Denial, RekeyConfirmation, RekeyRequest } from "@databox-cmk/protocol";

import { readRekeyed, readRekeyProposal } from "../answers/rekey-answer.ts";
import type { CheckedEnvelope } from "../answers/signed-envelope.ts";
import type { HeldLease } from "../core/lease-state.ts";
import type { Rekey } from "../core/machine-state.ts";
import { readRecoveryKeys } from "../share/copy-share.ts";
import type { Session } from "./session.ts";

const CONTENT_KEY_BYTES = 32;

export type Proposal = {
  readonly kind: "proposal";
  readonly id: string;
  readonly envelope: CheckedEnvelope;
  /** Content keys of the envelope in force and of the proposal. The caller zeroes both. */
  readonly currentKey: Uint8Array;
  readonly proposedKey: Uint8Array;
  readonly recoveryKeys: ReturnType<typeof readRecoveryKeys>;
};
type Refused = { readonly kind: "denial"; readonly denial: Denial };

/** Requests a new unlock key. @throws {AppError} as `readRekeyProposal`, `GrantRejected` */
export async function requestRekey(
  session: Session,
  lease: HeldLease,
  generation: number,
): Promise<Proposal | Refused> {
  const { order, serial, env, bootId, suite, store, signingKey, transport, deadline } = session;
  const sealingKey = await generateSealingKey(suite);
  try {
    const payload: RekeyRequest = {
      lease: lease.id,
      sequence: lease.sequence,
      order,
      serial,
      env,
      bootId,
      counter: store.nextCounter(),
      hpke: { suite, publicKey: encodeBase64url(sealingKey.publicKey) },
    };
    const jws = await signMessage(signingKey, MESSAGE_TYPES.rekeyRequest, payload);
    const requestHash = messageHash(jws);
    const raw = await transport.post(DEVICE_ROUTES.rekeys, JOSE_MEDIA_TYPE, jws, deadline);
    const answer = readRekeyProposal(raw, { ...session, requestHash, generation });
    if (answer.kind === "denial") return answer;
    const { rekey: id, sealed } = answer.proposal;
    const both = await sealingKey.open(
      { enc: decodeBase64url(sealed.enc), ciphertext: decodeBase64url(sealed.ciphertext) },
      rekeyInfo(requestHash),
    );
    const currentKey = both.subarray(0, CONTENT_KEY_BYTES);
    const proposedKey = both.subarray(CONTENT_KEY_BYTES);
    const recoveryKeys = readRecoveryKeys(answer.proposal.extensions);
    const { envelope } = answer;
    return { kind: "proposal", id, envelope, currentKey, proposedKey, recoveryKeys };
  } catch (error) {
    if (error instanceof CryptoError)
      throw new AppError("GrantRejected", {
        detail: "its sealed keys do not open",
        cause: error,
      });
    throw error;
  } finally {
    sealingKey.destroy();
  }
}

/**
 * Reports that the volume accepts the proposed key; the answer is the envelope in force.
 *
 * @throws {AppError} as `readRekeyed`
 */
export async function confirmRekey(
  session: Session,
  { id: rekey, deviceShare }: Rekey,
  journalHead: string,
): Promise<{ readonly kind: "inForce"; readonly envelope: CheckedEnvelope } | Refused> {
  const { order, serial, bootId, store, signingKey, transport, deadline } = session;
  const payload: RekeyConfirmation = {
    rekey,
    order,
    serial,
    bootId,
    counter: store.nextCounter(),
    journalHead,
    ...(deviceShare === undefined ? {} : { extensions: { deviceShare } }),
  };
  const jws = await signMessage(signingKey, MESSAGE_TYPES.rekeyConfirmation, payload);
  const path = DEVICE_ROUTES.rekeyConfirmations;
  const raw = await transport.post(path, JOSE_MEDIA_TYPE, jws, deadline);
  return readRekeyed(raw, {
    ...session,
    requestHash: messageHash(jws),
    generation: store.current.generation,
  });
}
