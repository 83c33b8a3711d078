import {
  MESSAGE_TYPES,
  sanitisation,
  type Sanitisation,
  type Sanitised,
} from "@databox-cmk/protocol";

import type { Outcome } from "../../core/ports.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { actorOf, type DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";

/** Keeps and countersigns the certificate of an erased node, which then destroys its device key. */
export const countersignExchange = deviceVerb({
  action: "erasure",
  type: MESSAGE_TYPES.sanitisation,
  schema: sanitisation,
  knowsRepeats: true,
  answer: countersign,
});

async function countersign(
  { nodeErasure, keys }: Needs<"nodeErasure" | "keys">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  { counter, journalHead, medium, bootId }: Sanitisation,
): Promise<Outcome<SignedAnswer>> {
  const { order, serial, node } = sender;
  const { hash: requestHash, correlationId } = message;
  const kept = await nodeErasure.keep({
    order,
    serial,
    certificate: message.text,
    publicKey: node.key.jwk,
    counter,
    audit: {
      actor: actorOf(message, sender),
      correlationId,
      requestHash,
      detail: { bootId, journalHead, medium: medium.id, bytes: medium.bytes },
    },
  });
  if (!kept.ok) return kept;
  const countersignedAt = new Date(kept.value).toISOString();
  const payload: Sanitised = { requestHash, order, serial, countersignedAt };
  return { ok: true, value: await signAnswer(keys.signing, MESSAGE_TYPES.sanitised, payload) };
}
