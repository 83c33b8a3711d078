import { CipherSuite, KEM_DHKEM_X25519_HKDF_SHA256 } from "hpke";

import { aes256Gcm, hkdfSha256 } from "./node-primitives.ts";
import { createXWing } from "./x-wing.ts";

/**
 * HPKE suites (RFC 9180 §7; X-Wing is KEM 0x647a of draft-ietf-hpke-pq), weakest last. `strength`
 * orders them: no answer may use a suite below the one that was enrolled.
 */
export const SUITES = {
  "X-Wing": {
    create: (): CipherSuite => new CipherSuite(createXWing, hkdfSha256, aes256Gcm),
    publicKeyBytes: 1216,
    encBytes: 1120,
    strength: 2,
  },
  X25519: {
    create: (): CipherSuite => new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, hkdfSha256, aes256Gcm),
    publicKeyBytes: 32,
    encBytes: 32,
    strength: 1,
  },
} as const;

export type SuiteName = keyof typeof SUITES;

const created = new Map<SuiteName, CipherSuite>();

/** Made on first use, not at import: the agent pays for one suite, and only when it unlocks. */
export function cipherSuite(name: SuiteName): CipherSuite {
  const known = created.get(name);
  if (known !== undefined) return known;
  const suite = SUITES[name].create();
  created.set(name, suite);
  return suite;
}
