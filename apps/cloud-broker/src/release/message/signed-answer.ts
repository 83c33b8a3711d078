import { signMessage, type SigningKey } from "@databox-cmk/crypto";
import {
  JOSE_MEDIA_TYPE,
  type MessageType,
  MESSAGE_TYPES,
  type SignedEnvelope,
} from "@databox-cmk/protocol";

import type { NodeEnvelope } from "../../custody/node-envelope.ts";
import type { Answer } from "../../http/route.ts";

/** The broker's answer to a device: signed, so that only the broker can give one. */
export type SignedAnswer = { readonly status: number; readonly text: string };

export async function signAnswer(
  key: SigningKey,
  type: MessageType,
  payload: object,
  status = 200,
): Promise<SignedAnswer> {
  return { status, text: await signMessage(key, type, payload) };
}

export function renderAnswer({ status, text }: SignedAnswer, retryAfterSeconds?: number): Answer {
  return {
    status,
    headers:
      retryAfterSeconds === undefined ? undefined : { "retry-after": String(retryAfterSeconds) },
    body: { text, mediaType: JOSE_MEDIA_TYPE },
  };
}

/**
 * The envelope that the device stores. The broker signs envelope and generation, so the device
 * accepts no foreign envelope and no lower generation.
 */
export function signEnvelope(key: SigningKey, envelope: NodeEnvelope): Promise<string> {
  const { env, generation, jwe } = envelope;
  return signMessage(key, MESSAGE_TYPES.envelope, { env, generation, jwe } satisfies {
    [Name in keyof SignedEnvelope]: unknown;
  });
}
