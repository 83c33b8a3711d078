import { explain } from "@databox-cmk/errors";
import type { CloudError } from "@databox-cmk/protocol";

import type { Failure } from "../core/ports.ts";

/** A failure as an error inside a resource. */
export function cloudErrorOf({ code, reason, target, detail, facts }: Failure): CloudError {
  const explanation = explain(code, {
    ...(reason === undefined ? {} : { reason }),
    ...(facts === undefined ? {} : { facts }),
  });
  return {
    additionalInfo: [
      { type: "Recovery", info: { who: explanation.who, steps: explanation.steps } },
    ],
    code,
    message: explanation.message,
    target: target ?? "KeyEncryptionKey",
    details: [
      ...(reason === undefined ? [] : [{ code: reason, message: explanation.message }]),
      ...(detail === undefined ? [] : [{ code: "detail", message: detail }]),
    ],
  };
}
