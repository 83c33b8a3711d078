import { readableByFormer } from "@databox-cmk/errors";

import type { AuditEvent, Failure } from "./ports.ts";

const KEY_VERSION = /^https:\/\/[^/]+\/keys\/[^/]+\/[^/]+$/;

/**
 * The columns of an audit row that describe a failure: code, reason, key version, and the request
 * id in the customer's vault log.
 */
export function failureColumns(
  failure: Failure,
): Pick<AuditEvent, "code" | "reason" | "kid" | "vaultRequestId"> {
  const keyUrl = failure.facts?.["keyUrl"];
  return {
    code: failure.code,
    reason: readableByFormer(failure).reason,
    kid: typeof keyUrl === "string" && KEY_VERSION.test(keyUrl) ? keyUrl : undefined,
    vaultRequestId: failure.vaultRequestId,
  };
}
