import { networkInterfaces } from "node:os";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import type { CertificateWithKey } from "@databox-cmk/crypto";

const VALIDITY_DAYS = 396;

/** Names of this appliance: its serial number, as in Data Box, and the loopback names. */
export function namesOf(serial: string): readonly string[] {
  const name = serial.toLowerCase();
  return [`${name}.databox.local`, `${name}.local`, name, "localhost"];
}

/**
 * A certificate under an authority whose key is discarded at once: no party, not even this
 * appliance, can issue another one under it. People compare the fingerprint, or bring their own
 * certificate.
 */
export function makeOwnCertificate(serial: string): CertificateWithKey {
  const ca = createCertificateAuthority({
    commonName: `Data Box ${serial}`,
    validityDays: VALIDITY_DAYS,
  });
  return issueServerCertificate({
    ca,
    commonName: serial,
    dnsNames: namesOf(serial),
    ipAddresses: ownAddresses(),
    validityDays: VALIDITY_DAYS,
  });
}

function ownAddresses(): readonly string[] {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !address.startsWith("fe80:"))
    .map(({ address }) => address);
  return [...new Set(["127.0.0.1", ...found])];
}
