import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { startBenchBroker } from "./bench-broker.ts";
import { type BenchResult, summarise } from "./bench-result.ts";
import { startLoadProcess } from "./load-process.ts";
import { seedFleet } from "./seed-fleet.ts";

const NODES = 10_000;
/** One is for warming up. */
const ROUNDS = 4;
const IN_FLIGHT = 64;
const RENEWALS_PER_SECOND = 5_000;
const P99_MS = 50;
const LOAD = fileURLToPath(new URL("renewal-load-process.ts", import.meta.url));
const MEASURED = z.object({ seconds: z.number(), times: z.array(z.number()) });

/** Renewals of 10,000 live leases on one replica with SQLite; no vault is asked. */
export async function run(): Promise<BenchResult> {
  await using broker = await startBenchBroker();
  const fleet = await seedFleet(broker.databaseFile, NODES, {
    kid: `https://bench.vault.localhost:8443/keys/kek/${"0".repeat(32)}`,
    vaultResourceId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/bench",
    identity: {
      kind: "user",
      resource_id: "/identities/bench",
      tenant_id: "t",
      client_id: "c",
      principal_id: "p",
      epoch: 0,
    },
  });
  const fleetFile = join(broker.folder, "fleet.json");
  writeFileSync(fleetFile, JSON.stringify(fleet));
  const { port, caPem } = broker;
  const load = startLoadProcess(LOAD, {
    port,
    caPem,
    fleetFile,
    rounds: ROUNDS,
    inFlight: IN_FLIGHT,
  });
  await load.next();
  const cpuBefore = broker.cpuSeconds();
  load.send("go");
  const message = await load.next();
  const cpuSeconds = broker.cpuSeconds() - cpuBefore;
  load.stop();
  const { seconds, times } = MEASURED.parse(message);
  const measured = times.slice(NODES);
  const perSecond = times.length / seconds;
  const p99 =
    measured.toSorted((one, other) => one - other)[Math.floor(measured.length * 0.99)] ?? 0;
  const cpuMicroseconds = (cpuSeconds / times.length) * 1_000_000;
  return {
    kind: "measured",
    name: "renewal",
    measurements: [
      summarise(`renewal, ${String(IN_FLIGHT)} in flight`, "ms", measured),
      summarise("renewals a second", "/s", [perSecond]),
      summarise("processor time of the broker for each", "µs", [cpuMicroseconds]),
    ],
    ratios: [],
    notes: [
      `${NODES.toLocaleString("en")} leases, ${String(ROUNDS)} rounds, over TLS; load and broker are two processes of this machine`,
      `p99 ${p99.toFixed(1)} ms; bounds: p99 below ${String(P99_MS)} ms ${kept(p99 < P99_MS)}, at least ${String(RENEWALS_PER_SECOND)}/s ${kept(perSecond >= RENEWALS_PER_SECOND)}`,
    ],
  };
}

const kept = (isKept: boolean): string => (isKept ? "kept" : "exceeded");
