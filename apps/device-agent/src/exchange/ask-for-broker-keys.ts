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
  parseWith,
} from "@databox-cmk/protocol";
import type { BrokerKeysRequest } from "@databox-cmk/protocol";

import { claimedType, verifiedDenial, verifiedPayload } from "../answers/signed-answer.ts";
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
  if (claimedType(raw) === MESSAGE_TYPES.denial) {
    const { code, correlationId } = verifiedDenial(raw, brokerKeys, messageHash(jws));
    throw unreachable("unsigned-answer", `the broker denied its keys: ${code} (${correlationId})`);
  }
  const parsed = parseWith(
    brokerKeysAnswer,
    verifiedPayload(raw.body, brokerKeys, MESSAGE_TYPES.brokerKeys),
  );
  if (
    !parsed.ok ||
    parsed.value.requestHash !== messageHash(jws) ||
    parsed.value.order !== order ||
    parsed.value.serial !== serial
  )
    throw unreachable("unsigned-answer", "keys that the broker did not sign for this request");
  const keys = parsed.value.brokerKeys.map(importKey);
  return {
    keys,
    envelope: readSignedEnvelope(parsed.value.envelope, keys, session, lowestGeneration),
  };
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
