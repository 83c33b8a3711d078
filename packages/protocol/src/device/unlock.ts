import * as z from "zod/mini";

import {
  base64url,
  bootId,
  compactJws,
  counter,
  deviceMessage,
  deviceText,
  failureSteps,
  failureText,
  failureWords,
  generation,
  keyId,
  messageHash,
  orderId,
  reasonText,
  seconds,
  serial,
  suiteName,
  unlockPurpose,
  uuid,
} from "./fields.ts";

/** Longest public key: X-Wing, 1216 bytes (draft-connolly-cfrg-xwing-kem §5). */
const HPKE_PUBLIC_KEY_MAX_CHARACTERS = 1622;
/** Longest encapsulation: X-Wing, 1120 bytes. */
const HPKE_ENCAPSULATION_MAX_CHARACTERS = 1494;

/** The members of a request on every channel. */
const question = {
  order: orderId,
  serial,
  env: uuid,
  generation,
  purpose: unlockPurpose,
  bootId,
  counter,
  hpke: z.strictObject({ suite: suiteName, publicKey: base64url(HPKE_PUBLIC_KEY_MAX_CHARACTERS) }),
  agent: deviceText,
  /** The reason, as the person at the appliance wrote it, for the approvers' decision. */
  reason: z.optional(reasonText),
} as const;

export const unlockRequest = deviceMessage({ nonce: base64url(256), ...question });
export type UnlockRequest = z.infer<typeof unlockRequest>;
export type UnlockQuestion = Omit<UnlockRequest, "nonce">;

/**
 * X25519 keys and encapsulations are 32 bytes, so that challenge and answer each fit one QR code.
 */
const X25519_KEY_CHARACTERS = 43;

/**
 * The unlock request of a node without a network: a person carries it, so there is no nonce of the
 * broker. It is used up by its own id and counter.
 */
export const offlineChallenge = deviceMessage({
  ...question,
  challengeId: z.string().check(z.length(43), z.regex(/^[A-Za-z0-9_-]*$/)),
  hpke: z.strictObject({
    suite: z.literal("X25519"),
    publicKey: z.string().check(z.length(X25519_KEY_CHARACTERS), z.regex(/^[A-Za-z0-9_-]*$/)),
  }),
  /** How long the node keeps the key that opens the answer, on its boot clock. */
  opensForSeconds: z.int().check(z.gte(60), z.lte(7 * 86_400)),
});
export type OfflineChallenge = z.infer<typeof offlineChallenge>;

/** How long a volume that was opened without a network stays open, with or without an answer. */
export const offlineLease = z.discriminatedUnion("kind", [
  /** Id of the boot in which the answer was given. */
  z.strictObject({
    kind: z.literal("duration"),
    seconds: z.int().check(z.gte(300), z.lte(30 * 86_400)),
  }),
  /** Valid in this many boots, including the one in which the answer was given. */
  z.strictObject({ kind: z.literal("boots"), boots: z.int().check(z.gte(1), z.lte(20)) }),
]);
export type OfflineLease = z.infer<typeof offlineLease>;

export const lease = z.strictObject({
  id: uuid,
  ttlSeconds: seconds,
  outageGraceSeconds: seconds,
  /** Only the next boot ends the outage grace; `outageGraceSeconds` is then ignored. */
  graceUntilReboot: z.optional(z.literal(true)),
  sequence: z.int().check(z.gte(0)),
  offline: z.optional(offlineLease),
});
export type Lease = z.infer<typeof lease>;

/**
 * The content-encryption key of the node's envelope, sealed to the one-time key of the request (RFC
 * 9180).
 */
export const grant = deviceMessage({
  requestHash: messageHash,
  order: orderId,
  serial,
  sealed: z.strictObject({
    enc: base64url(HPKE_ENCAPSULATION_MAX_CHARACTERS),
    ciphertext: base64url(256),
  }),
  lease,
  kid: keyId,
  correlationId: uuid,
  /** Present when the broker has a higher generation than the request named. */
  envelope: z.optional(compactJws(16_384)),
});
export type Grant = z.infer<typeof grant>;

export const denial = deviceMessage({
  requestHash: messageHash,
  ...failureWords,
  steps: failureSteps,
  correlationId: uuid,
  vaultRequestId: z.optional(failureText(100)),
  retryAfterSeconds: z.optional(seconds),
});
export type Denial = z.infer<typeof denial>;

/** One more than a policy asks for where an application asked (docs/customer/approvals.md). */
const approvalCount = z.int().check(z.gte(0), z.lte(6));

/** An approval is open; the same request is sent again until it is decided. */
export const pending = deviceMessage({
  requestHash: messageHash,
  retryAfterSeconds: seconds,
  correlationId: uuid,
  approval: z.strictObject({
    id: uuid,
    required: approvalCount,
    given: approvalCount,
    /** Names of those who have approved. */
    approvedBy: z
      .array(z.string().check(z.maxLength(128), z.regex(/^[ -~]*$/)))
      .check(z.maxLength(5)),
    expiresInSeconds: seconds,
  }),
});
export type Pending = z.infer<typeof pending>;

export const challengeRequest = deviceMessage({ serial });

/**
 * Stateless: the nonce carries its own expiry and MAC; nothing is stored until a signed request
 * returns it.
 */
export const challenge = deviceMessage({
  nonce: base64url(256),
  expiresInSeconds: z.int().check(z.gte(1), z.lte(600)),
  brokerTime: z.iso.datetime(),
});
export type Challenge = z.infer<typeof challenge>;

/** The device's report about a grant. */
export const receipt = deviceMessage({
  grantHash: messageHash,
  order: orderId,
  serial,
  outcome: z.enum(["prepared", "unlocked", "failed"]),
  /** Present when the outcome is `failed`. */
  code: z.optional(z.string().check(z.maxLength(100), z.regex(/^[A-Za-z]+$/))),
  bootId,
  counter,
  journalHead: messageHash,
});
export type Receipt = z.infer<typeof receipt>;

/** Extension `auditHead` of an acknowledgement: the end of the order's audit chain. */
export const auditHead = z.strictObject({
  sequence: z.int().check(z.gte(1), z.lte(Number.MAX_SAFE_INTEGER)),
  hash: messageHash,
});

export const acknowledgement = deviceMessage({ requestHash: messageHash });
export type Acknowledgement = z.infer<typeof acknowledgement>;
