import {
  CryptoError,
  decodeBase64url,
  importSealingKey,
  unlockInfo,
  zero,
} from "@databox-cmk/crypto";
import type { SealingKey, SuiteName } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import type { Grant } from "@databox-cmk/protocol";

import { type CheckedEnvelope, readSignedEnvelope } from "../answers/signed-envelope.ts";
import { isSplit, requireCustody, unlockKeyOf } from "../share/unlock-key.ts";
import type { NodeIdentity } from "./broker-session.ts";

/** A grant of this request, and the one-time key that opens it. */
export type GrantToOpen = {
  readonly grant: Grant;
  readonly requestHash: string;
  readonly sealingKey: SealingKey;
  /**
   * The generation that a request named before it waited: the node may have got the grant's
   * envelope since. Absent: that of the held envelope.
   */
  readonly askedGeneration?: number | undefined;
};

export type OpenedGrant = {
  /** The caller zeroes it. */
  readonly unlockKey: Uint8Array;
  /** The envelope to store from now on: the present one, or the newer one in the grant. */
  readonly envelope: CheckedEnvelope;
};

/**
 * Grant → content key → unlock key. The content key exists only during this call.
 *
 * @throws {AppError} `GrantRejected` or `EnvelopeRejected`
 */
export async function openGrant(
  session: NodeIdentity,
  answer: GrantToOpen,
  held: CheckedEnvelope,
): Promise<OpenedGrant> {
  const envelope = chooseEnvelope(session, answer, held);
  const contentKey = await openSealed(answer);
  try {
    return { unlockKey: await unlockKeyOf(session, envelope, session.env, contentKey), envelope };
  } finally {
    zero(contentKey);
  }
}

function chooseEnvelope(
  session: Pick<NodeIdentity, "brokerKeys" | "order" | "serial" | "env">,
  { grant: { envelope: offered }, askedGeneration }: GrantToOpen,
  held: CheckedEnvelope,
): CheckedEnvelope {
  if (offered === undefined) return held;
  const { brokerKeys } = session;
  const lowest = Math.max(held.generation, (askedGeneration ?? held.generation) + 1);
  const envelope = readSignedEnvelope(offered, brokerKeys, session, lowest);
  requireCustody(isSplit(held), envelope);
  return envelope;
}

async function openSealed({ grant, requestHash, sealingKey }: GrantToOpen): Promise<Uint8Array> {
  try {
    const sealed = {
      enc: decodeBase64url(grant.sealed.enc),
      ciphertext: decodeBase64url(grant.sealed.ciphertext),
    };
    return await sealingKey.open(sealed, unlockInfo(requestHash));
  } catch (error) {
    if (error instanceof CryptoError)
      throw new AppError("GrantRejected", { detail: "its sealed key does not open", cause: error });
    throw error;
  } finally {
    sealingKey.destroy();
  }
}

/** The one-time key of a request, read from a file of the state folder. */
export type StoredKey = { readonly privateKey: string; readonly publicKey: string };

/**
 * @throws {AppError} `GrantRejected` when the suite cannot use the key: nothing that was sealed to
 * it can be opened
 */
export async function importStoredKey(suite: SuiteName, stored: StoredKey): Promise<SealingKey> {
  try {
    return await importKey(suite, stored);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new AppError("GrantRejected", { detail: "the stored key is not valid", cause: error });
  }
}

async function importKey(suite: SuiteName, stored: StoredKey): Promise<SealingKey> {
  const publicKey = decodeBase64url(stored.publicKey, "publicKey");
  const privateKey = decodeBase64url(stored.privateKey, "privateKey");
  try {
    return await importSealingKey(suite, privateKey, publicKey);
  } finally {
    zero(privateKey);
  }
}
