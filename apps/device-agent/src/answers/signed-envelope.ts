import { CryptoError, importVerifyKey, parseEnvelope } from "@databox-cmk/crypto";
import type { Envelope, VerifyKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { MESSAGE_TYPES, parseWith, signedEnvelope } from "@databox-cmk/protocol";

import type { MachineState } from "../core/machine-state.ts";
import type { Settings } from "../core/settings.ts";
import { verifiedPayload } from "./signed-answer.ts";

export type CheckedEnvelope = {
  readonly jws: string;
  readonly generation: number;
  readonly envelope: Envelope;
};

/** The expected owner of the envelope. `env` is absent before enrolment, which sets it. */
export type EnvelopeOwner = {
  readonly order: string;
  readonly serial: string;
  readonly env?: string;
};

/**
 * @param lowestGeneration - the lowest that an honest broker would send; an older envelope may be
 * wrapped by a key that the customer has since withdrawn.
 * @throws {AppError} `EnvelopeRejected`
 */
export function readSignedEnvelope(
  jws: string,
  brokerKeys: readonly VerifyKey[],
  owner: EnvelopeOwner,
  lowestGeneration: number,
): CheckedEnvelope {
  const payload = verifiedPayload(jws, brokerKeys, MESSAGE_TYPES.envelope);
  if (payload === undefined)
    throw new AppError("EnvelopeRejected", { detail: "not signed by this node's broker" });
  const parsed = parseWith(signedEnvelope, payload);
  if (!parsed.ok) throw new AppError("EnvelopeRejected", { detail: parsed.detail });
  const { env, generation, jwe } = parsed.value;
  const envelope = parseJwe(jwe);
  const { context } = envelope;
  if (
    context.env !== env ||
    env !== (owner.env ?? env) ||
    context.ord !== owner.order ||
    context.dev !== owner.serial
  )
    throw new AppError("EnvelopeRejected", { detail: "it belongs to another node or order" });
  if (generation < lowestGeneration)
    throw new AppError("EnvelopeRejected", {
      detail: `generation ${String(generation)}, expected at least ${String(lowestGeneration)}`,
    });
  return { jws, generation, envelope };
}

/** The envelope that a node keeps. @throws {AppError} `EnvelopeRejected` */
export function readKeptEnvelope(
  jws: string,
  { brokerKeys, order, serial, env: enrolled }: Settings,
  { env = enrolled }: Pick<MachineState, "env"> = {},
  lowestGeneration = 0,
): CheckedEnvelope {
  const keys = brokerKeys.map((key) => importVerifyKey(key));
  return readSignedEnvelope(jws, keys, { order, serial, env }, lowestGeneration);
}

function parseJwe(jwe: unknown): Envelope {
  try {
    return parseEnvelope(jwe);
  } catch (error) {
    if (error instanceof CryptoError)
      throw new AppError("EnvelopeRejected", { detail: error.message, cause: error });
    throw error;
  }
}
