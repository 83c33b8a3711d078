import { setTimeout } from "node:timers/promises";

import * as z from "zod";

import { startBenchBroker } from "./bench-broker.ts";
import { type BenchOutcome, measured, single, summarise } from "./bench-result.ts";
import { startLoad } from "./load.ts";
import { seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { startAzureStub } from "./start-azure-stub.ts";

const AGENTS = 10_000;
const OPENING = 32;
const PROBE_INTERVAL_SECONDS = 30;
const TOLD = z.object({ times: z.array(z.number()) });

/**
 * From the moment at which the customer disables the key until each of 10,000 unlocked appliances
 * holds the order to close.
 */
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  await using broker = await startBenchBroker({
    ...stub.variables,
    KEY_HEALTH_INTERVAL_SECONDS: "0",
    PROBE_INTERVAL_SECONDS: String(PROBE_INTERVAL_SECONDS),
  });
  const fleet = await seedFleet(broker.databaseFile, AGENTS, stubFleetKey(stub.vaultUrl));
  const main = new URL("watch-load-process.ts", import.meta.url);
  await using load = await startLoad(main, broker, fleet, { opening: OPENING });
  // The first probe has found the key in order, and made its canary.
  while ((await stub.operations()) < 2) await setTimeout(100);

  const disabledAtMs = Date.now();
  const told = load.ask("told");
  await stub.disableKey();
  const operations = await stub.operations();
  let refusedAtMs: number | undefined;
  while (refusedAtMs === undefined) {
    await setTimeout(20);
    if ((await stub.operations()) > operations) refusedAtMs = Date.now();
  }
  const { times } = TOLD.parse(await told);
  const sinceDisabled = times.map((atMs) => (atMs - disabledAtMs) / 1000);
  const sinceRefused = times.map((atMs) => (atMs - refusedAtMs) / 1000);
  return measured({
    measurements: [
      summarise("notified after the key was disabled", "s", sinceDisabled),
      summarise("notified after the vault's refusal", "s", sinceRefused),
      single("the last one, after the key was disabled", "s", Math.max(...sinceDisabled)),
      single("the last one, after the vault's refusal", "s", Math.max(...sinceRefused)),
    ],
    notes: [
      `${AGENTS.toLocaleString("en")} agents, each waiting on its own TLS connection; probes every ${String(PROBE_INTERVAL_SECONDS)} s`,
    ],
  });
}
