import { MESSAGE_TYPES, relockOrder, renewedLease } from "@databox-cmk/protocol";
import type { RelockOrder, RenewedLease } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { claimedType, readDenial, verifiedAnswer } from "./signed-answer.ts";
import type { ExpectedAnswer, Refused } from "./signed-answer.ts";

export type LeaseAnswer =
  | { readonly kind: "renewed"; readonly renewed: RenewedLease }
  | { readonly kind: "relock"; readonly order: RelockOrder }
  | Refused;

export type ExpectedLeaseAnswer = ExpectedAnswer & { readonly lease: string };

/**
 * The next lease, or the order to close. An order counts only when the broker signed it for this
 * exact message and lease. Otherwise any attacker on the path could close a fleet.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy` for every answer without authority
 */
export function readLeaseAnswer(answer: RawAnswer, expected: ExpectedLeaseAnswer): LeaseAnswer {
  const typ = claimedType(answer);
  switch (typ) {
    case MESSAGE_TYPES.lease: {
      const renewed = verifiedAnswer(answer, typ, renewedLease, expected);
      requireLease(renewed.lease.id, expected);
      return { kind: "renewed", renewed };
    }
    case MESSAGE_TYPES.relock: {
      const order = verifiedAnswer(answer, typ, relockOrder, expected);
      requireLease(order.lease, expected);
      return { kind: "relock", order };
    }
    default:
      return readDenial(answer, expected);
  }
}

function requireLease(lease: string, expected: ExpectedLeaseAnswer): void {
  if (lease !== expected.lease) throw unreachable("unsigned-answer", "it names another lease");
}
