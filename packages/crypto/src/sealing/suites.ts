import { CipherSuite, KEM_DHKEM_X25519_HKDF_SHA256, KEM_MLKEM768_X25519 } from "hpke";

import { aes256Gcm, hkdfSha256 } from "./node-primitives.ts";
import { createXWingSender } from "./x-wing-sender.ts";

/**
 * HPKE suites (RFC 9180 §7; X-Wing is KEM 0x647a of draft-ietf-hpke-pq), weakest last. `strength` orders them: no answer
 * may use a suite below the one that was enrolled.
 *
 * With X-Wing Node 24 prints one ExperimentalWarning for ML-KEM in WebCrypto. Nothing is silenced here: the agent's
 * launcher starts Node with `--disable-warning=ExperimentalWarning`.
 */
export const SUITES = {
  "X-Wing": { kem: KEM_MLKEM768_X25519, publicKeyBytes: 1216, encBytes: 1120, strength: 2 },
  X25519: { kem: KEM_DHKEM_X25519_HKDF_SHA256, publicKeyBytes: 32, encBytes: 32, strength: 1 },
} as const;

export type SuiteName = keyof typeof SUITES;

const created = new Map<SuiteName, CipherSuite>();
let xWingSender: CipherSuite | undefined;

/** Made on first use, not at import: the agent pays for one suite, and only when it unlocks. */
export function cipherSuite(name: SuiteName): CipherSuite {
  const known = created.get(name);
  if (known !== undefined) return known;
  const suite = new CipherSuite(SUITES[name].kem, hkdfSha256, aes256Gcm);
  created.set(name, suite);
  return suite;
}

/** The same suite for whoever seals: what it deserializes is only good for that. */
export function senderSuite(name: SuiteName): CipherSuite {
  if (name !== "X-Wing") return cipherSuite(name);
  xWingSender ??= new CipherSuite(createXWingSender, hkdfSha256, aes256Gcm);
  return xWingSender;
}
