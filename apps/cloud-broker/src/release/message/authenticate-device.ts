import {
  CryptoError,
  generateSigningKey,
  importVerifyKey,
  type JsonObject,
  readMessage,
  type UnverifiedMessage,
  type VerifyKey,
} from "@databox-cmk/crypto";
import { addressKey } from "@databox-cmk/http";
import type { MessageType } from "@databox-cmk/protocol";

import { failed, malformed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Needs } from "./device-dependencies.ts";
import type { DeviceNode } from "./device-node.ts";
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
  { limit, findDevice }: Needs<"limit" | "findDevice">,
  { text, address }: DeviceMessage,
  type: MessageType,
): Promise<Outcome<AuthenticDevice>> {
  const read = parseMessage(text, type);
  if (!read.ok) return read;
  const { kid } = read.value.header;
  const retryAfterSeconds = limit(`${addressKey(address)} ${kid}`);
  if (retryAfterSeconds !== undefined) return failed({ code: "RateLimited", retryAfterSeconds });
  const node = await findDevice(kid);
  const payload = verifyOrNothing(read.value, type, node?.key ?? { ...decoy, kid });
  if (node === undefined || payload === undefined)
    return failed({ code: "DeviceNotAuthenticated" });
  return { ok: true, value: { order: node.order, serial: node.serial, node, payload } };
}

/**
 * Checks the message's form and kind; `typ` is not secret, so a message at the wrong route gets a
 * precise error.
 */
export function parseMessage(text: string, type: MessageType): Outcome<UnverifiedMessage> {
  try {
    const message = readMessage(text);
    if (message.header.typ === type) return { ok: true, value: message };
    return malformed(`typ: expected ${type}`);
  } catch (error) {
    if (error instanceof CryptoError) return malformed(error.message);
    throw error;
  }
}

function verifyOrNothing(
  message: UnverifiedMessage,
  type: MessageType,
  key: VerifyKey,
): JsonObject | undefined {
  try {
    return message.verify(key, type);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}
