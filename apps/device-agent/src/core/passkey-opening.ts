import * as z from "zod/mini";

import type { Moment } from "./moment.ts";

/**
 * How long a volume that a passkey opened stays open without an authoritative answer: the same as
 * the broker allows an appliance without network, unless an order's policy says otherwise.
 */
export const PASSKEY_OPEN_SECONDS = 86_400;
const ASK_AGAIN_MS = 30_000;

/** A passkey carries no lease: the agent requests one as soon as the broker answers. */
export const openedByPasskey = z.strictObject({
  /** Milliseconds of the boot clock. */
  openedAtMs: z.int().check(z.gte(0)),
});
export type OpenedByPasskey = z.infer<typeof openedByPasskey>;

export type PasskeyOpeningStep =
  | { readonly kind: "close" }
  | { readonly kind: "ask" }
  | { readonly kind: "wait"; readonly milliseconds: number };

/** @param askedAtMs - time of the last request for a lease; undefined: none yet */
export function decidePasskeyOpening(
  { openedAtMs }: OpenedByPasskey,
  unlockedIn: string,
  now: Moment,
  askedAtMs: number | undefined,
): PasskeyOpeningStep {
  const leftMs = openedAtMs + PASSKEY_OPEN_SECONDS * 1000 - now.bootMs;
  const isVoid = unlockedIn !== now.bootId || now.bootMs < openedAtMs;
  if (isVoid || leftMs <= 0) return { kind: "close" };
  const askInMs = askedAtMs === undefined ? 0 : askedAtMs + ASK_AGAIN_MS - now.bootMs;
  return askInMs <= 0 ? { kind: "ask" } : { kind: "wait", milliseconds: Math.min(leftMs, askInMs) };
}
