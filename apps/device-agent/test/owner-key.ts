import {
  constants,
  createDecipheriv,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
} from "node:crypto";

import { decodeBase64url, importRecoveryKey, parseEnvelope } from "@databox-cmk/crypto";

/** The owner of an order, with a recovery key of their own. */
export type Owner = {
  /** Its public half, as the broker offers it. */
  readonly jwk: ReturnType<typeof importRecoveryKey>["jwk"];
  readonly kid: string;
  /** RFC 7516 by hand, as the owner's own tools open a node's share. */
  readonly open: (copy: unknown) => Uint8Array;
};

export function createOwner(): Owner {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { kid, jwk } = importRecoveryKey(publicKey.export({ type: "spki", format: "pem" }));
  return { jwk, kid, open: (copy) => openCopy(copy, privateKey) };
}

function openCopy(copy: unknown, key: KeyObject): Uint8Array {
  const { recipients, sealed } = parseEnvelope(copy);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const contentKey = privateDecrypt(
    { key, padding, oaepHash: "sha256" },
    recipients[0]?.encryptedKey ?? new Uint8Array(),
  );
  const decipher = createDecipheriv("aes-256-gcm", contentKey, decodeBase64url(sealed.iv));
  decipher.setAAD(Buffer.from(sealed.protected)).setAuthTag(decodeBase64url(sealed.tag));
  return new Uint8Array(
    Buffer.concat([decipher.update(decodeBase64url(sealed.ciphertext)), decipher.final()]),
  );
}
