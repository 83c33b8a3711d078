import { AppError } from "@databox-cmk/errors";

import { describeTlsFailure } from "../core/describe-tls-failure.ts";
import { systemCode } from "../state/state-error.ts";

export type UnreachableReason =
  | "dns"
  | "connection"
  | "timeout"
  | "certificate"
  | "server-error"
  | "unsigned-answer"
  | "captive-portal";

/** No authoritative answer: never a refusal, and it re-locks nothing. */
export function unreachable(reason: UnreachableReason, detail: string, cause?: unknown): AppError {
  return new AppError("BrokerUnreachable", { reason, detail, cause });
}

const DNS_CODES = new Set([
  "ENOTFOUND",
  "ENODATA",
  "ESERVFAIL",
  "EREFUSED",
  "EAI_AGAIN",
  "ETIMEOUT",
  "EBADRESP",
  "EBADNAME",
]);
const TLS_CODES =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|INVALID_|HOSTNAME_MISMATCH$|EPROTO$)/;

/** Names a failure below HTTP by Node's and OpenSSL's codes. */
export function toUnreachable(error: unknown, deadline: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (deadline.aborted) return unreachable("timeout", "no answer in time", error);
  const code = systemCode(error);
  if (DNS_CODES.has(code)) return unreachable("dns", `the name does not resolve (${code})`, error);
  if (TLS_CODES.test(code)) return unreachable("certificate", describeTlsFailure(code), error);
  if (code === "ETIMEDOUT") return unreachable("timeout", "no connection in time", error);
  return unreachable("connection", `the connection failed (${code})`, error);
}
