import { LEASE_RECEIPT_CAUSES, messageHash, uuid } from "@databox-cmk/protocol";
import * as z from "zod/mini";

/**
 * More than a node collects in months; the oldest are dropped first, and the journal still has
 * them.
 */
export const RECEIPTS_MAX = 100;

/** A receipt for the broker: about a lease, or about a grant that a person carried. */
export const waitingReceipt = z.discriminatedUnion("about", [
  z.strictObject({
    about: z.literal("lease"),
    lease: uuid,
    outcome: z.enum(["relocked", "drilled"]),
    cause: z.optional(z.enum(LEASE_RECEIPT_CAUSES)),
    drill: z.optional(uuid),
  }),
  z.strictObject({
    about: z.literal("grant"),
    grantHash: messageHash,
    outcome: z.enum(["prepared", "unlocked", "failed"]),
    code: z.optional(z.string().check(z.maxLength(100), z.regex(/^[A-Za-z]+$/))),
  }),
]);
export type WaitingReceipt = z.infer<typeof waitingReceipt>;

/** The queue with one more entry; an equal entry is stored once. */
export function withReceipt(
  waiting: readonly WaitingReceipt[] | undefined,
  receipt: WaitingReceipt,
): WaitingReceipt[] {
  const others = (waiting ?? []).filter((each) => !saysSame(each, receipt));
  return [...others, receipt].slice(-RECEIPTS_MAX);
}

/** The queue without a delivered entry. */
export function withoutReceipt(
  waiting: readonly WaitingReceipt[] | undefined,
  receipt: WaitingReceipt,
): WaitingReceipt[] {
  return (waiting ?? []).filter((each) => !saysSame(each, receipt));
}

function saysSame(one: WaitingReceipt, other: WaitingReceipt): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf(receipt: WaitingReceipt): string {
  return receipt.about === "grant"
    ? `grant ${receipt.grantHash}`
    : `lease ${receipt.lease} ${receipt.drill ?? receipt.outcome}`;
}
