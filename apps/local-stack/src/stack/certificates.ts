import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { loadAuthority } from "@databox-cmk/azure-emulator";
import { issueServerCertificate } from "@databox-cmk/crypto";

export type CertificateAuthority = {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
};

export type StackCertificates = {
  readonly authority: CertificateAuthority;
  readonly caFile: string;
  readonly brokerCertificateFile: string;
  readonly brokerKeyFile: string;
};

const SERVER_VALIDITY_DAYS = 90;

/**
 * The certificate authority of this folder, kept between starts so that a browser trusts it once,
 * and a fresh certificate for the broker. Private keys are 0600.
 */
export async function prepareCertificates(directory: string): Promise<StackCertificates> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const caFile = join(directory, "ca.pem");
  const formerKeyFile = join(directory, "ca-key.pem");
  if (existsSync(formerKeyFile)) await rename(formerKeyFile, `${caFile}.key`);
  const authority = loadAuthority(caFile);
  const server = issueServerCertificate({
    ca: authority,
    commonName: "broker.localhost",
    dnsNames: ["broker.localhost", "localhost"],
    ipAddresses: ["127.0.0.1"],
    validityDays: SERVER_VALIDITY_DAYS,
  });
  const brokerCertificateFile = join(directory, "broker.pem");
  const brokerKeyFile = join(directory, "broker-key.pem");
  await writeFile(brokerKeyFile, server.privateKeyPem, { mode: 0o600 });
  await writeFile(brokerCertificateFile, server.certificatePem);
  return { authority, caFile, brokerCertificateFile, brokerKeyFile };
}
