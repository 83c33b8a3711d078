import { AppError } from "@databox-cmk/errors";
import { MESSAGE_TYPES, rekeyed, rekeyProposal } from "@databox-cmk/protocol";
import type { RekeyProposal } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { claimedType, readDenial, verifiedAnswer } from "./signed-answer.ts";
import type { ExpectedAnswer, Refused } from "./signed-answer.ts";
import { readSignedEnvelope } from "./signed-envelope.ts";
import type { CheckedEnvelope } from "./signed-envelope.ts";

/** `generation`: of the held envelope. */
type Expected = ExpectedAnswer & { readonly generation: number };

/** @throws {AppError} `BrokerUnreachable`, `BrokerBusy` or `EnvelopeRejected` */
export function readRekeyProposal(
  answer: RawAnswer,
  expected: Expected & { readonly env: string },
):
  | {
      readonly kind: "proposal";
      readonly proposal: RekeyProposal;
      readonly envelope: CheckedEnvelope;
    }
  | Refused {
  const typ = claimedType(answer);
  if (typ !== MESSAGE_TYPES.rekeyProposal) return readDenial(answer, expected);
  const proposal = verifiedAnswer(answer, typ, rekeyProposal, expected);
  const { order, serial, brokerKeys, generation, env } = expected;
  const owner = { order, serial };
  const envelope = readSignedEnvelope(proposal.envelope, brokerKeys, owner, generation + 1);
  // Its share would be the present one, which a re-key replaces.
  if (envelope.envelope.context.env === env)
    throw new AppError("EnvelopeRejected", { detail: "it has the identity of the one in force" });
  return { kind: "proposal", proposal, envelope };
}

/** The envelope in force, old or new. @throws {AppError} as {@link readRekeyProposal} */
export function readRekeyed(
  answer: RawAnswer,
  expected: Expected,
): { readonly kind: "inForce"; readonly envelope: CheckedEnvelope } | Refused {
  const typ = claimedType(answer);
  if (typ !== MESSAGE_TYPES.rekeyed) return readDenial(answer, expected);
  const said = verifiedAnswer(answer, typ, rekeyed, expected);
  const { order, serial, brokerKeys, generation } = expected;
  const owner = { order, serial };
  const envelope = readSignedEnvelope(said.envelope, brokerKeys, owner, generation);
  return { kind: "inForce", envelope };
}
