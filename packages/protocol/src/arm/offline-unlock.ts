import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { offlineLease } from "../device/unlock.ts";
import { requiredText } from "./fields.ts";
import { PATHS } from "./paths.ts";

const CHALLENGE_MAX_CHARACTERS = 4096;

/** Our extension: the challenge that a person carried from a node without network. */
export const offlineUnlockRequest = z.strictObject({
  challenge: z.pipe(
    // As it was copied: a mail or a scanner breaks its lines. Its reader tells what else is wrong.
    z.transform((value) => (typeof value === "string" ? value.replaceAll(/\s+/g, "") : value)),
    z.string().check(z.maxLength(CHALLENGE_MAX_CHARACTERS), z.regex(/^[\w.-]+$/)),
  ),
  reason: z.optional(requiredText(1024)),
});

/** The signed answer for the node, which fits one QR code. */
export const offlineUnlockResult = z.object({
  answer: z.string(),
  serial: z.string(),
  /**
   * The node opens the answer until then at the latest; it counts on its own clock, from its
   * challenge.
   */
  expiresAt: z.string(),
  /** Strict: part of a signed message, which grows by its `extensions` alone. */
  lease: offlineLease,
  usesLeftToday: z.number(),
});
export type OfflineUnlockResult = z.infer<typeof offlineUnlockResult>;

/** An approval is open: the same challenge is sent again. */
export const offlineUnlockPending = z.object({
  answer: z.string(),
  retryAfterSeconds: z.optional(z.number()),
});

export const offlineUnlockList = z.object({
  value: z.array(
    z.object({
      challengeId: z.string(),
      serial: z.string(),
      at: z.string(),
      by: z.string(),
      reason: z.optional(z.string()),
      kid: z.string(),
      lease: offlineLease,
      expiresAt: z.string(),
      /** The node's report, once it had a network. */
      receipt: z.optional(z.string()),
    }),
  ),
  usedToday: z.number(),
  limitPerDay: z.number(),
});
export type OfflineUnlockList = z.infer<typeof offlineUnlockList>;

const OFFLINE_UNLOCKS = `${PATHS.job}/offlineUnlocks` as const;

export const OFFLINE_UNLOCK_CALLS = {
  submit: {
    at: ["POST", OFFLINE_UNLOCKS],
    body: offlineUnlockRequest,
    answers: { 200: offlineUnlockResult, 202: offlineUnlockPending },
  },
  list: { at: ["GET", OFFLINE_UNLOCKS], answers: { 200: offlineUnlockList } },
} as const satisfies Calls;
