import { importVerifyKey } from "@databox-cmk/crypto";
import {
  brokerKeysRequest,
  type BrokerKeysAnswer,
  MESSAGE_TYPES,
  parseWith,
} from "@databox-cmk/protocol";

import type { Outcome } from "../../core/ports.ts";
import {
  type AuthenticDevice,
  authenticateDevice,
  malformed,
} from "../message/authenticate-device.ts";
import type { DeviceDependencies } from "../message/device-dependencies.ts";
import type { FindDevice } from "../message/device-node.ts";
import type { DeviceExchange, DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";
import { signEnvelope } from "../message/signed-envelope.ts";
import { notePinnedKeys } from "./pinned-keys.ts";

/**
 * Sends a device the broker's keys after a rotation, and learns which ones it has. It releases no
 * secret: a replayed request yields public keys and an envelope that the device already has.
 */
export function createBrokerKeysExchange(
  dependencies: DeviceDependencies,
  findDevice: FindDevice,
): DeviceExchange<AuthenticDevice> {
  return {
    action: "broker-keys",
    authenticate: (message) =>
      authenticateDevice(dependencies, findDevice, message, MESSAGE_TYPES.brokerKeysRequest),
    answer: (message, asking) => tellKeys(dependencies, message, asking),
  };
}

async function tellKeys(
  { custody, keys, commit, now }: DeviceDependencies,
  message: DeviceMessage,
  { payload, ...sender }: AuthenticDevice,
): Promise<Outcome<SignedAnswer>> {
  const parsed = parseWith(brokerKeysRequest, payload);
  if (!parsed.ok) return malformed(parsed.detail);
  const { order, serial } = sender;
  if (parsed.value.order !== order || parsed.value.serial !== serial)
    return {
      ok: false,
      failure: {
        code: "OrderMismatch",
        detail: "order, serial: this device is enrolled as another node",
      },
    };
  const held = await custody.hold(order, serial);
  if (!held.ok) return held;
  const own = new Set([...keys.bundle, ...keys.former].map((jwk) => importVerifyKey(jwk).kid));
  const pinned = parsed.value.pinned.filter((kid) => own.has(kid));
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
