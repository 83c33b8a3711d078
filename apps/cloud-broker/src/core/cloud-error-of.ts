import { explain, recoveryOf, withoutUndefined } from "@databox-cmk/errors";
import type { CloudError } from "@databox-cmk/protocol";

import type { Failure } from "./ports.ts";
import { waitSecondsOf } from "./wait-seconds.ts";

/** A failure as an error inside a resource. */
export function cloudErrorOf(failure: Failure): CloudError {
  const { code, reason, target, detail } = failure;
  const retryAfterSeconds = waitSecondsOf(failure);
  const facts = { ...failure.facts, ...withoutUndefined({ retryAfterSeconds }) };
  const { message } = explain(code, { reason, facts });
  return {
    additionalInfo: [{ type: "Recovery", info: recoveryOf(code, { reason, facts }) }],
    code,
    message,
    target: target ?? "KeyEncryptionKey",
    details: [
      ...(reason === undefined ? [] : [{ code: reason, message }]),
      ...(detail === undefined ? [] : [{ code: "detail", message: detail }]),
    ],
  };
}
