import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { issueServerCertificate } from "@databox-cmk/crypto";
import { type CheckRun } from "@databox-cmk/errors";
import { freePort, openTemporaryFolder } from "@databox-cmk/testkit";

import { parseConfig } from "../../src/config/config.ts";
import { type DoctorReport, reportOf } from "../../src/core/doctor-report.ts";
import { examineBroker } from "../../src/run/doctor/examine-broker.ts";
import { type RunningBroker, startBroker } from "../../src/start-broker.ts";
import { type EmulatorWorld, startEmulatorWorld } from "../azure/emulator-world.ts";
import { TLS } from "../world/open-listener.ts";
import { settingsOfEmulator, settingsOfFolder } from "../world/process-settings.ts";

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
  await using opened = new AsyncDisposableStack();
  const azure = await startEmulatorWorld();
  opened.defer(() => azure.close());
  await azure.addVault(SERVICE_VAULT, azure.brokerPrincipalId);
  const serviceKid = await azure.addKey(SERVICE_VAULT, "service");
  const { path: folder } = opened.use(openTemporaryFolder());
  const certificate = (name: string, issuedMs = Date.now()) => {
    const issued = issueServerCertificate({
      ca: TLS.authority,
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
  const port = await freePort();
  const environment = {
    ...settingsOfFolder(folder),
    ...settingsOfEmulator(azure.emulator, SERVICE_VAULT),
    BROKER_PORT: String(port),
    BROKER_URL: `https://localhost:${String(port)}`,
  };
  const resources = opened.move();
  return {
    azure,
    serviceKid,
    environment,
    dataDir: environment.BROKER_DATA_DIR,
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
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
