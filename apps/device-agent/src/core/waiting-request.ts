import {
  ASKED_PURPOSES,
  base64url,
  bootId,
  compactJws,
  reasonText,
  uuid,
} from "@databox-cmk/protocol";
import type { Pending } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { describeDuration } from "./describe-duration.ts";
import type { Moment } from "./moment.ts";

/** X-Wing's public key, the longest (draft-connolly-cfrg-xwing-kem §5). */
const KEY_MAX_CHARACTERS = 1622;
const REQUEST_MAX_CHARACTERS = 8192;
const APPROVERS_MAX = 5;

const count = z.int().check(z.gte(0), z.lte(APPROVERS_MAX));
const bootMs = z.int().check(z.gte(0));

/**
 * waiting-request.json: an unlock request that waits for approvers. Only these bytes can be
 * granted, and only this key opens the grant.
 */
export const waitingRequest = z.strictObject({
  version: z.literal(1),
  request: compactJws(REQUEST_MAX_CHARACTERS),
  privateKey: base64url(KEY_MAX_CHARACTERS),
  publicKey: base64url(KEY_MAX_CHARACTERS),
  /** The request names it, and the lease of its grant belongs to it. */
  bootId,
  reason: z.optional(reasonText),
  /** Absent: `unlock`, as in the file of an older agent. */
  purpose: z.optional(z.enum(ASKED_PURPOSES)),
  /** On the wall clock, for people. */
  since: z.iso.datetime(),
  /** On the boot clock. */
  askedAtMs: bootMs,
  approval: z.strictObject({
    id: uuid,
    required: count,
    given: count,
    approvedBy: z.array(z.string().check(z.maxLength(128))).check(z.maxLength(APPROVERS_MAX)),
    /** On the boot clock. */
    endsAtMs: bootMs,
  }),
});
export type WaitingRequest = z.infer<typeof waitingRequest>;

/** The facts for a person who waits. */
export type WaitingView = {
  readonly id: string;
  readonly required: number;
  readonly given: number;
  readonly approvedBy: readonly string[];
  readonly reason?: string | undefined;
  readonly since: string;
  /** On the wall clock, for people. */
  readonly until: string;
  readonly leftSeconds: number;
};

/**
 * Whether the same bytes must be sent again. The broker decides how long an approval is valid. Here
 * only a boot ends a request: neither its key nor its lease may outlive the boot.
 */
export function mayContinue(
  waiting: Pick<WaitingRequest, "bootId" | "askedAtMs">,
  now: Moment,
): boolean {
  return waiting.bootId === now.bootId && now.bootMs >= waiting.askedAtMs;
}

/** @param answeredAtMs - on the boot clock */
export function approvalOf(
  { approval: { id, required, given, approvedBy, expiresInSeconds } }: Pending,
  answeredAtMs: number,
): WaitingRequest["approval"] {
  return { id, required, given, approvedBy, endsAtMs: answeredAtMs + expiresInSeconds * 1000 };
}

/** Whether there is news for a person; the end of an approval does not move. */
export function saysSame(
  one: Pick<WaitingView, "id" | "required" | "given" | "approvedBy">,
  other: Pick<WaitingView, "id" | "required" | "given" | "approvedBy">,
): boolean {
  return (
    one.id === other.id &&
    one.required === other.required &&
    one.given === other.given &&
    one.approvedBy.join("\n") === other.approvedBy.join("\n")
  );
}

/**
 * @param now - `iso` of the wall clock, for a time that people can compare; no decision depends on
 * it
 */
export function viewWaiting(
  { approval, reason, since }: WaitingRequest,
  now: { readonly bootMs: number; readonly iso: string },
): WaitingView {
  const { endsAtMs, ...facts } = approval;
  const leftSeconds = Math.max(0, Math.round((endsAtMs - now.bootMs) / 1000));
  return {
    ...facts,
    reason,
    since,
    until: new Date(Date.parse(now.iso) + leftSeconds * 1000).toISOString(),
    leftSeconds,
  };
}

/** One clause for the person who waits at the appliance. */
export function describeWaiting({
  required,
  given,
  approvedBy,
  reason,
  leftSeconds,
}: WaitingView): string {
  const names = approvedBy.length === 0 ? "" : ` (${approvedBy.join(", ")})`;
  const end =
    leftSeconds === 0
      ? "the request has expired"
      : `the request expires in ${describeDuration(leftSeconds)}`;
  const why = reason === undefined ? "" : `; reason: ${reason}`;
  return `${String(given)} of ${String(required)} have approved${names}; ${end}${why}`;
}
