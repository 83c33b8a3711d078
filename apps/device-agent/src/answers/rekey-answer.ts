import { MESSAGE_TYPES, parseWith, rekeyed, rekeyProposal } from "@databox-cmk/protocol";
import type { Denial, RekeyProposal } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { claimedType, verifiedDenial, verifiedPayload } from "./signed-answer.ts";
import { readSignedEnvelope } from "./signed-envelope.ts";
import type { CheckedEnvelope } from "./signed-envelope.ts";
import type { ExpectedAnswer } from "./unlock-answer.ts";

type Refused = { readonly kind: "denial"; readonly denial: Denial };
/** `generation`: of the held envelope. */
type Expected = ExpectedAnswer & { readonly generation: number };

/** @throws {AppError} `BrokerUnreachable`, `BrokerBusy` or `EnvelopeRejected` */
export function readRekeyProposal(
  answer: RawAnswer,
  expected: Expected,
):
  | {
      readonly kind: "proposal";
      readonly proposal: RekeyProposal;
      readonly envelope: CheckedEnvelope;
    }
  | Refused {
  if (claimedType(answer) !== MESSAGE_TYPES.rekeyProposal) return refused(answer, expected);
  const proposal = checked(
    parseWith(rekeyProposal, payloadOf(answer, expected, MESSAGE_TYPES.rekeyProposal)),
    expected,
  );
  const { order, serial, brokerKeys, generation } = expected;
  const owner = { order, serial };
  const envelope = readSignedEnvelope(proposal.envelope, brokerKeys, owner, generation + 1);
  return { kind: "proposal", proposal, envelope };
}

/** The envelope in force, old or new. @throws {AppError} as {@link readRekeyProposal} */
export function readRekeyed(
  answer: RawAnswer,
  expected: Expected,
): { readonly kind: "inForce"; readonly envelope: CheckedEnvelope } | Refused {
  if (claimedType(answer) !== MESSAGE_TYPES.rekeyed) return refused(answer, expected);
  const said = checked(
    parseWith(rekeyed, payloadOf(answer, expected, MESSAGE_TYPES.rekeyed)),
    expected,
  );
  const { order, serial, brokerKeys, generation } = expected;
  const owner = { order, serial };
  const envelope = readSignedEnvelope(said.envelope, brokerKeys, owner, generation);
  return { kind: "inForce", envelope };
}

function refused(answer: RawAnswer, { brokerKeys, requestHash }: Expected): Refused {
  return { kind: "denial", denial: verifiedDenial(answer, brokerKeys, requestHash) };
}

function payloadOf(answer: RawAnswer, { brokerKeys }: Expected, typ: string): unknown {
  return verifiedPayload(answer.body, brokerKeys, typ);
}

/** Signed by the broker, for this exact request of this node. */
function checked<
  Value extends { readonly requestHash: string; readonly order: string; readonly serial: string },
>(parsed: ReturnType<typeof parseWith<Value>>, expected: Expected): Value {
  const isOurs =
    parsed.ok &&
    parsed.value.requestHash === expected.requestHash &&
    parsed.value.order === expected.order &&
    parsed.value.serial === expected.serial;
  if (!isOurs)
    throw unreachable("unsigned-answer", "an answer that the broker did not sign for this request");
  return parsed.value;
}
