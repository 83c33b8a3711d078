import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import { createHttpsTransport, type Transport } from "@databox-cmk/testkit";

/**
 * A folder with certificates, and the environment of a broker that keeps its data there. Azure is
 * not there to answer.
 */
export type BrokerEnvironment = AsyncDisposable & {
  readonly variables: Readonly<Record<string, string>>;
  readonly dataDir: string;
  transport(port: number): Transport;
};

export async function createBrokerEnvironment(): Promise<BrokerEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), "broker-"));
  const authority = createCertificateAuthority({ commonName: "test", validityDays: 2 });
  const server = issueServerCertificate({
    ca: authority,
    commonName: "broker.localhost",
    dnsNames: ["broker.localhost"],
    validityDays: 2,
  });
  const certificateFile = join(folder, "tls.pem");
  const keyFile = join(folder, "tls-key.pem");
  await writeFile(certificateFile, server.certificatePem);
  await writeFile(keyFile, server.privateKeyPem, { mode: 0o600 });
  const portalDir = join(folder, "portal");
  await mkdir(portalDir);
  await writeFile(join(portalDir, "index.html"), "<!doctype html>");
  const dataDir = join(folder, "data");
  return {
    dataDir,
    variables: {
      BROKER_PORT: "0",
      BROKER_TLS_CERTIFICATE_FILE: certificateFile,
      BROKER_TLS_KEY_FILE: keyFile,
      BROKER_DATA_DIR: dataDir,
      TENANT_ID: "00000000-0000-4000-8000-00000000000a",
      SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
      IDENTITY_RESOURCE_GROUP:
        "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
      PORTAL_CLIENT_ID: "00000000-0000-4000-8000-0000000000c1",
      PORTAL_DIR: portalDir,
      LOG_LEVEL: "silent",
    },
    transport: (port) =>
      createHttpsTransport({
        origin: `https://broker.localhost:${String(port)}`,
        certificateAuthorityPem: authority.certificatePem,
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
