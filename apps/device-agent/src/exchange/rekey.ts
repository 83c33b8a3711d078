import {
  CryptoError,
  decodeBase64url,
  encodeBase64url,
  generateSealingKey,
  rekeyInfo,
} from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { DEVICE_ROUTES, MESSAGE_TYPES, rekeyed, rekeyProposal } from "@databox-cmk/protocol";
import type { Rekeyed, RekeyConfirmation, RekeyRequest } from "@databox-cmk/protocol";

import { readAnswer, type Refused } from "../answers/signed-answer.ts";
import { type CheckedEnvelope, readSignedEnvelope } from "../answers/signed-envelope.ts";
import type { HeldLease } from "../core/lease-state.ts";
import type { Rekey } from "../core/machine-state.ts";
import { readRecoveryKeys } from "../share/copy-share.ts";
import type { BrokerSession } from "./broker-session.ts";
import { exchange, send } from "./exchange.ts";

const CONTENT_KEY_BYTES = 32;

export type Proposal = {
  readonly kind: "proposal";
  readonly id: string;
  readonly envelope: CheckedEnvelope;
  /** Content keys of the current envelope and of the proposal. The caller zeroes both. */
  readonly currentKey: Uint8Array;
  readonly proposedKey: Uint8Array;
  readonly recoveryKeys: ReturnType<typeof readRecoveryKeys>;
};

/**
 * Requests a new unlock key.
 *
 * @param generation - of the held envelope
 * @throws {AppError} `BrokerUnreachable`, `BrokerBusy`, `EnvelopeRejected` or `GrantRejected`
 */
export async function requestRekey(
  session: BrokerSession,
  { id: lease, sequence }: Pick<HeldLease, "id" | "sequence">,
  generation: number,
): Promise<Proposal | Refused> {
  const { order, serial, brokerKeys, env, suite, store } = session;
  const sealingKey = await generateSealingKey(suite);
  try {
    const counter = store.nextCounter();
    const hpke = { suite, publicKey: encodeBase64url(sealingKey.publicKey) };
    const content = { lease, sequence, env, counter, hpke };
    const { rekeys: path } = DEVICE_ROUTES;
    const { raw, expected } = await send<RekeyRequest>(
      session,
      path,
      MESSAGE_TYPES.rekeyRequest,
      content,
    );
    const answer = readAnswer(raw, [MESSAGE_TYPES.rekeyProposal, rekeyProposal], expected);
    if (answer.kind === "denial") return answer;
    const { rekey: id, sealed, envelope: offered, extensions } = answer.value;
    const owner = { order, serial };
    const envelope = readSignedEnvelope(offered, brokerKeys, owner, generation + 1);
    // Its share would be the present one, which a re-key replaces.
    if (envelope.envelope.context.env === env)
      throw new AppError("EnvelopeRejected", { detail: "it has the identity of the one in force" });
    const both = await sealingKey.open(
      { enc: decodeBase64url(sealed.enc), ciphertext: decodeBase64url(sealed.ciphertext) },
      rekeyInfo(expected.requestHash),
    );
    const currentKey = both.subarray(0, CONTENT_KEY_BYTES);
    const proposedKey = both.subarray(CONTENT_KEY_BYTES);
    const recoveryKeys = readRecoveryKeys(extensions);
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
 * Reports that the volume accepts the proposed key; the answer is the current envelope, old or
 * new.
 *
 * @throws {AppError} `BrokerUnreachable`, `BrokerBusy` or `EnvelopeRejected`
 */
export async function confirmRekey(
  session: BrokerSession,
  { id: rekey, deviceShare }: Pick<Rekey, "id" | "deviceShare">,
  journalHead: string,
): Promise<{ readonly kind: "current"; readonly envelope: CheckedEnvelope } | Refused> {
  const { order, serial, brokerKeys, store } = session;
  const answer = await exchange<RekeyConfirmation, Rekeyed>(
    session,
    DEVICE_ROUTES.rekeyConfirmations,
    MESSAGE_TYPES.rekeyConfirmation,
    {
      rekey,
      counter: store.nextCounter(),
      journalHead,
      extensions: deviceShare === undefined ? undefined : { deviceShare },
    },
    [MESSAGE_TYPES.rekeyed, rekeyed],
  );
  if (answer.kind === "denial") return answer;
  const { envelope } = answer.value;
  const { generation } = store.current;
  return {
    kind: "current",
    envelope: readSignedEnvelope(envelope, brokerKeys, { order, serial }, generation),
  };
}
