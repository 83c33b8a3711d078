import {
  MESSAGE_TYPES,
  sanitisation,
  type Sanitisation,
  type Sanitised,
  type ErasurePermit,
  erasureRequest,
  type ErasureRequest,
} from "@databox-cmk/protocol";

import type { Outcome } from "../../core/ports.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs, Recording } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { actorOf, type DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";
import { useCounter } from "../message/use-counter.ts";

/** Keeps and countersigns the certificate of an erased node, which then destroys its device key. */
export const countersignExchange = deviceVerb({
  action: "erasure",
  type: MESSAGE_TYPES.sanitisation,
  schema: sanitisation,
  repeats: "own",
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

/** Tells a node whether it may destroy its keys and data; nothing has been destroyed yet. */
export const permitExchange = deviceVerb({
  action: "erasure/permit",
  type: MESSAGE_TYPES.erasureRequest,
  schema: erasureRequest,
  answer: permit,
});

async function permit(
  dependencies: Recording & Needs<"nodeErasure">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  { counter, bootId }: ErasureRequest,
): Promise<Outcome<SignedAnswer>> {
  const { order, serial } = sender;
  const { hash: requestHash, correlationId } = message;
  const allowed = await dependencies.nodeErasure.may(order);
  if (!allowed.ok) return allowed;
  const counted = await useCounter(dependencies, sender, counter);
  if (!counted.ok) return counted;
  await dependencies.commit((transaction) =>
    dependencies.appendAudit(transaction, order, {
      action: "erasure/permit",
      actor: actorOf(message, sender),
      outcome: "granted",
      serial,
      requestHash,
      correlationId,
      detail: { bootId },
    }),
  );
  const payload: ErasurePermit = { requestHash, order, serial };
  const { signing } = dependencies.keys;
  return { ok: true, value: await signAnswer(signing, MESSAGE_TYPES.erasurePermit, payload) };
}
