import { explain, recoveryOf } from "@databox-cmk/errors";
import type { CloudError } from "@databox-cmk/protocol";

import type { Failure } from "../core/ports.ts";

/** A failure as an error inside a resource. */
export function cloudErrorOf({ code, reason, target, detail, facts }: Failure): CloudError {
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
