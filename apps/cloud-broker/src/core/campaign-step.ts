import { ERRORS } from "@databox-cmk/errors";

import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";

export const CAMPAIGN_STATES = ["running", "paused", "cancelled", "done"] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];
export const CAMPAIGN_EVENTS = ["pause", "resume", "cancel", "finish"] as const;
export type CampaignEvent = (typeof CAMPAIGN_EVENTS)[number];

/** What may be said to a campaign, and what becomes of it. To say it again changes nothing. */
const CAMPAIGN_TRANSITIONS = {
  running: { pause: "paused", resume: "running", cancel: "cancelled", finish: "done" },
  paused: { pause: "paused", resume: "running", cancel: "cancelled" },
  cancelled: { cancel: "cancelled" },
  done: {},
} as const satisfies Record<CampaignState, Partial<Record<CampaignEvent, CampaignState>>>;

export function nextCampaignState(
  state: CampaignState,
  event: CampaignEvent,
): CampaignState | undefined {
  const row: Partial<Record<CampaignEvent, CampaignState>> = CAMPAIGN_TRANSITIONS[state];
  return row[event];
}

/** Half an hour of an outage, about; then the order is reported, and the campaign comes to an end. */
export const ATTEMPTS_MAX = 10;
const FIRST_DELAY_MS = 2000;
const MAX_DELAY_MS = 300_000;

/**
 * A step that failed: is it tried again, and when? What nobody with authority said, a busy broker and a lost race pass;
 * what the vault or the order's owner decided does not.
 *
 * @param attempt - of this step, counted from 1
 */
export function decideRetry(
  { code, retryAfterSeconds }: Failure,
  attempt: number,
  nowMs: EpochMs,
): { readonly dueAtMs: EpochMs } | undefined {
  const passes = ERRORS[code].class === "unreachable" || code === "RewrapConflict";
  if (!passes || attempt >= ATTEMPTS_MAX) return undefined;
  const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return { dueAtMs: nowMs + Math.max(delayMs, (retryAfterSeconds ?? 0) * 1000) };
}

/** Speed and what is left of it; nothing is said before something was done. */
export function estimateOf(
  { finishedLately, overMs }: { readonly finishedLately: number; readonly overMs: number },
  waiting: number,
): { readonly ordersPerSecond: number; readonly secondsLeft: number } | undefined {
  if (finishedLately === 0 || overMs <= 0) return undefined;
  const ordersPerSecond = finishedLately / (overMs / 1000);
  return {
    ordersPerSecond: Math.round(ordersPerSecond * 10) / 10,
    secondsLeft: Math.ceil(waiting / ordersPerSecond),
  };
}
