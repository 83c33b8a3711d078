import { bootId } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import type { Moment } from "./moment.ts";

export const TRIES = 5;
export const WAIT_SECONDS = 15 * 60;

/**
 * passkey-tries.json: tries since the last right passkey, and the time of the newest, on the boot
 * clock of its boot.
 */
export const passkeyTries = z.strictObject({
  tries: z.int().check(z.gte(0), z.lte(TRIES)),
  bootId,
  atMs: z.int().check(z.gte(0)),
});
export type PasskeyTries = z.infer<typeof passkeyTries>;

/** `next` must be durable before anything else happens: a try is counted before it is made. */
export type TryDecision =
  | { readonly kind: "try"; readonly next: PasskeyTries; readonly leftAfterwards: number }
  | { readonly kind: "wait"; readonly next: PasskeyTries; readonly seconds: number };

/**
 * Five tries, then 15 minutes. It does not use the wall clock, which can be set by hand. A boot
 * clock says nothing about the time before its boot, so the wait starts again with each boot:
 * switching the machine off and on gains nothing.
 */
export function decideTry(found: PasskeyTries | undefined, now: Moment): TryDecision {
  const { bootId: boot, bootMs: atMs } = now;
  const counted = (tries: number): TryDecision => ({
    kind: "try",
    next: { tries, bootId: boot, atMs },
    leftAfterwards: TRIES - tries,
  });
  if (found === undefined) return counted(1);
  if (found.tries < TRIES) return counted(found.tries + 1);
  const seconds = waitSeconds(found, now);
  if (seconds === 0) return counted(1);
  return { kind: "wait", next: restamped(found, now), seconds };
}

/** Seconds until the next try is allowed; 0: at once. */
export function waitSeconds(found: PasskeyTries | undefined, now: Moment): number {
  if (found === undefined || found.tries < TRIES) return 0;
  const { atMs } = restamped(found, now);
  return Math.max(0, Math.ceil(WAIT_SECONDS - (now.bootMs - atMs) / 1000));
}

/** Times of another boot, or of a clock that went back, mean nothing: they count from now. */
export function restamped(found: PasskeyTries, now: Moment): PasskeyTries {
  const isComparable = found.bootId === now.bootId && found.atMs <= now.bootMs;
  return isComparable ? found : { ...found, bootId: now.bootId, atMs: now.bootMs };
}
