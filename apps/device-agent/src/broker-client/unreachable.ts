import { AppError } from "@databox-cmk/errors";

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
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_OSSL_|INVALID_|HOSTNAME_MISMATCH$)/;
/** OpenSSL's words for an alert: a filter that reads the server name, or no common version. */
const TLS_ALERT = "SSL alert number";
/** The bytes are not TLS, such as the page of a proxy or a portal. */
const NO_TLS = /^(?:ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)|EPROTO)$/;

/** Names a failure below HTTP by Node's and OpenSSL's codes. */
export function toUnreachable(error: unknown, deadline: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (deadline.aborted) return unreachable("timeout", "no answer in time", error);
  const code = systemCode(error);
  if (DNS_CODES.has(code)) return unreachable("dns", `the name does not resolve (${code})`, error);
  if (TLS_CODES.test(code)) return unreachable("certificate", describeTlsFailure(code), error);
  if (error instanceof Error && error.message.includes(TLS_ALERT))
    return unreachable("connection", `the server there ended the handshake (${code})`, error);
  if (NO_TLS.test(code))
    return unreachable("unsigned-answer", `the server there does not speak TLS (${code})`, error);
  if (code === "ETIMEDOUT") return unreachable("timeout", "no connection in time", error);
  return unreachable("connection", `the connection failed (${code})`, error);
}

/** Explains OpenSSL's and Node's names for a failed handshake to the person at the appliance. */
const MEANINGS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the broker's certificate has expired, or this machine's clock is ahead",
  CERT_NOT_YET_VALID:
    "the broker's certificate is not valid yet, or this machine's clock is behind",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another name than the broker's",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "the certificate is self-signed: something else answers at the broker's address",
  SELF_SIGNED_CERT_IN_CHAIN:
    "the certificate comes from an authority that this node does not trust, for example a proxy that intercepts TLS",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "the certificate comes from an authority that this node does not trust, for example a proxy that intercepts TLS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "the certificate comes from an authority that this node does not trust, or the broker does not send its chain",
  CERT_SIGNATURE_FAILURE: "the certificate's signature is wrong",
};

function describeTlsFailure(code: string): string {
  return `${MEANINGS[code] ?? "the certificate is not trusted"} (${code})`;
}
