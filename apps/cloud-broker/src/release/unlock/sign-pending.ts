import { MESSAGE_TYPES, type Pending } from "@databox-cmk/protocol";

import type { Admission } from "../approvals/admit-release.ts";
import type { DeviceDependencies } from "../message/device-dependencies.ts";
import type { DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";

/** The device asks again so often; longer where it decides so. */
const RETRY_AFTER_SECONDS = 5;
/** Approvers that a device is shown by name. */
const NAMES_MAX = 5;

/** Not decided yet: the same request is to be sent again. It is kept nowhere, since the next answer may be another. */
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
