import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import * as z from "zod";

/** One broker with SQLite in a process of its own, without Azure, unless the variables say where it is. */
export type BenchBroker = AsyncDisposable & {
  readonly port: number;
  readonly caPem: string;
  readonly databaseFile: string;
  readonly folder: string;
  /** Of all its threads, since it started. */
  cpuSeconds(): number;
};

const MAIN = fileURLToPath(new URL("main.ts", import.meta.resolve("@databox-cmk/cloud-broker")));
/** A clock tick of Linux in /proc (USER_HZ). */
const TICKS_PER_SECOND = 100;

export async function startBenchBroker(
  variables: Readonly<Record<string, string>> = {},
): Promise<BenchBroker> {
  const folder = mkdtempSync(join(tmpdir(), "databox-bench-"));
  const ca = createCertificateAuthority({ commonName: "bench", validityDays: 2 });
  const server = issueServerCertificate({
    ca,
    commonName: "broker.localhost",
    dnsNames: ["broker.localhost"],
    validityDays: 2,
  });
  writeFileSync(join(folder, "tls.pem"), server.certificatePem);
  writeFileSync(join(folder, "tls-key.pem"), server.privateKeyPem, { mode: 0o600 });
  const broker = fork(MAIN, ["serve"], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: {
      BROKER_PORT: "0",
      BROKER_URL: "https://broker.localhost",
      BROKER_TLS_CERTIFICATE_FILE: join(folder, "tls.pem"),
      BROKER_TLS_KEY_FILE: join(folder, "tls-key.pem"),
      BROKER_DATA_DIR: join(folder, "data"),
      TENANT_ID: "00000000-0000-4000-8000-00000000000a",
      SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
      IDENTITY_RESOURCE_GROUP:
        "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
      LOG_LEVEL: "error",
      RATE_LIMIT_ADDRESS_PER_SECOND: "0",
      RATE_LIMIT_DEVICE_PER_MINUTE: "0",
      RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: "0",
      RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: "0",
      RATE_LIMIT_CUSTOMER_UNLOCKS_PER_MINUTE: "0",
      ...variables,
    },
  });
  const [message]: unknown[] = await once(broker, "message");
  const { port } = z.object({ port: z.number() }).parse(message);
  return {
    port,
    caPem: ca.certificatePem,
    databaseFile: join(folder, "data", "broker.sqlite"),
    folder,
    cpuSeconds() {
      const stat = readFileSync(`/proc/${String(broker.pid)}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(broker, "exit");
      broker.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
