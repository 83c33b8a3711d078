import { erasurePermit, MESSAGE_TYPES, sanitised } from "@databox-cmk/protocol";
import type { Sanitised } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { claimedType, readDenial, verifiedAnswer } from "./signed-answer.ts";
import type { ExpectedAnswer, Refused } from "./signed-answer.ts";

/** @throws {AppError} `BrokerUnreachable` or `BrokerBusy`: nothing is erased */
export function readErasurePermit(
  answer: RawAnswer,
  expected: ExpectedAnswer,
): { readonly kind: "permitted" } | Refused {
  const typ = claimedType(answer);
  if (typ !== MESSAGE_TYPES.erasurePermit) return readDenial(answer, expected);
  verifiedAnswer(answer, typ, erasurePermit, expected);
  return { kind: "permitted" };
}

/** @throws {AppError} `BrokerUnreachable` or `BrokerBusy` */
export function readSanitised(
  answer: RawAnswer,
  expected: ExpectedAnswer,
):
  | ({ readonly kind: "countersigned"; readonly countersignature: string } & Pick<
      Sanitised,
      "countersignedAt"
    >)
  | Refused {
  const typ = claimedType(answer);
  if (typ !== MESSAGE_TYPES.sanitised) return readDenial(answer, expected);
  const { countersignedAt } = verifiedAnswer(answer, typ, sanitised, expected);
  return { kind: "countersigned", countersignature: answer.body, countersignedAt };
}
