import type { BenchResult } from "./bench-result.ts";
import type { Bar, BarsFrame } from "./render-bars.ts";

export type Picture = BarsFrame & {
  /** In docs/images. */
  readonly file: string;
  pick(results: readonly BenchResult[]): readonly Bar[];
};

/** A bar: bench, label of its measurement, and its name in the picture. */
type Chosen = readonly [bench: string, label: string, name: string];

const RATES: readonly Chosen[] = [
  ["unlock", "floor, 1 vault call: unlocks a second", "floor: the same work, no product"],
  ["unlock", "floor, 2 vault calls: unlocks a second", "floor that also gets the key"],
  ["unlock", "1 worker: unlocks a second", "1 worker, SQLite"],
  ["unlock", "2 workers: unlocks a second", "2 workers, SQLite"],
  ["unlock-postgres", "PostgreSQL: unlocks a second", "1 worker, PostgreSQL"],
  ["unlock-rsa", "1 worker: unlocks a second", "1 worker, RSA-2048 on the same cores"],
  ["unlock-new-connection", "1 worker: unlocks a second", "1 worker, a new TLS connection each"],
  ["tang", "tang, 512 connections: recoveries a second", "tang, 512 connections"],
  ["tang", "tang, 16 connections: recoveries a second", "tang, 16 connections"],
];
const COSTS: readonly Chosen[] = [
  ["unlock", "floor, 1 vault call: processor time of each", "floor: the same work, no product"],
  ["unlock", "floor, 2 vault calls: processor time of each", "floor that also gets the key"],
  ["unlock", "1 worker: processor time of each", "1 worker, SQLite"],
  ["unlock", "2 workers: processor time of each", "2 workers, SQLite"],
  ["unlock-postgres", "PostgreSQL: processor time of each", "1 worker, PostgreSQL (broker alone)"],
  [
    "unlock-new-connection",
    "1 worker: processor time of each",
    "1 worker, a new TLS connection each",
  ],
];

export const PICTURES: readonly Picture[] = [
  {
    file: "bench-unlocks.svg",
    title: "Unlocks a second, everything on two cores",
    unit: "/s",
    pick: (results) => chosen(results, RATES),
  },
  {
    file: "bench-unlock-cost.svg",
    title: "Processor time of the broker for each unlock",
    unit: "µs",
    pick: (results) => chosen(results, COSTS),
  },
  {
    file: "bench-growth.svg",
    title: "Growth with the fleet: cost of the larger to that of the smaller",
    unit: "×",
    reference: 1,
    pick: growth,
  },
];

function chosen(results: readonly BenchResult[], bars: readonly Chosen[]): readonly Bar[] {
  return bars.flatMap(([bench, label, name]) => {
    const value = medianOf(results, bench, label);
    return value === undefined ? [] : [{ name, value }];
  });
}

function growth(results: readonly BenchResult[]): readonly Bar[] {
  const renewal = (leases: string, what: string) =>
    medianOf(results, "renewal", `SQLite, ${leases} leases: ${what}`);
  const unlocks = (workers: string) =>
    medianOf(results, "unlock", `${workers}: processor time of each`);
  const ratios: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ["GET, p99: 100,000 orders to 1,000", ...ordersOf(results, "GET")],
    ["list page, p99: 100,000 orders to 1,000", ...ordersOf(results, "list page")],
    [
      "renewal, processor time: 10,000 devices to 1,000",
      renewal("10,000", "processor time of each"),
      renewal("1,000", "processor time of each"),
    ],
    ["memory: 10,000 devices to 1,000", renewal("10,000", "memory"), renewal("1,000", "memory")],
    ["unlock, processor time: 2 workers to 1", unlocks("2 workers"), unlocks("1 worker")],
  ];
  return ratios.flatMap(([name, larger, smaller]) =>
    larger === undefined || smaller === undefined ? [] : [{ name, value: larger / smaller }],
  );
}

function ordersOf(
  results: readonly BenchResult[],
  call: string,
): [number | undefined, number | undefined] {
  const of = (orders: string) =>
    medianOf(results, "orders-100k", `${call}, p99 of 3000 calls, ${orders} orders`);
  return [of("100,000"), of("1,000")];
}

function medianOf(
  results: readonly BenchResult[],
  bench: string,
  label: string,
): number | undefined {
  const result = results.find(({ name }) => name === bench);
  if (result?.kind !== "measured") return undefined;
  return result.measurements.find((measurement) => measurement.label === label)?.median;
}
