import { ERRORS } from "@databox-cmk/errors";
import type { CampaignOrderList } from "@databox-cmk/protocol";

import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";

export const CAMPAIGN_STATES = ["running", "paused", "cancelled", "done"] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];
/** The state of one order in a campaign. */
export type CampaignOrderState = Lowercase<CampaignOrderList["value"][number]["state"]>;
export const CAMPAIGN_EVENTS = ["pause", "resume", "cancel", "finish"] as const;
export type CampaignEvent = (typeof CAMPAIGN_EVENTS)[number];

/**
 * The commands that a campaign accepts in each state, and the resulting state. Repeating a command
 * changes nothing.
 */
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

/** About half an hour of outage; then the order is reported as failed and the campaign can end. */
export const ATTEMPTS_MAX = 10;
const FIRST_DELAY_MS = 2000;
const MAX_DELAY_MS = 300_000;

/**
 * Decides whether and when a failed step is retried. Unreachable services, a busy broker and lost
 * races are retried; a decision of the vault or of the order's owner is final.
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

/** Speed and remaining time; undefined until the first step is done. */
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
