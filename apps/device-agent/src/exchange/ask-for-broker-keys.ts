import { randomBytes } from "node:crypto";

import { CryptoError, encodeBase64url, importVerifyKey, type VerifyKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { brokerKeysAnswer, DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { BrokerKeysAnswer, BrokerKeysRequest } from "@databox-cmk/protocol";

import { type CheckedEnvelope, readSignedEnvelope } from "../answers/signed-envelope.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { exchange, type SigningSession } from "./exchange.ts";

const RANDOM_BYTES = 32;

export type ToldKeys = { readonly keys: readonly VerifyKey[]; readonly envelope: CheckedEnvelope };

/**
 * Requests the broker's present signing keys, and reports which ones are pinned here. The answer
 * counts only when a pinned key signed it; the envelope in it counts only when one of the new keys
 * did.
 *
 * @param held - the envelope that this node has; the one in the answer is not older
 * @throws {AppError} `BrokerUnreachable`, `BrokerBusy`, `EnvelopeRejected`, or the code of a signed
 * denial
 */
export async function askForBrokerKeys(
  session: Omit<SigningSession, "bootId">,
  held: { readonly env: string; readonly generation: number },
): Promise<ToldKeys> {
  const { order, serial, brokerKeys: pinned, signingKey, transport, deadline } = session;
  const answer = await exchange<BrokerKeysRequest, BrokerKeysAnswer>(
    { order, serial, brokerKeys: pinned, signingKey, transport, deadline, bootId: undefined },
    DEVICE_ROUTES.brokerKeys,
    MESSAGE_TYPES.brokerKeysRequest,
    {
      random: encodeBase64url(randomBytes(RANDOM_BYTES)),
      pinned: pinned.map(({ kid }) => kid),
    },
    [MESSAGE_TYPES.brokerKeys, brokerKeysAnswer],
  );
  if (answer.kind === "denial") {
    const { code, correlationId } = answer.denial;
    throw unreachable("unsigned-answer", `the broker denied its keys: ${code} (${correlationId})`);
  }
  const { brokerKeys, envelope } = answer.value;
  const keys = brokerKeys.map(importKey);
  const owner = { order, serial, env: held.env };
  return { keys, envelope: readSignedEnvelope(envelope, keys, owner, held.generation) };
}

function importKey(jwk: unknown): VerifyKey {
  try {
    return importVerifyKey(jwk);
  } catch (error) {
    if (error instanceof CryptoError)
      throw new AppError("GrantRejected", { detail: `brokerKeys: ${error.message}`, cause: error });
    throw error;
  }
}
