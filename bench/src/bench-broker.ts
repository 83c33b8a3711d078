import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createLocalhostTls, openTemporaryFolder } from "@databox-cmk/testkit";
import * as z from "zod";

import type { LoadedServer } from "./load.ts";
import { cpuSecondsOf, residentBytesOf } from "./process-usage.ts";

/** Settings of a broker that calls no vault by itself. */
export const NO_PROBES = { KEY_HEALTH_INTERVAL_SECONDS: "0", PROBE_INTERVAL_SECONDS: "3600" };
/** Settings of a broker that counts unlocks against their quotas, which are never reached. */
export const WIDE_QUOTAS = quotas("1000000000");

function quotas(unlocksPerMinute: string) {
  return {
    RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: unlocksPerMinute,
    RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: unlocksPerMinute,
    RATE_LIMIT_CUSTOMER_UNLOCKS_PER_MINUTE: unlocksPerMinute,
  };
}

/**
 * One broker with SQLite in a process of its own, without Azure, unless the variables say where it
 * is.
 */
export type BenchBroker = AsyncDisposable &
  LoadedServer & {
    readonly databaseFile: string;
  };

/** Where a broker of a bench keeps its things, and its environment. */
export type BrokerHome = Disposable & {
  readonly folder: string;
  readonly caPem: string;
  readonly databaseFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** One command of the broker, such as migrate. @throws {Error} when it fails */
  command(...words: readonly string[]): void;
};

export async function startBenchBroker(
  variables: Readonly<Record<string, string>> = {},
): Promise<BenchBroker> {
  return serveFrom(createBrokerHome(variables));
}

export function createBrokerHome(variables: Readonly<Record<string, string>>): BrokerHome {
  const temporary = openTemporaryFolder();
  const { path: folder } = temporary;
  const { authority, server } = createLocalhostTls();
  writeFileSync(join(folder, "tls.pem"), server.certificate);
  writeFileSync(join(folder, "tls-key.pem"), server.privateKey, { mode: 0o600 });
  const shipped = findShippedBroker();
  const environment = {
    ...shipped.environment,
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
    MAX_CONNECTIONS_PER_ADDRESS: "0",
    RATE_LIMIT_DEVICE_PER_MINUTE: "0",
    ...quotas("0"),
    ...variables,
  };
  return {
    folder,
    caPem: authority.certificatePem,
    databaseFile: join(folder, "data", "broker.sqlite"),
    environment,
    command(...words) {
      const { status, stderr } = spawnSync(process.execPath, [shipped.main, ...words], {
        env: environment,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`broker ${words.join(" ")}: ${stderr}`);
    },
    [Symbol.dispose]: () => temporary[Symbol.dispose](),
  };
}

/** @returns a broker that takes its home with it when it ends */
export async function serveFrom(home: BrokerHome): Promise<BenchBroker> {
  const { main, execArgv } = findShippedBroker();
  const broker = fork(main, ["serve"], {
    execArgv,
    env: home.environment,
  });
  const [message]: unknown[] = await once(broker, "message");
  const { port } = z.object({ port: z.number() }).parse(message);
  const { caPem, databaseFile, folder } = home;
  return {
    port,
    caPem,
    databaseFile,
    folder,
    cpuSeconds: () => cpuSecondsOf(broker.pid ?? 0),
    residentBytes: () => residentBytesOf(broker.pid ?? 0),
    async [Symbol.asyncDispose]() {
      const ended = once(broker, "exit");
      broker.kill("SIGTERM");
      await ended;
      home[Symbol.dispose]();
    },
  };
}

const BUNDLE = fileURLToPath(
  new URL("../dist/broker.mjs", import.meta.resolve("@databox-cmk/cloud-broker")),
);
const IMAGE = new URL("../../deploy/broker/image.json", import.meta.url);
const settings = z.object({ Entrypoint: z.array(z.string()), Env: z.array(z.string()) });

/**
 * Benches measure the shipped bundle, started as its image starts it.
 *
 * @throws {Error} before `npm run build`
 */
function findShippedBroker() {
  if (!existsSync(BUNDLE)) throw new Error("the broker is not built; run: npm run build");
  const { Entrypoint, Env } = settings.parse(JSON.parse(readFileSync(IMAGE, "utf8")));
  const arenas = Env.map((row) => row.split("=")).filter(([name]) => name === "MALLOC_ARENA_MAX");
  return {
    main: BUNDLE,
    execArgv: Entrypoint.slice(1, -1),
    environment: Object.fromEntries(arenas),
  };
}
