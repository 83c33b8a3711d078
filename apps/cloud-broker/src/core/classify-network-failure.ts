import type { Failure } from "./ports.ts";

export type AzureParty = "vault" | "entra" | "imds" | "resource-manager";
export type NetworkReason = "dns" | "connection" | "timeout" | "certificate";

/**
 * Error codes of Node's dns, net, tls and http, and of the Azure pipeline. None of them carries
 * authority.
 */
const REASONS: Readonly<Record<string, NetworkReason>> = {
  ENOTFOUND: "dns",
  ENODATA: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  ESERVFAIL: "dns",
  EREFUSED: "dns",
  EBADRESP: "dns",
  EFORMERR: "dns",
  ETIMEOUT: "dns",
  ECONNREFUSED: "connection",
  ECONNRESET: "connection",
  ECONNABORTED: "connection",
  EPIPE: "connection",
  EPROTO: "connection",
  EHOSTUNREACH: "connection",
  EHOSTDOWN: "connection",
  ENETUNREACH: "connection",
  EADDRNOTAVAIL: "connection",
  ETIMEDOUT: "timeout",
  ESOCKETTIMEDOUT: "timeout",
  ABORT_ERR: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  CERT_HAS_EXPIRED: "certificate",
  CERT_NOT_YET_VALID: "certificate",
  CERT_REVOKED: "certificate",
  CERT_REJECTED: "certificate",
  CERT_SIGNATURE_FAILURE: "certificate",
  CERT_UNTRUSTED: "certificate",
  CERT_CHAIN_TOO_LONG: "certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate",
  UNABLE_TO_GET_ISSUER_CERT: "certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate",
  INVALID_CA: "certificate",
  INVALID_PURPOSE: "certificate",
  HOSTNAME_MISMATCH: "certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate",
};

/** @param code - the error's `code`; undefined and unknown ones count as a broken connection. */
export function networkReason(code: string | undefined): NetworkReason {
  return REASONS[code ?? ""] ?? "connection";
}

/**
 * The party answered, but its answer could not be read: not HTTP, a truncated body, or invalid
 * JSON.
 */
const UNREADABLE = /^(?:HPE_|Z_|PARSE_ERROR$|ANSWER_TOO_LARGE$|ERR_STREAM_PREMATURE_CLOSE$)/;

/**
 * Names a failure without an authoritative answer.
 *
 * @param code - the error's `code`; undefined and unknown codes count as a broken connection.
 */
export function classifyNetworkFailure(code: string | undefined, party: AzureParty): Failure {
  const reason = networkReason(code);
  const detail = `${NAMES[party]}: ${code ?? "no answer"}`;
  switch (party) {
    case "vault":
      if (UNREADABLE.test(code ?? "")) return { code: "KeyVaultUnexpectedAnswer", detail };
      return { code: "KeyVaultUnreachable", reason, detail };
    case "entra":
    case "imds":
      return { code: "IdentityProviderUnreachable", reason: party, detail };
    case "resource-manager":
      return { code: "ResourceManagerUnreachable", detail };
  }
}

const NAMES: Readonly<Record<AzureParty, string>> = {
  vault: "Key Vault",
  entra: "Microsoft Entra ID",
  imds: "instance metadata service",
  "resource-manager": "Resource Manager",
};
