import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import { type CheckRun } from "@databox-cmk/errors";

import { parseConfig } from "../../src/config/config.ts";
import { type DoctorReport, reportOf } from "../../src/core/doctor-report.ts";
import { examineBroker } from "../../src/run/doctor/examine-broker.ts";
import { type RunningBroker, startBroker } from "../../src/start-broker.ts";
import { type EmulatorWorld, startEmulatorWorld } from "../azure/emulator-world.ts";

export const SERVICE_VAULT = "kv-service";

export type DoctorWorld = AsyncDisposable & {
  readonly azure: EmulatorWorld;
  readonly serviceKid: string;
  /** The environment of a broker that has everything. */
  readonly environment: Readonly<Record<string, string>>;
  readonly dataDir: string;
  /** A folder for files that a test damages. */
  readonly folder: string;
  /** @param issuedMs - valid for a day from then */
  certificate(name: string, issuedMs?: number): { certificateFile: string; keyFile: string };
  start(): Promise<RunningBroker>;
  examine(
    change?: Readonly<Record<string, string>>,
    nowMs?: number,
  ): Promise<{ run: CheckRun; report: DoctorReport }>;
};

/**
 * The emulator as the broker's Azure, the service's own vault and key in it, and a configuration
 * that fits.
 */
export async function createDoctorWorld(): Promise<DoctorWorld> {
  const azure = await startEmulatorWorld();
  await azure.addVault(SERVICE_VAULT, azure.brokerPrincipalId);
  const serviceKid = await azure.addKey(SERVICE_VAULT, "service");
  const folder = mkdtempSync(join(tmpdir(), "broker-doctor-"));
  const authority = createCertificateAuthority({ commonName: "doctor", validityDays: 2 });
  const { emulator } = azure;
  const extraCaFile = join(folder, "ca.pem");
  writeFileSync(extraCaFile, `${emulator.caPem}\n${authority.certificatePem}`);
  const certificate = (name: string, issuedMs = Date.now()) => {
    const issued = issueServerCertificate({
      ca: authority,
      commonName: name,
      dnsNames: [name],
      validityDays: 1,
      nowMs: issuedMs,
    });
    const certificateFile = join(folder, `${name}-${String(issuedMs)}.pem`);
    const keyFile = join(folder, `${name}-${String(issuedMs)}-key.pem`);
    writeFileSync(certificateFile, issued.certificatePem);
    writeFileSync(keyFile, issued.privateKeyPem, { mode: 0o600 });
    return { certificateFile, keyFile };
  };
  const { certificateFile, keyFile } = certificate("localhost");
  const port = await freePort();
  const dataDir = join(folder, "data");
  const environment = {
    BROKER_PORT: String(port),
    BROKER_URL: `https://localhost:${String(port)}`,
    BROKER_TLS_CERTIFICATE_FILE: certificateFile,
    BROKER_TLS_KEY_FILE: keyFile,
    BROKER_DATA_DIR: dataDir,
    ARM_URL: emulator.armUrl,
    ENTRA_AUTHORITY: emulator.authorityUrl,
    TENANT_ID: emulator.tenantId,
    KEY_VAULT_SUFFIXES: emulator.vaultSuffix,
    SERVICE_KEY_URL: `https://${SERVICE_VAULT}.${emulator.vaultSuffix}/keys/service`,
    IDENTITY_RESOURCE_GROUP: azure.groupId,
    EXTRA_CA_FILE: extraCaFile,
    DNS_SERVER: `${emulator.dns.address}:${String(emulator.dns.port)}`,
    LOG_LEVEL: "silent",
  };
  return {
    azure,
    serviceKid,
    environment,
    dataDir,
    folder,
    certificate,
    start: () => startBroker(parseConfig(environment)),
    async examine(change = {}, nowMs = Date.now()) {
      const run = await examineBroker({
        environment: { ...environment, ...change },
        now: () => nowMs,
        elapsedMs: () => performance.now(),
      });
      return { run, report: reportOf(run, 1) };
    },
    async [Symbol.asyncDispose]() {
      await azure.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has no other address
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
