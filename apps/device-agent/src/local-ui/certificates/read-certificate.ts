import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

import type { CertificateWithKey } from "@databox-cmk/crypto";
import type { LocalCertificateView } from "@databox-cmk/protocol";

import { systemCode } from "../../state/state-error.ts";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The server's own first, as TLS sends them. */
export function readChain(certificatePem: string): readonly X509Certificate[] {
  return (certificatePem.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
}

export function viewCertificate(certificate: X509Certificate): LocalCertificateView {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: [...namesIn(certificate)],
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256,
  };
}

/** DNS names in lower case and IP addresses of the subject alternative name. */
export function namesIn({ subjectAltName }: X509Certificate): readonly string[] {
  return (subjectAltName ?? "")
    .split(", ")
    .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1]?.toLowerCase())
    .filter((name) => name !== undefined);
}

/** The code by which OpenSSL refuses to serve by it: for an issuer's short key, for example. */
export function tlsFaultOf(pair: CertificateWithKey): string | undefined {
  try {
    createSecureContext({ cert: pair.certificatePem, key: pair.privateKeyPem });
    return undefined;
  } catch (error) {
    return systemCode(error);
  }
}

function oneLine(distinguishedName: string | undefined): string {
  return (distinguishedName ?? "").split("\n").join(", ");
}
