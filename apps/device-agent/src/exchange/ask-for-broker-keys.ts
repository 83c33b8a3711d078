import { randomBytes } from "node:crypto";

import {
  CryptoError,
  encodeBase64url,
  importVerifyKey,
  messageHash,
  signMessage,
} from "@databox-cmk/crypto";
import type { VerifyKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import {
  brokerKeysAnswer,
  DEVICE_ROUTES,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
} from "@databox-cmk/protocol";
import type { BrokerKeysRequest } from "@databox-cmk/protocol";

import { claimedType, readDenial, verifiedAnswer } from "../answers/signed-answer.ts";
import { readSignedEnvelope } from "../answers/signed-envelope.ts";
import type { CheckedEnvelope } from "../answers/signed-envelope.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import type { LeaseSession } from "./lease-exchange.ts";

const RANDOM_BYTES = 32;

export type ToldKeys = { readonly keys: readonly VerifyKey[]; readonly envelope: CheckedEnvelope };

/**
 * Requests the broker's present signing keys, and reports which ones are pinned here. The answer
 * counts only when a pinned key signed it; the envelope in it counts only when one of the new keys
 * did.
 *
 * @param lowestGeneration - of the envelope
 * @throws {AppError} `BrokerUnreachable`, `BrokerBusy`, `EnvelopeRejected`, or the code of a signed
 * denial
 */
export async function askForBrokerKeys(
  session: LeaseSession,
  lowestGeneration: number,
  deadline: AbortSignal,
): Promise<ToldKeys> {
  const { order, serial, brokerKeys, signingKey, transport } = session;
  const payload: BrokerKeysRequest = {
    order,
    serial,
    random: encodeBase64url(randomBytes(RANDOM_BYTES)),
    pinned: brokerKeys.map(({ kid }) => kid),
  };
  const jws = await signMessage(signingKey, MESSAGE_TYPES.brokerKeysRequest, payload);
  const raw = await transport.post(DEVICE_ROUTES.brokerKeys, JOSE_MEDIA_TYPE, jws, deadline);
  const expected = { ...session, requestHash: messageHash(jws) };
  const typ = claimedType(raw);
  if (typ === MESSAGE_TYPES.denial) {
    const { code, correlationId } = readDenial(raw, expected).denial;
    throw unreachable("unsigned-answer", `the broker denied its keys: ${code} (${correlationId})`);
  }
  const told = verifiedAnswer(raw, MESSAGE_TYPES.brokerKeys, brokerKeysAnswer, expected);
  const keys = told.brokerKeys.map(importKey);
  return { keys, envelope: readSignedEnvelope(told.envelope, keys, session, lowestGeneration) };
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
