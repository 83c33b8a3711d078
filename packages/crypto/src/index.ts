export { decodeBase64url, encodeBase64url } from "./base64url.ts";
export { canonicalJson } from "./canonical-json.ts";
export { checkNonce, createNonce } from "./challenge-nonce.ts";
export { CryptoError } from "./crypto-error.ts";
export type { CryptoErrorCode } from "./crypto-error.ts";
export type {
  Envelope,
  EnvelopeContext,
  EnvelopeJson,
  EnvelopeRecipient,
  Share,
} from "./envelope/envelope.ts";
export { matchesCommitment, openEnvelope } from "./envelope/open-envelope.ts";
export { parseEnvelope } from "./envelope/parse-envelope.ts";
export { importRecoveryKey } from "./envelope/recovery-key.ts";
export type { RecoveryKey } from "./envelope/recovery-key.ts";
export { replaceRecipients } from "./envelope/replace-recipients.ts";
export { sealEnvelope } from "./envelope/seal-envelope.ts";
export { deriveSplitKey, SHARE_BYTES } from "./envelope/split-key.ts";
export { chainHash } from "./hash-chain.ts";
export {
  messageHash,
  readHeader,
  readMessage,
  signMessage,
  verifyMessage,
} from "./message/signed-message.ts";
export type { UnverifiedMessage } from "./message/signed-message.ts";
export { fromDer } from "./message/ecdsa-signature.ts";
export { generateSigningKey, importSigningKey } from "./message/signing-key.ts";
export type { SigningKey } from "./message/signing-key.ts";
export { importVerifyKey } from "./message/verify-key.ts";
export type { PublicJwk, VerifyKey } from "./message/verify-key.ts";
export {
  generateSealingKey,
  generateStorableSealingKey,
  importSealingKey,
  rekeyInfo,
  seal,
  unlockInfo,
} from "./sealing/sealing.ts";
export type { Sealed, SealingKey, StorableSealingKey } from "./sealing/sealing.ts";
export { SUITES } from "./sealing/suites.ts";
export type { SuiteName } from "./sealing/suites.ts";
export { equalConstantTime, joinSecrets, secretBytes, zero } from "./secret-bytes.ts";
export { parseJsonList, parseJsonObject } from "./strict-json.ts";
export type { JsonObject } from "./strict-json.ts";
export { createCertificateAuthority, importPkcs12, issueServerCertificate } from "./x509.ts";
export type { CertificateWithKey } from "./x509.ts";
