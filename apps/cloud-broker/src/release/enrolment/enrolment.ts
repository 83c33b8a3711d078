import {
  CryptoError,
  decodeBase64url,
  equalConstantTime,
  importVerifyKey,
  parseJsonObject,
  type VerifyKey,
} from "@databox-cmk/crypto";
import { addressKey } from "@databox-cmk/http";
import {
  enrolmentRequest,
  MESSAGE_TYPES,
  parseWith,
  type Enrolment,
  type EnrolmentRequest,
} from "@databox-cmk/protocol";

import { decideEnrolment } from "../../core/decide-enrolment.ts";
import { failed, malformed } from "../../core/failed.ts";
import { foldOrderId } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import { offerRecoveryKeys } from "../../custody/device-shares.ts";
import { hashEnrolmentCode } from "../../orders/prepare-order.ts";
import { parseMessage } from "../message/authenticate-device.ts";
import type { Needs, Recording } from "../message/device-dependencies.ts";
import type { DeviceExchange, DeviceMessage, Sender } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer, signEnvelope } from "../message/signed-answer.ts";
import { findEnrolling, recordDeviceKey, type EnrollingNode } from "./enrolling-node.ts";

type Enrolling = Sender & {
  readonly node: EnrollingNode;
  readonly key: VerifyKey;
  readonly request: EnrolmentRequest;
};

type EnrolmentDependencies = Recording & Needs<"custody" | "store">;

/**
 * The message proves possession of its key; the one-time code proves the operator's consent. The
 * same key may send its code again at any time and gets an answer again, so that a crash on either
 * side is harmless; another key never can.
 */
export function createEnrolmentExchange(
  dependencies: EnrolmentDependencies & Needs<"limit">,
): DeviceExchange<Enrolling> {
  return {
    action: "enrol",
    type: MESSAGE_TYPES.enrolmentRequest,
    schema: enrolmentRequest,
    authenticate: (message) => authenticateEnrolment(dependencies, message),
    answer: (message, enrolling) => enrol(dependencies, message, enrolling),
  };
}

async function authenticateEnrolment(
  { store, limit }: Needs<"store" | "limit">,
  message: DeviceMessage,
): Promise<Outcome<Enrolling>> {
  const proven = proveKey(message.text);
  if (!proven.ok) return proven;
  const { key, request } = proven.value;
  const retryAfterSeconds = limit(`${addressKey(message.address)} ${request.serial}`);
  if (retryAfterSeconds !== undefined) return failed({ code: "RateLimited", retryAfterSeconds });
  const order = foldOrderId(request.order);
  const node = await findEnrolling(store, order, request.serial);
  const isCode = equalConstantTime(
    Buffer.from(hashEnrolmentCode(request.code)),
    Buffer.from(node?.codeHash ?? hashEnrolmentCode("")),
  );
  if (node === undefined || !isCode) return failed({ code: "EnrolmentCodeInvalid" });
  return { ok: true, value: { order, serial: request.serial, node, key, request } };
}

/**
 * The key comes with the message that it signs: until the signature is verified, only that key is
 * read.
 */
function proveKey(text: string): Outcome<{ key: VerifyKey; request: EnrolmentRequest }> {
  const read = parseMessage(text, MESSAGE_TYPES.enrolmentRequest);
  if (!read.ok) return read;
  let key: VerifyKey;
  try {
    const claims = parseJsonObject(decodeBase64url(text.split(".")[1] ?? "", "payload"), "payload");
    key = importVerifyKey(claims["publicKey"]);
  } catch (error) {
    if (error instanceof CryptoError) return malformed(error.message);
    throw error;
  }
  let payload;
  try {
    payload = read.value.verify(key, MESSAGE_TYPES.enrolmentRequest);
  } catch (error) {
    if (error instanceof CryptoError) return failed({ code: "DeviceNotAuthenticated" });
    throw error;
  }
  const parsed = parseWith(enrolmentRequest, payload);
  return parsed.ok ? { ok: true, value: { key, request: parsed.value } } : malformed(parsed.detail);
}

async function enrol(
  dependencies: EnrolmentDependencies,
  message: DeviceMessage,
  { order, serial, node, key, request }: Enrolling,
): Promise<Outcome<SignedAnswer>> {
  const { custody, keys, store, now } = dependencies;
  const decision = decideEnrolment(node, key.kid, now());
  if (!decision.ok) return decision;
  const held = await custody.hold(order, serial);
  if (!held.ok) return held;
  const enrolment: Enrolment = {
    requestHash: message.hash,
    order,
    serial,
    brokerKeys: [...keys.bundle],
    envelope: await signEnvelope(keys.signing, held.value.envelope),
    passkeyOrigin: node.passkeyOrigin,
    ...(await offerRecoveryKeys(store, held.value.envelope)),
  };
  const answer = await signAnswer(keys.signing, MESSAGE_TYPES.enrolment, enrolment);
  const recorded = await recordDeviceKey(dependencies, message, {
    order,
    serial,
    key,
    minimumSuite: request.suite,
    deviceKeyGrade: request.deviceKeyGrade ?? "file",
    codeHash: hashEnrolmentCode(request.code),
    isRepeated: decision.value.isRepeated,
    brokerKids: keys.bundle.map((jwk) => importVerifyKey(jwk).kid),
    untrustedAgent: request.agent,
    answer,
  });
  return recorded.ok ? { ok: true, value: answer } : recorded;
}
