import { MESSAGE_TYPES, type Pending } from "@databox-cmk/protocol";

import type { Admission } from "../approvals/admit-release.ts";
import type { DeviceDependencies } from "../message/device-dependencies.ts";
import type { DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";

/** The device's polling interval, unless it chooses a longer one. */
const RETRY_AFTER_SECONDS = 5;
/** Number of approvers whose names a device receives. */
const NAMES_MAX = 5;

/**
 * Not decided yet: the device must send the same request again. The answer is not stored, since the
 * next one may differ.
 */
export function signPending(
  { keys, now }: DeviceDependencies,
  message: DeviceMessage,
  { id, required, approvedBy, expiresAtMs }: Extract<Admission, { kind: "wait" }>,
): Promise<SignedAnswer> {
  const pending: Pending = {
    requestHash: message.hash,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    correlationId: message.correlationId,
    approval: {
      id,
      required,
      given: approvedBy.length,
      approvedBy: approvedBy.slice(0, NAMES_MAX),
      expiresInSeconds: Math.max(0, Math.ceil((expiresAtMs - now()) / 1000)),
    },
  };
  return signAnswer(keys.signing, MESSAGE_TYPES.pending, pending, 202);
}
