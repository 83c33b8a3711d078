import {
  createPublicKey,
  diffieHellman,
  encapsulate,
  generateKeyPairSync,
  hash,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";

import { KEM_MLKEM768_X25519, type KEM, type Key } from "hpke";

import { decodeBase64url, encodeBase64url } from "../base64url.ts";
import { zero } from "../secret-bytes.ts";

/*
 * The sender's half of X-Wing (draft-connolly-cfrg-xwing-kem §5.4) by synchronous node:crypto, through the interface that
 * `hpke` offers for this; its key schedule stays. The library's own goes through WebCrypto: eight jobs of the thread pool,
 * which took three quarters of a seal's time. Whoever opens uses the library's.
 */

type RecipientKey = Key & {
  readonly mlKem: KeyObject;
  readonly x25519: KeyObject;
  readonly x25519Bytes: Uint8Array;
};

const ML_KEM_KEY_BYTES = 1184;
/** §5.3: `\.//^\`. */
const LABEL = Buffer.from("5c2e2f2f5e5c", "hex");

/** Encapsulates to what it deserialized, and does nothing else. */
export function createXWingSender(): KEM<RecipientKey> {
  const { id, name, Nsecret, Nenc, Npk, Nsk } = KEM_MLKEM768_X25519();
  return {
    id,
    type: "KEM",
    name,
    Nsecret,
    Nenc,
    Npk,
    Nsk,
    async DeserializePublicKey(bytes) {
      const x25519Bytes = bytes.subarray(ML_KEM_KEY_BYTES);
      const pub = encodeBase64url(bytes.subarray(0, ML_KEM_KEY_BYTES));
      const x = encodeBase64url(x25519Bytes);
      return {
        algorithm: { name },
        extractable: true,
        type: "public",
        mlKem: importJwk({ kty: "AKP", alg: "ML-KEM-768", pub }),
        x25519: importJwk({ kty: "OKP", crv: "X25519", x }),
        x25519Bytes,
      };
    },
    async Encap({ mlKem, x25519, x25519Bytes }) {
      const { sharedKey, ciphertext } = encapsulate(mlKem);
      const { privateKey, publicKey } = generateKeyPairSync("x25519");
      const agreed = diffieHellman({ privateKey, publicKey: x25519 });
      const ephemeral = decodeBase64url(publicKey.export({ format: "jwk" }).x ?? "", "x");
      const combined = Buffer.concat([sharedKey, agreed, ephemeral, x25519Bytes, LABEL]);
      const secret = new Uint8Array(hash("sha3-256", combined, "buffer"));
      zero(sharedKey, agreed, combined);
      return {
        shared_secret: secret,
        enc: new Uint8Array(Buffer.concat([ciphertext, ephemeral])),
      };
    },
    DeriveKeyPair: senderOnly,
    GenerateKeyPair: senderOnly,
    SerializePublicKey: senderOnly,
    SerializePrivateKey: senderOnly,
    DeserializePrivateKey: senderOnly,
    Decap: senderOnly,
  };
}

const importJwk = (key: JsonWebKey): KeyObject => createPublicKey({ key, format: "jwk" });

async function senderOnly(): Promise<never> {
  throw new TypeError("the sender's half only seals");
}
