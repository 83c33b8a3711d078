import { encodeBase64url, generateSealingKey, generateSigningKey } from "@databox-cmk/crypto";
import type { ErrorCode } from "@databox-cmk/errors";
import type { UnlockRequest } from "@databox-cmk/protocol";
import type { DeviceClient, Tamper } from "@databox-cmk/testkit";

/** The forging node has a used nonce of its own, and another node with a nonce. */
export type Known = {
  readonly usedNonce: string;
  readonly foreignNonce: string;
  readonly stranger: DeviceClient;
};
export type ForeignUnlock = {
  readonly code: ErrorCode;
  readonly status: number;
  /** Whether the enrolled key signed it. */
  readonly isProven: boolean;
  readonly tamper: (known: Known) => Tamper<UnlockRequest>;
};

const weak = await generateSealingKey("X25519");

const unproven = (
  code: ErrorCode,
  status: number,
  tamper: Tamper<UnlockRequest>,
): ForeignUnlock => ({ code, status, isProven: false, tamper: () => tamper });
const proven = (
  code: ErrorCode,
  status: number,
  change: (known: Known, payload: UnlockRequest) => object,
): ForeignUnlock => ({
  code,
  status,
  isProven: true,
  tamper: (known) => ({ payload: (payload) => ({ ...payload, ...change(known, payload) }) }),
});

/** Unlock requests that a broker must refuse, each by its own code, before it calls a vault. */
export const FOREIGN_UNLOCKS = {
  "malformed: no JWS": unproven("DeviceMessageMalformed", 400, { text: () => "not a message" }),
  "malformed: an unknown member": proven("DeviceMessageMalformed", 400, () => ({ admin: true })),
  "wrongly signed: by a key that was never enrolled": unproven("DeviceNotAuthenticated", 401, {
    key: generateSigningKey().key,
  }),
  "wrongly signed: changed after signing": unproven("DeviceNotAuthenticated", 401, {
    text: (text) => {
      const [header = "", payload = "", signature = ""] = text.split(".");
      return `${header}.${payload.slice(0, -4)}AAAA.${signature}`;
    },
  }),
  "replayed: another message with a used nonce": proven(
    "ReplayDetected",
    409,
    ({ usedNonce: nonce }) => ({ nonce }),
  ),
  "replayed: a nonce of another device": proven("NonceInvalid", 400, ({ foreignNonce: nonce }) => ({
    nonce,
  })),
  "cross-order: for the order of another device": proven(
    "OrderMismatch",
    403,
    ({ stranger: { order } }) => ({ order }),
  ),
  "cross-order: with the envelope of another device": proven(
    "EnvelopeMismatch",
    409,
    ({ stranger }) => ({ env: stranger.envelope?.env ?? "" }),
  ),
  "rolled back: a counter that was used": proven("CounterRollback", 409, () => ({ counter: 1 })),
  "rolled back: a generation that the broker has not reached": proven(
    "GenerationRollback",
    409,
    (_known, { generation }) => ({ generation: generation + 1 }),
  ),
  "downgraded: a weaker suite than was enrolled": proven("SuiteDowngrade", 400, () => ({
    hpke: { suite: "X25519", publicKey: encodeBase64url(weak.publicKey) },
  })),
} as const satisfies Record<string, ForeignUnlock>;
