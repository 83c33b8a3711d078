import { base64url, bootId, compactJws } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import type { Moment } from "./moment.ts";

const ANSWER_MAX_CHARACTERS = 8192;

/** X25519, 32 bytes each. */
const keyPair = { privateKey: base64url(43), publicKey: base64url(43) } as const;

/**
 * offline-challenge.json: the one-time key of a challenge, until its answer has opened the volume
 * or it expires.
 */
export const openChallenge = z.strictObject({
  version: z.literal(1),
  /** The challenge itself, to be shown again. */
  challenge: compactJws(4096),
  bootId,
  /** On the boot clock. */
  madeAtMs: z.int().check(z.gte(0)),
  opensForSeconds: z.int().check(z.gte(60), z.lte(7 * 86_400)),
  ...keyPair,
});
export type OpenChallenge = z.infer<typeof openChallenge>;

/**
 * offline-lease.json: opens the volume again after a reboot, as often as the order's policy allows.
 */
export const keptLease = z.strictObject({
  version: z.literal(1),
  challenge: compactJws(4096),
  answer: compactJws(ANSWER_MAX_CHARACTERS),
  /** The boot that was counted last. */
  bootId,
  bootsLeft: z.int().check(z.gte(0), z.lte(20)),
  ...keyPair,
});
export type KeptLease = z.infer<typeof keptLease>;

/**
 * Whether an answer may still open the volume. A reboot ends a challenge: its key must not outlive
 * the boot in which it was made.
 */
export function judgeChallenge(
  held: OpenChallenge | undefined,
  { bootId: now, bootMs }: Moment,
): "open" | "none" | "expired" | "boot" {
  if (held === undefined) return "none";
  if (held.bootId !== now || bootMs < held.madeAtMs) return "boot";
  return bootMs >= endOfChallenge(held) ? "expired" : "open";
}

/** On the boot clock, in milliseconds. */
export function endOfChallenge({ madeAtMs, opensForSeconds }: OpenChallenge): number {
  return madeAtMs + opensForSeconds * 1000;
}

/**
 * The lease to store before its volume is opened in this boot; undefined when its boots are used
 * up.
 */
export function countBoot(kept: KeptLease, currentBootId: string): KeptLease | undefined {
  if (kept.bootId === currentBootId) return kept;
  if (kept.bootsLeft === 0) return undefined;
  return { ...kept, bootId: currentBootId, bootsLeft: kept.bootsLeft - 1 };
}
