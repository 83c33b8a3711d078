import {
  CryptoError,
  generateSigningKey,
  importVerifyKey,
  readHeader,
  verifyMessage,
  type JsonObject,
  type MessageHeader,
} from "@databox-cmk/crypto";
import { addressKey } from "@databox-cmk/http";
import type { MessageType } from "@databox-cmk/protocol";

import { failed, malformed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { DeviceDependencies } from "./device-dependencies.ts";
import type { DeviceNode, FindDevice } from "./device-node.ts";
import type { DeviceMessage, Sender } from "./serve-device-message.ts";

/**
 * A random key that no device has: an unknown device costs the same verification as a known one.
 */
const decoy = importVerifyKey(generateSigningKey().key.publicJwk);

/** The proven sender of a message; its payload is not yet parsed. */
export type AuthenticDevice = Sender & { readonly node: DeviceNode; readonly payload: JsonObject };

/**
 * Header → rate → enrolment → signature. Until the signature is verified, every failure that could
 * distinguish two devices is the same DeviceNotAuthenticated.
 */
export async function authenticateDevice(
  { limit }: Pick<DeviceDependencies, "limit">,
  findDevice: FindDevice,
  { text, address }: DeviceMessage,
  type: MessageType,
): Promise<Outcome<AuthenticDevice>> {
  const header = parseHeader(text, type);
  if (!header.ok) return header;
  const { kid } = header.value;
  const retryAfterSeconds = limit(`${addressKey(address)} ${kid}`);
  if (retryAfterSeconds !== undefined) return failed({ code: "RateLimited", retryAfterSeconds });
  const node = await findDevice(kid);
  const payload = verifyOrNothing(text, type, node?.key ?? { ...decoy, kid });
  if (node === undefined || payload === undefined)
    return failed({ code: "DeviceNotAuthenticated" });
  return { ok: true, value: { order: node.order, serial: node.serial, node, payload } };
}

/**
 * Checks the message's form and kind; `typ` is not secret, so a message at the wrong route gets a
 * precise error.
 */
export function parseHeader(message: string, type: MessageType): Outcome<MessageHeader> {
  try {
    const header = readHeader(message);
    if (header.typ === type) return { ok: true, value: header };
    return malformed(`typ: expected ${type}`);
  } catch (error) {
    if (error instanceof CryptoError) return malformed(error.message);
    throw error;
  }
}

function verifyOrNothing(
  message: string,
  type: MessageType,
  key: Parameters<typeof verifyMessage>[1],
): JsonObject | undefined {
  try {
    return verifyMessage(message, key, type);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}
