import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { namesOf } from "@databox-cmk/errors";
import * as z from "zod";

import { startBenchBroker, WIDE_QUOTAS } from "./bench-broker.ts";
import { aim, type BenchOutcome, measured, quantileOf, summarise } from "./bench-result.ts";
import { createMixedTraffic } from "./mixed-traffic.ts";
import { seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { startAzureStub } from "./start-azure-stub.ts";

/** Two hours in ten minutes. */
const CLOCK_RATE = 12;
const SECONDS = 600;
/** Caches and the pool of connections fill up first. */
const WARM_UP_SECONDS = 60;
const PROBE_EVERY_SECONDS = 10;
/** A steady rate: otherwise what is held would follow the speed of the machine. */
const PACE_MS = 5_000;
const APPLIANCES = 48;
const LANES = 8;
/** One measurement may differ by so much from another; a leak of two hours is far more. */
const FLAT = 1.1;

const PROBED = z.object({
  heapBytes: z.number(),
  sockets: z.number(),
  handles: z.number(),
  timers: z.number(),
  listeners: z.number(),
  statements: z.number(),
  nowMs: z.number(),
});
/** Rows are deleted every 30 s of real time; after three rounds, none may be left. */
const DELETED_WITHIN_MS = 90_000 * CLOCK_RATE;
/** Tables whose rows expire, and when a row has expired. */
const SHORT_LIVED = {
  consumed_nonces: "expires_at_ms",
  stored_answers: "created_at_ms + 60000",
  quota_windows: "window_ms + 180000",
} as const;

/**
 * Whether a broker keeps something of each request: what it holds in the second half of two hours
 * of mixed traffic, compared with the first.
 */
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  await using broker = await startBenchBroker(
    { ...stub.variables, BENCH_CLOCK_RATE: String(CLOCK_RATE), ...WIDE_QUOTAS },
    1,
    fileURLToPath(new URL("leak-probe.mjs", import.meta.url)),
  );
  const { port, caPem, databaseFile } = broker;
  const fleet = await seedFleet(databaseFile, APPLIANCES, stubFleetKey(stub.vaultUrl));
  const { operatorToken } = stub;
  const traffic = createMixedTraffic({ port, caPem, fleet, operatorToken, laneCount: LANES });
  const halves: [Samples, Samples] = [[], []];
  const startedMs = performance.now();
  const elapsed = (): number => (performance.now() - startedMs) / 1000;
  while (elapsed() < WARM_UP_SECONDS + SECONDS) {
    const until = elapsed() + PROBE_EVERY_SECONDS;
    await Promise.all(
      Array.from({ length: LANES }, async (_, lane) => {
        while (elapsed() < until) await Promise.all([traffic.next(lane), setTimeout(PACE_MS)]);
      }),
    );
    // The last answers have been sent, and their connections have been closed.
    await setTimeout(500);
    const { nowMs, ...held } = PROBED.parse(await broker.ask("probe"));
    const sample = { ...held, ...countRows(databaseFile, nowMs) };
    if (elapsed() > WARM_UP_SECONDS)
      halves[elapsed() < WARM_UP_SECONDS + SECONDS / 2 ? 0 : 1].push(sample);
  }
  traffic.close();
  return render(halves, traffic.counts());
}

type Sample = Omit<z.infer<typeof PROBED>, "nowMs"> & ReturnType<typeof countRows>;
type Samples = Sample[];

/** @param nowMs - by the broker's clock */
function countRows(databaseFile: string, nowMs: number) {
  const database = new DatabaseSync(databaseFile, { readOnly: true });
  const count = (condition: (expiresAt: string) => string): number =>
    Object.entries(SHORT_LIVED).reduce((sum, [table, expiresAt]) => {
      const row = database
        .prepare(`select count(*) as rows from ${table} where ${condition(expiresAt)}`)
        .get();
      return sum + z.object({ rows: z.number() }).parse(row).rows;
    }, 0);
  try {
    const lateMs = String(nowMs - DELETED_WITHIN_MS);
    return { rows: count(() => "1 = 1"), overdueRows: count((at) => `${at} <= ${lateMs}`) };
  } finally {
    database.close();
  }
}

/**
 * Requests come and go between two probes, so single counts differ by chance. A kept part of each
 * request raises the lowest count of an hour too; that one is compared.
 */
const QUIETEST = 0;

const FIGURES: Readonly<
  Record<keyof Sample, { readonly label: string; readonly unit: string; readonly per: number }>
> = {
  heapBytes: { label: "heap after a collection", unit: "MB", per: 1_000_000 },
  sockets: { label: "sockets", unit: "", per: 1 },
  handles: { label: "other handles", unit: "", per: 1 },
  timers: { label: "timers", unit: "", per: 1 },
  listeners: { label: "listeners of the process", unit: "", per: 1 },
  statements: { label: "prepared statements", unit: "", per: 1 },
  rows: { label: "rows that expire", unit: "", per: 1 },
  overdueRows: { label: "rows that expired long ago", unit: "", per: 1 },
};

function render(
  [first, second]: readonly [Samples, Samples],
  counts: Readonly<Record<string, number>>,
): BenchOutcome {
  const rows = namesOf(FIGURES).map((name) => {
    const { label, unit, per } = FIGURES[name];
    const [before, after] = [first, second].map((half) => half.map((sample) => sample[name] / per));
    const least = [quantileOf(before ?? [], QUIETEST), quantileOf(after ?? [], QUIETEST)] as const;
    return { name, label, unit, before: before ?? [], after: after ?? [], least };
  });
  return measured({
    measurements: rows.flatMap(({ label, unit, before, after }) => [
      summarise(`${label}: first hour`, unit, before),
      summarise(`${label}: second hour`, unit, after),
    ]),
    notes: [
      Object.entries(counts)
        .map(([what, count]) => `${count.toLocaleString("en")} ${what}`)
        .join(", "),
      `the broker's clock runs ${String(CLOCK_RATE)} times as fast; every ${String(PROBE_EVERY_SECONDS)} s the traffic pauses, and what the process holds after a garbage collection is counted`,
    ],
    aims: rows
      .filter(({ name }) => name !== "rows")
      .map(({ label, least: [before, after] }) =>
        aim(
          `${label} at the quietest, second hour of first`,
          after === before ? 1 : after / before,
          "at most",
          FLAT,
          "",
        ),
      ),
  });
}
