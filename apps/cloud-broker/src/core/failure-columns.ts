import type { AuditEvent, Failure } from "./ports.ts";

const KEY_VERSION = /^https:\/\/[^/]+\/keys\/[^/]+\/[^/]+$/;

/** What an audit row tells of a failure: its code, why, of which key version, and where the customer's own vault logged it. */
export function failureColumns({
  code,
  reason,
  facts,
  vaultRequestId,
}: Failure): Pick<AuditEvent, "code" | "reason" | "kid" | "vaultRequestId"> {
  const keyUrl = facts?.["keyUrl"];
  return {
    code,
    ...(reason === undefined ? {} : { reason }),
    ...(typeof keyUrl === "string" && KEY_VERSION.test(keyUrl) ? { kid: keyUrl } : {}),
    ...(vaultRequestId === undefined ? {} : { vaultRequestId }),
  };
}
