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

export function describeTlsFailure(code: string): string {
  return `${MEANINGS[code] ?? "the certificate is not trusted"} (${code})`;
}
