import { existsSync, readFileSync, writeFileSync } from "node:fs";

import {
  type CertificateWithKey,
  createCertificateAuthority,
  issueServerCertificate,
} from "@databox-cmk/crypto";
import { type Cloud, type CloudName, CLOUDS } from "@databox-cmk/errors";

const AUTHORITY_DAYS = 3_650;
const SERVER_DAYS = 90;

/**
 * The authority kept in `path` (certificate) and `path` + `.key` (0600), made when absent.
 *
 * @throws Error when only one of the two files is there.
 */
export function loadAuthority(path: string): CertificateWithKey {
  const keyPath = `${path}.key`;
  if (existsSync(path) !== existsSync(keyPath)) {
    throw new Error(
      `${existsSync(path) ? keyPath : path} is missing beside its other half: restore it, or remove both to get a new authority`,
    );
  }
  if (existsSync(path))
    return {
      certificatePem: readFileSync(path, "utf8"),
      privateKeyPem: readFileSync(keyPath, "utf8"),
    };
  const made = createAuthority();
  writeFileSync(keyPath, made.privateKeyPem, { mode: 0o600, flush: true });
  writeFileSync(path, made.certificatePem, { mode: 0o644, flush: true });
  return made;
}

export function createAuthority(): CertificateWithKey {
  return createCertificateAuthority({
    commonName: "Azure emulator local authority",
    validityDays: AUTHORITY_DAYS,
  });
}

/**
 * One certificate for all hosts. `*.localhost` is not accepted by OpenSSL's name check,
 * `*.vault.localhost` is.
 */
export function issueEmulatorCertificate(
  ca: CertificateWithKey,
  cloud?: CloudName,
): CertificateWithKey {
  return issueServerCertificate({
    ca,
    commonName: "azure-emulator",
    dnsNames: [
      "localhost",
      "login.localhost",
      "arm.localhost",
      "control.localhost",
      "vault.localhost",
      "*.vault.localhost",
      ...(cloud === undefined ? [] : namesOfCloud(CLOUDS[cloud])),
    ],
    ipAddresses: ["127.0.0.1"],
    validityDays: SERVER_DAYS,
  });
}

function namesOfCloud({ authorityUrl, armUrl, graphUrl, vaultSuffix }: Cloud): string[] {
  return [
    ...[authorityUrl, armUrl, graphUrl].map((url) => new URL(url).hostname),
    vaultSuffix,
    `*.${vaultSuffix}`,
  ];
}
