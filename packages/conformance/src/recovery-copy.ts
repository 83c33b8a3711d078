import { constants, generateKeyPairSync, privateDecrypt, randomBytes } from "node:crypto";

import {
  type EnvelopeContext,
  type EnvelopeJson,
  importRecoveryKey,
  openEnvelope,
  parseEnvelope,
  sealEnvelope,
} from "@databox-cmk/crypto";
import { recoveryKeys } from "@databox-cmk/protocol";

type RecoveryKey = ReturnType<typeof importRecoveryKey>;

/** The recovery keys that an answer with a split envelope names. @throws {Error} without any */
export function namedKeys(extensions: unknown): readonly RecoveryKey[] {
  const named = recoveryKeys.parse(Object(extensions).recoveryKeys);
  return named.map((jwk) => importRecoveryKey(jwk));
}

/** A share as a node copies it for recovery keys; its context names this node, or not. */
export async function copyShare(
  keys: readonly RecoveryKey[],
  context: EnvelopeContext,
  share: Uint8Array = randomBytes(32),
): Promise<EnvelopeJson> {
  const cek = new Uint8Array(randomBytes(32));
  const recipients = keys.map((key) => ({ kid: key.kid, encryptedKey: key.wrap(cek) }));
  const copy = await sealEnvelope({ unlockKey: share, cek, context, recipients });
  return copy.toJSON();
}

/** An order's owner, whose recovery key opens the copy of a node's share. */
export function createOwner() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { kid, jwk } = importRecoveryKey(publicKey.export({ type: "spki", format: "pem" }));
  return {
    jwk,
    kid,
    /** @throws {Error} if it is not a share of this context, or not copied for this owner */
    open(copy: unknown, context: Omit<EnvelopeContext, "cus">): Promise<Uint8Array> {
      const envelope = parseEnvelope(copy);
      const own = envelope.recipients.find((recipient) => recipient.kid === kid);
      if (own === undefined) throw new Error("its share is not copied for the recovery key");
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      const contentKey = privateDecrypt(
        { key: privateKey, padding, oaepHash: "sha256" },
        own.encryptedKey,
      );
      return openEnvelope(envelope, contentKey, { ...context, cus: "split-device" });
    },
  };
}
