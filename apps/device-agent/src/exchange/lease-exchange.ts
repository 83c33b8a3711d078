import { leasePath, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type {
  Acknowledgement,
  LeaseReceipt,
  LeaseRenewal,
  LeaseWatch,
} from "@databox-cmk/protocol";

import { type LeaseAnswer, readLeaseAnswer } from "../answers/lease-answer.ts";
import type { HeldLease } from "../core/lease-state.ts";
import { ACKNOWLEDGEMENT, exchange, send, type SigningSession } from "./exchange.ts";

type Numbered = Pick<LeaseReceipt, "counter" | "journalHead">;

/** @throws {AppError} as `readLeaseAnswer` */
export async function renewLease(
  session: SigningSession,
  { id: lease, sequence }: Pick<HeldLease, "id" | "sequence">,
  numbered: Numbered,
): Promise<LeaseAnswer> {
  const path = leasePath("renewals", lease);
  const content = { lease, sequence, state: "unlocked", ...numbered } as const;
  const sent = await send<LeaseRenewal>(session, path, MESSAGE_TYPES.leaseRenewal, content);
  return readLeaseAnswer(sent.raw, { ...sent.expected, lease });
}

/**
 * Answered when there is news of the lease, or after the broker's hold time, and asks to be renewed
 * with that answer.
 *
 * @throws {AppError} as `readLeaseAnswer`
 */
export async function watchLease(
  session: SigningSession,
  { id: lease, sequence }: Pick<HeldLease, "id" | "sequence">,
  counter: number,
): Promise<LeaseAnswer> {
  const path = leasePath("leaseEvents", lease);
  const content = { lease, counter, sequence, watch: true, extensions: { renew: true } } as const;
  const sent = await send<LeaseWatch>(session, path, MESSAGE_TYPES.leaseWatch, content);
  return readLeaseAnswer(sent.raw, { ...sent.expected, lease });
}

/** @throws {AppError} `BrokerUnreachable` or `BrokerBusy` */
export const sendLeaseReceipt = (
  session: SigningSession,
  report: Pick<LeaseReceipt, "lease" | "outcome" | "cause" | "drill"> & Numbered,
) =>
  exchange<LeaseReceipt, Acknowledgement>(
    session,
    leasePath("leaseReceipts", report.lease),
    MESSAGE_TYPES.leaseReceipt,
    report,
    ACKNOWLEDGEMENT,
  );
