import {
  acknowledgement,
  MESSAGE_TYPES,
  parseWith,
  relockOrder,
  renewedLease,
} from "@databox-cmk/protocol";
import type { Denial, RelockOrder, RenewedLease } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { claimedType, verifiedDenial, verifiedPayload } from "./signed-answer.ts";
import type { ExpectedAnswer } from "./unlock-answer.ts";

export type LeaseAnswer =
  | { readonly kind: "renewed"; readonly renewed: RenewedLease }
  | { readonly kind: "relock"; readonly order: RelockOrder }
  | { readonly kind: "denial"; readonly denial: Denial };

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
      const parsed = parseWith(renewedLease, payloadOf(answer, expected, typ));
      if (!parsed.ok) throw unreachable("unsigned-answer", `lease: ${parsed.detail}`);
      const { requestHash, order, serial, lease } = parsed.value;
      const isOurs =
        requestHash === expected.requestHash &&
        order === expected.order &&
        serial === expected.serial &&
        lease.id === expected.lease;
      if (!isOurs) throw unreachable("unsigned-answer", "a lease for another message or node");
      return { kind: "renewed", renewed: parsed.value };
    }
    case MESSAGE_TYPES.relock:
      return { kind: "relock", order: readRelockOrder(answer.body, expected) };
    default:
      return {
        kind: "denial",
        denial: verifiedDenial(answer, expected.brokerKeys, expected.requestHash),
      };
  }
}

/** @throws {AppError} `BrokerUnreachable` */
function readRelockOrder(jws: string, expected: ExpectedLeaseAnswer): RelockOrder {
  const payload = verifiedPayload(jws, expected.brokerKeys, MESSAGE_TYPES.relock);
  const parsed = parseWith(relockOrder, payload);
  if (
    !parsed.ok ||
    parsed.value.requestHash !== expected.requestHash ||
    parsed.value.lease !== expected.lease
  )
    throw unreachable(
      "unsigned-answer",
      "an order to close that the broker did not sign for this lease",
    );
  return parsed.value;
}

/** @throws {AppError} `BrokerUnreachable` or `BrokerBusy`; @returns false for a signed denial */
export function readLeaseAcknowledgement(answer: RawAnswer, expected: ExpectedAnswer): boolean {
  const typ = claimedType(answer);
  if (typ !== MESSAGE_TYPES.acknowledgement) {
    verifiedDenial(answer, expected.brokerKeys, expected.requestHash);
    return false;
  }
  const parsed = parseWith(acknowledgement, payloadOf(answer, expected, typ));
  if (!parsed.ok || parsed.value.requestHash !== expected.requestHash)
    throw unreachable("unsigned-answer", "a receipt that was not acknowledged");
  return true;
}

function payloadOf(answer: RawAnswer, { brokerKeys }: ExpectedAnswer, typ: string): unknown {
  return verifiedPayload(answer.body, brokerKeys, typ);
}
