import { importVerifyKey } from "@databox-cmk/crypto";
import {
  brokerKeysRequest,
  type BrokerKeysAnswer,
  type BrokerKeysRequest,
  MESSAGE_TYPES,
} from "@databox-cmk/protocol";

import type { Outcome } from "../../core/ports.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import type { DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer, signEnvelope } from "../message/signed-answer.ts";
import { notePinnedKeys } from "./pinned-keys.ts";

/**
 * Sends a device the broker's keys after a rotation, and learns which ones it has. It releases no
 * secret: a replayed request yields public keys and an envelope that the device already has.
 */
export const brokerKeysExchange = deviceVerb({
  action: "broker-keys",
  type: MESSAGE_TYPES.brokerKeysRequest,
  schema: brokerKeysRequest,
  answer: tellKeys,
});

async function tellKeys(
  { custody, keys, commit, now }: Needs<"custody" | "keys" | "commit" | "now">,
  message: DeviceMessage,
  { payload: _payload, ...sender }: AuthenticDevice,
  said: BrokerKeysRequest,
): Promise<Outcome<SignedAnswer>> {
  const { order, serial } = sender;
  const held = await custody.hold(order, serial);
  if (!held.ok) return held;
  const own = new Set([...keys.bundle, ...keys.former].map((jwk) => importVerifyKey(jwk).kid));
  const pinned = said.pinned.filter((kid) => own.has(kid));
  const answer: BrokerKeysAnswer = {
    requestHash: message.hash,
    order,
    serial,
    brokerKeys: [...keys.bundle],
    envelope: await signEnvelope(keys.signing, held.value.envelope),
  };
  const signed = await signAnswer(keys.signing, MESSAGE_TYPES.brokerKeys, answer);
  await commit((transaction) => notePinnedKeys(transaction, sender, pinned, now()));
  return { ok: true, value: signed };
}
