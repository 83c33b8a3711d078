import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";

import { type Envelope, openEnvelope } from "@databox-cmk/crypto";

export type RecoveryKey = {
  /** PEM, as the owner gives it to the order and keeps it. */
  readonly publicKey: string;
  readonly privateKey: string;
  /** The content key of an envelope of which it is a recipient. */
  unwrap(envelope: Envelope): Uint8Array;
  /** Opens an envelope of which it is a recipient. */
  open(envelope: Envelope): Promise<Uint8Array>;
};

/** An offline recovery key of an order's owner. */
export function makeRecoveryKey(): RecoveryKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 3072,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const unwrap = ({ recipients }: Envelope): Uint8Array => {
    const wrapped = recipients.find(({ kid }) => kid.startsWith("urn:"))?.encryptedKey;
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const key = { key: privateKey, padding, oaepHash: "sha256" };
    return privateDecrypt(key, wrapped ?? new Uint8Array());
  };
  return {
    publicKey,
    privateKey,
    unwrap,
    open: (envelope) => openEnvelope(envelope, unwrap(envelope), envelope.context),
  };
}
