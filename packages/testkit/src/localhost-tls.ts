import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";

/** A new authority and a server's certificate of it, both valid for two days. */
export function createLocalhostTls() {
  const authority = createCertificateAuthority({ commonName: "test", validityDays: 2 });
  const issued = issueServerCertificate({
    ca: authority,
    commonName: "broker.localhost",
    dnsNames: ["broker.localhost", "localhost"],
    ipAddresses: ["127.0.0.1"],
    validityDays: 2,
  });
  return {
    authority,
    /** PEM. */
    server: { certificate: issued.certificatePem, privateKey: issued.privateKeyPem },
  };
}
