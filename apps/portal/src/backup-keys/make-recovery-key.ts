export type RecoveryKeyPair = {
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
  /** EncryptedPrivateKeyInfo (RFC 5958), PEM. */
  readonly encryptedPrivateKey: string;
};

const RSA = {
  name: "RSA-OAEP",
  hash: "SHA-256",
  modulusLength: 3072,
  publicExponent: Uint8Array.of(1, 0, 1),
} as const;
/** OWASP's recommendation for PBKDF2 by HMAC-SHA-256. */
const ITERATIONS = 600_000;
const SALT_BYTES = 16;
/** The block size of AES. */
const IV_BYTES = 16;

/**
 * Makes the key pair of a recovery key. The private half leaves WebCrypto encrypted only, in the
 * form that `openssl` reads: PKCS #8 by PBES2 (RFC 8018) with PBKDF2, HMAC-SHA-256 and AES-256-CBC.
 */
export async function makeRecoveryKey(passphrase: string): Promise<RecoveryKeyPair> {
  const { subtle } = crypto;
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const { publicKey, privateKey } = await subtle.generateKey(RSA, true, ["encrypt", "decrypt"]);
  const secret = new TextEncoder().encode(passphrase);
  const typed = await subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  const wrapping = await subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS },
    typed,
    { name: "AES-CBC", length: 256 },
    false,
    ["wrapKey"],
  );
  const wrapped = await subtle.wrapKey("pkcs8", privateKey, wrapping, { name: "AES-CBC", iv });
  return {
    publicKey: renderPem("PUBLIC KEY", new Uint8Array(await subtle.exportKey("spki", publicKey))),
    encryptedPrivateKey: renderPem(
      "ENCRYPTED PRIVATE KEY",
      encryptedPrivateKeyInfo(salt, iv, new Uint8Array(wrapped)),
    ),
  };
}

/** X.690 tags. */
const [INTEGER, OCTET_STRING, OID, SEQUENCE] = [0x02, 0x04, 0x06, 0x30];
const NULL = Uint8Array.of(0x05, 0x00);
/** 1.2.840.113549.1.5.13 and .12: RSADSI's PKCS #5. */
const PBES2 = der(OID, Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d));
const PBKDF2 = der(OID, Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c));
/** 1.2.840.113549.2.9 */
const HMAC_SHA_256 = der(OID, Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09));
/** 2.16.840.1.101.3.4.1.42 */
const AES_256_CBC = der(OID, Uint8Array.of(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a));

/** RFC 8018, appendix A. */
function encryptedPrivateKeyInfo(salt: Uint8Array, iv: Uint8Array, wrapped: Uint8Array) {
  const iterations = Uint8Array.of(ITERATIONS >> 16, ITERATIONS >> 8, ITERATIONS);
  const kdf = der(
    SEQUENCE,
    PBKDF2,
    der(
      SEQUENCE,
      der(OCTET_STRING, salt),
      der(INTEGER, iterations),
      der(SEQUENCE, HMAC_SHA_256, NULL),
    ),
  );
  const cipher = der(SEQUENCE, AES_256_CBC, der(OCTET_STRING, iv));
  return der(
    SEQUENCE,
    der(SEQUENCE, PBES2, der(SEQUENCE, kdf, cipher)),
    der(OCTET_STRING, wrapped),
  );
}

/** At most 65,535 bytes of content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = parts.flatMap((part) => [...part]);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...size, ...content]);
}

/** RFC 7468 */
function renderPem(label: string, bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  const lines = text.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
