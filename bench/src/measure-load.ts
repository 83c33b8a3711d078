import * as z from "zod";

import { type Measurement, quantileOf, summarise } from "./bench-result.ts";
import { mapTuple } from "./each-at-once.ts";
import { type LoadedServer, type LoadNode, startLoad } from "./load.ts";

const MEGABYTE = 1_000_000;

/** Calls of a load, with their costs on the server. */
export type LoadRun = {
  readonly perSecond: number;
  /** Processor time of the server for each call. */
  readonly cpuMicroseconds: number;
  /** The part of it that its database used, if it is another process. */
  readonly databaseMicroseconds: number;
  /** Between server and database, for each call. */
  readonly trips: number;
  /** Memory of the server afterwards. */
  readonly megabytes: number;
  /** Milliseconds of each. */
  readonly times: readonly number[];
};

export type Load = AsyncDisposable & {
  run(calls: number): Promise<LoadRun>;
};

export type Contestant = { readonly name: string; readonly load: Load };
export type Figures = ReturnType<typeof figuresOf>;

const MEASURED = z.object({ seconds: z.number(), times: z.array(z.number()) });

/**
 * Devices that unlock or renew as fast as they are answered. Challenges and signatures are made
 * before the clock starts. The next run finds what the last one compiled and opened.
 */
export async function startDeviceLoad(
  server: LoadedServer,
  fleet: readonly LoadNode[],
  options: {
    readonly inFlight: number;
    readonly newConnections?: boolean;
    readonly kind?: "unlock" | "renewal";
  },
): Promise<Load> {
  const main = new URL("device-load-process.ts", import.meta.url);
  const load = await startLoad(main, server, fleet, options);
  return {
    async run(calls) {
      await load.ask({ calls });
      return measureRun(server, () => load.ask("go"));
    },
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  };
}

/** @param work - makes the calls, and returns the milliseconds of each */
export async function measureRun(
  server: LoadedServer,
  work: () => Promise<unknown>,
): Promise<LoadRun> {
  const read = () => ({
    cpuSeconds: server.cpuSeconds(),
    databaseSeconds: server.databaseSeconds?.() ?? 0,
    roundTrips: server.roundTrips?.() ?? 0,
  });
  const before = read();
  const { seconds, times } = MEASURED.parse(await work());
  const after = read();
  const each = (what: keyof typeof before) => (after[what] - before[what]) / times.length;
  return {
    perSecond: times.length / seconds,
    cpuMicroseconds: each("cpuSeconds") * 1_000_000,
    databaseMicroseconds: each("databaseSeconds") * 1_000_000,
    trips: each("roundTrips"),
    megabytes: server.residentBytes() / MEGABYTE,
    times,
  };
}

/** Runs by turns, so that all meet the same machine; the first round of each is for warming up. */
export async function compareLoads<const Contestants extends readonly Contestant[]>(
  contestants: Contestants,
  { calls, rounds }: { readonly calls: number; readonly rounds: number },
  what = "unlocks",
): Promise<{ readonly [Index in keyof Contestants]: Figures }> {
  const runs: LoadRun[][] = contestants.map(() => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, { load }] of contestants.entries()) {
      const run = await load.run(calls);
      if (round > 0) runs[index]?.push(run);
    }
  return mapTuple(contestants, ({ name }, index) => figuresOf(name, what, runs[index] ?? []));
}

function figuresOf(name: string, calls: string, runs: readonly LoadRun[]) {
  const of = (what: string, unit: string, value: (run: LoadRun) => number): Measurement =>
    summarise(`${name}: ${what}`, unit, runs.map(value));
  return {
    perSecond: of(`${calls} a second`, "/s", ({ perSecond }) => perSecond),
    cpu: of("processor time of each", "µs", ({ cpuMicroseconds }) => cpuMicroseconds),
    database: of("of it, the database's", "µs", (run) => run.databaseMicroseconds),
    p50: of("p50", "ms", ({ times }) => quantileOf(times, 0.5)),
    p99: of("p99", "ms", ({ times }) => quantileOf(times, 0.99)),
    trips: of("round trips of each", "", ({ trips }) => trips),
    memory: of("memory", "MB", ({ megabytes }) => megabytes),
  };
}

export const allOf = ({ perSecond, cpu, p50, p99 }: Figures): readonly Measurement[] => [
  perSecond,
  cpu,
  p50,
  p99,
];
