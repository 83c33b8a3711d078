import { messageHash } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { grant, MESSAGE_TYPES, parseWith, pending } from "@databox-cmk/protocol";
import type { Grant, Pending } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { claimedType, readDenial, verifiedAnswer, verifiedPayload } from "./signed-answer.ts";
import type { ExpectedAnswer, Refused } from "./signed-answer.ts";

export type UnlockAnswer =
  | { readonly kind: "grant"; readonly grant: Grant; readonly grantHash: string }
  | Refused
  | { readonly kind: "pending"; readonly pending: Pending };

/**
 * @throws {AppError} `GrantRejected` or `OrderMismatch` for a grant that is not for this request of
 * this node; `BrokerUnreachable` or `BrokerBusy` for every answer without authority
 */
export function readUnlockAnswer(answer: RawAnswer, expected: ExpectedAnswer): UnlockAnswer {
  const typ = claimedType(answer);
  switch (typ) {
    case MESSAGE_TYPES.grant:
      return {
        kind: "grant",
        grant: verifiedGrant(answer.body, expected),
        grantHash: messageHash(answer.body),
      };
    case MESSAGE_TYPES.denial:
      return readDenial(answer, expected);
    case MESSAGE_TYPES.pending:
      return { kind: "pending", pending: verifiedAnswer(answer, typ, pending, expected) };
    default:
      throw unreachable("unsigned-answer", "a message of another kind");
  }
}

function verifiedGrant(jws: string, expected: ExpectedAnswer): Grant {
  const payload = verifiedPayload(jws, expected.brokerKeys, MESSAGE_TYPES.grant);
  if (payload === undefined)
    throw rejected("not signed by a broker that this node was enrolled with");
  const parsed = parseWith(grant, payload);
  if (!parsed.ok) throw rejected(parsed.detail);
  if (parsed.value.requestHash !== expected.requestHash)
    throw rejected("it answers another request");
  if (parsed.value.order !== expected.order || parsed.value.serial !== expected.serial)
    throw new AppError("OrderMismatch", { detail: "the grant names another order or node" });
  return parsed.value;
}

function rejected(detail: string): AppError {
  return new AppError("GrantRejected", { detail });
}
