import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { startBenchBroker } from "./bench-broker.ts";
import { type BenchOutcome, summarise } from "./bench-result.ts";
import { startLoadProcess } from "./load-process.ts";
import { seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { startAzureStub } from "./start-azure-stub.ts";

const AGENTS = 10_000;
const OPENING = 32;
const PROBE_INTERVAL_SECONDS = 30;
const LOAD = fileURLToPath(new URL("watch-load-process.ts", import.meta.url));
const TOLD = z.object({ times: z.array(z.number()) });

/**
 * From the moment at which the customer disables the key until each of 10,000 unlocked appliances
 * holds the order to close.
 */
export async function run(): Promise<BenchOutcome> {
  using stub = await startAzureStub();
  await using broker = await startBenchBroker({
    ...stub.variables,
    KEY_HEALTH_INTERVAL_SECONDS: "0",
    PROBE_INTERVAL_SECONDS: String(PROBE_INTERVAL_SECONDS),
  });
  const fleet = await seedFleet(broker.databaseFile, AGENTS, stubFleetKey(stub.vaultUrl));
  const fleetFile = join(broker.folder, "fleet.json");
  writeFileSync(fleetFile, JSON.stringify(fleet));
  const { port, caPem } = broker;
  const load = startLoadProcess(LOAD, { port, caPem, fleetFile, opening: OPENING });
  await load.next();
  // The first probe has found the key in order, and made its canary.
  while ((await stub.operations()) < 2) await setTimeout(100);

  const disabledAtMs = Date.now();
  const told = load.next();
  await stub.disableKey();
  const operations = await stub.operations();
  let refusedAtMs: number | undefined;
  while (refusedAtMs === undefined) {
    await setTimeout(20);
    if ((await stub.operations()) > operations) refusedAtMs = Date.now();
  }
  const message = await told;
  const { times } = TOLD.parse(message);
  load.stop();
  const sinceDisabled = times.map((atMs) => (atMs - disabledAtMs) / 1000);
  const sinceRefused = times.map((atMs) => (atMs - refusedAtMs) / 1000);
  return {
    kind: "measured",
    measurements: [
      summarise("notified after the key was disabled", "s", sinceDisabled),
      summarise("notified after the vault's refusal", "s", sinceRefused),
      summarise("the last one, after the key was disabled", "s", [Math.max(...sinceDisabled)]),
      summarise("the last one, after the vault's refusal", "s", [Math.max(...sinceRefused)]),
    ],
    ratios: [],
    aims: [],
    notes: [
      `${AGENTS.toLocaleString("en")} agents, each waiting on its own TLS connection; probes every ${String(PROBE_INTERVAL_SECONDS)} s`,
    ],
  };
}
