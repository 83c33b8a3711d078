import { messageHash, signMessage } from "@databox-cmk/crypto";
import { JOSE_MEDIA_TYPE, leasePath, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { LeaseReceipt, LeaseRenewal, LeaseWatch } from "@databox-cmk/protocol";

import { readLeaseAnswer } from "../answers/lease-answer.ts";
import type { LeaseAnswer } from "../answers/lease-answer.ts";
import { readAcknowledgement } from "../answers/signed-answer.ts";
import type { HeldLease } from "../core/lease-state.ts";
import type { Session } from "./session.ts";

export type LeaseSession = Omit<Session, "store" | "deadline">;

type Numbered = { readonly counter: number; readonly journalHead: string };

/** @throws {AppError} as `readLeaseAnswer` */
export async function renewLease(
  session: LeaseSession,
  lease: HeldLease,
  numbered: Numbered,
  deadline: AbortSignal,
): Promise<LeaseAnswer> {
  const { order, serial, bootId, signingKey, transport } = session;
  const { id, sequence } = lease;
  const payload: LeaseRenewal = {
    lease: id,
    order,
    serial,
    bootId,
    sequence,
    state: "unlocked",
    ...numbered,
  };
  const jws = await signMessage(signingKey, MESSAGE_TYPES.leaseRenewal, payload);
  const path = leasePath("renewals", id);
  const raw = await transport.post(path, JOSE_MEDIA_TYPE, jws, deadline);
  return readLeaseAnswer(raw, { ...session, requestHash: messageHash(jws), lease: id });
}

/**
 * Answered when there is news of the lease, or after the broker's hold time.
 *
 * @throws {AppError} as `readLeaseAnswer`
 */
export async function watchLease(
  session: LeaseSession,
  lease: HeldLease,
  counter: number,
  deadline: AbortSignal,
): Promise<LeaseAnswer> {
  const { order, serial, bootId, signingKey, transport } = session;
  const { id, sequence } = lease;
  const payload: LeaseWatch = { lease: id, order, serial, bootId, counter, sequence, watch: true };
  const jws = await signMessage(signingKey, MESSAGE_TYPES.leaseWatch, payload);
  const path = leasePath("leaseEvents", id);
  const raw = await transport.post(path, JOSE_MEDIA_TYPE, jws, deadline);
  return readLeaseAnswer(raw, { ...session, requestHash: messageHash(jws), lease: id });
}

export type LeaseReport = Pick<LeaseReceipt, "lease" | "outcome" | "cause" | "drill">;

/** @throws {AppError} `BrokerUnreachable` or `BrokerBusy` */
export async function sendLeaseReceipt(
  session: LeaseSession,
  report: LeaseReport,
  numbered: Numbered,
  deadline: AbortSignal,
): Promise<ReturnType<typeof readAcknowledgement>> {
  const { order, serial, bootId, signingKey, transport } = session;
  const payload: LeaseReceipt = { ...report, order, serial, bootId, ...numbered };
  const jws = await signMessage(signingKey, MESSAGE_TYPES.leaseReceipt, payload);
  const path = leasePath("leaseReceipts", report.lease);
  const raw = await transport.post(path, JOSE_MEDIA_TYPE, jws, deadline);
  return readAcknowledgement(raw, { ...session, requestHash: messageHash(jws) });
}
