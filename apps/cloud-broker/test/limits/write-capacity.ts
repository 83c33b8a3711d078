import { readFileSync, writeFileSync } from "node:fs";

import { wrapProse } from "@databox-cmk/testkit";
import * as z from "zod";

import { SETTINGS } from "../../src/config/config.ts";
import {
  operationWeight,
  PROBE_SHARE,
  probeLoads,
  SHARED_GET,
} from "../../src/core/vault-capacity.ts";
import { connectionsWithin } from "../../src/load/memory.ts";

const fileOf = (path: string): URL => new URL(`../../../../${path}`, import.meta.url);
const read = (path: string): string => readFileSync(fileOf(path), "utf8");

/** Measured once (bench/README.md). */
const { figures, measuredOn, notes } = z
  .object({
    measuredOn: z.string(),
    notes: z.array(z.string()),
    figures: z.record(z.string(), z.number()),
  })
  .parse(JSON.parse(read("bench/figures/capacity.json")));
const PERFORMANCE = read("docs/design/performance.md");

/** @throws {Error} for one that was not measured */
function figure(label: string): number {
  const value = figures[label];
  if (value === undefined) throw new Error(`no figure "${label}" in bench/figures/capacity.json`);
  return value;
}

/** The median of a row of the page of performance, in microseconds. */
function published(label: string): number {
  const [, median] =
    PERFORMANCE.split("\n")
      .find((line) => line.startsWith(`| ${label} | `))
      ?.split(" | ") ?? [];
  const value = Number(median?.replace(/ µs$/, "").replace(",", ""));
  if (!(value > 0)) throw new Error(`no row "${label}" in docs/design/performance.md`);
  return value;
}

const UNLOCK_US = published("PostgreSQL: processor time of each");
const RENEWAL_US = published("PostgreSQL, 10,000 leases: processor time of each");
const DATABASE_US = {
  unlock: figure("PostgreSQL: an unlock, the database's processor time"),
  renewal: figure("PostgreSQL: a renewal, the database's processor time"),
};

const DAY_SECONDS = 86_400;
/** A wait for news renews the lease after a third of its time. */
const RENEWAL_SECONDS = Number(SETTINGS.LEASE_TTL_SECONDS.default) / 3;
const GIB = 1024 ** 3;
const REPLICAS_LEAST = 3;
/** The part of processor and connections that is used. */
const BUSY = 0.65;
const FLEETS = [1_000, 100_000, 1_000_000];
const ENGINES = ["SQLite", "PostgreSQL"];
const KEY_SIZES = [2048, 3072, 4096];
const KEY_TYPES = ["RSA", "RSA-HSM"];

const count = (value: number): string => Math.ceil(value).toLocaleString("en");
/** With two digits at least. */
const fine = (value: number): string =>
  value >= 10 ? count(value) : value.toLocaleString("en", { maximumSignificantDigits: 2 });
function bytes(value: number): string {
  const [size, unit] = value >= 1e9 ? [1e9, "GB"] : value >= 1e6 ? [1e6, "MB"] : [1e3, "kB"];
  return `${fine(value / size)} ${unit}`;
}

const operations = Number(SETTINGS.VAULT_OPERATIONS_PER_10_SECONDS.default);
const intervalSeconds = Number(SETTINGS.PROBE_INTERVAL_SECONDS.default);
/** The part of a vault that the probes of so many identities with one key take. */
const loadOf = (weight: number, identities: number): number =>
  probeLoads([{ vaultUrl: "", weight, identities }], {
    intervalSeconds,
    operationsPer10Seconds: operations,
  }).get("") ?? 0;

/** So many identities with one key are probed in time. */
function probed(weight: number): number {
  let identities = 0;
  while (loadOf(weight, identities + 1) <= PROBE_SHARE) identities += 1;
  return identities;
}

const byKey = (cell: (weight: number) => number): string =>
  table(
    ["key", "in software", "in an HSM"],
    KEY_SIZES.map((keySizeBits) => [
      `RSA ${String(keySizeBits)}`,
      ...KEY_TYPES.map((keyType) => count(cell(operationWeight({ keyType, keySizeBits })))),
    ]),
  );

/** One row: what it is, and its figure for a fleet. */
type Row = readonly [what: string, of: (appliances: number) => string];
const byFleet = (rows: readonly Row[]): string =>
  table(
    ["open appliances", ...FLEETS.map(count)],
    rows.map(([what, of]) => [what, ...FLEETS.map(of)]),
  );

const messagesPerSecond = (appliances: number): number => appliances / RENEWAL_SECONDS;
const brokerCores = (appliances: number): number =>
  (messagesPerSecond(appliances) * RENEWAL_US) / 1e6;
const databaseCores = (appliances: number): number =>
  (messagesPerSecond(appliances) * DATABASE_US.renewal) / 1e6;
const replicasFor = (appliances: number, gibibytes: number): number =>
  Math.max(
    REPLICAS_LEAST,
    Math.ceil(brokerCores(appliances) / BUSY),
    Math.ceil(appliances / connectionsWithin(gibibytes * GIB) / BUSY),
  );
/** A start, and the daily row of the key's uses. */
const bytesOfDay = (engine: string): number =>
  figure(`${engine}: an unlock`) + figure(`${engine}: an audit row`);
/**
 * An unwrap at each interval for each pair of identity and key, a Get of its own for one in ten of
 * them, and one unlock a day of each appliance.
 */
const vaultOperationsOfMonth = (appliances: number, pairs: number): number =>
  30 * ((pairs * (1 + 1 / SHARED_GET.ownEach) * DAY_SECONDS) / intervalSeconds + 2 * appliances);

const inBytes = (what: string): readonly string[] =>
  ENGINES.map((engine) => bytes(figure(`${engine}: ${what}`)));

const BLOCKS: Readonly<Record<string, () => string>> = {
  measured: () =>
    wrapProse(
      `Measured on ${measuredOn}: ${notes.join(" ")}. The broker's own times are the medians of [performance](../design/performance.md).`,
      "",
    ),
  operations: () => byKey((weight) => operations / weight),
  probed: () => byKey(probed),
  connections: () =>
    table(
      ["memory of the process", "most connections"],
      (
        [
          ["512 MiB", 0.5],
          ["1 GiB (the Kubernetes manifest)", 1],
          ["2 GiB", 2],
          ["3.9 GiB and more", 3.9],
        ] as const
      ).map(([memory, gibibytes]) => [memory, count(connectionsWithin(gibibytes * GIB))]),
    ),
  database: () =>
    table(
      ["what", "SQLite", "PostgreSQL", "processor of PostgreSQL", "processor of the broker"],
      [
        ["an order with an open appliance", ...inBytes("an order with an open appliance"), "", ""],
        ["an audit row of an unlock", ...inBytes("an audit row"), "", ""],
        [
          "an unlock: its row, lease and answer",
          ...inBytes("an unlock"),
          `${fine(DATABASE_US.unlock / 1e3)} ms`,
          `${fine(UNLOCK_US / 1e3)} ms`,
        ],
        [
          "a renewal",
          "rewritten in place",
          "rewritten in place",
          `${count(DATABASE_US.renewal)} µs`,
          `${count(RENEWAL_US)} µs`,
        ],
        [
          "a day of an open appliance with one unlock",
          ...ENGINES.map((engine) => bytes(bytesOfDay(engine))),
          ...[DATABASE_US, { unlock: UNLOCK_US, renewal: RENEWAL_US }].map(
            ({ unlock, renewal }) =>
              `${fine((unlock + (renewal * DAY_SECONDS) / RENEWAL_SECONDS) / 1e6)} s`,
          ),
        ],
      ],
    ),
  fleet: () =>
    byFleet([
      ["messages a second: waits for news that renew", (n) => count(messagesPerSecond(n))],
      ["processor of all replicas, in full cores", (n) => fine(brokerCores(n))],
      ["connections", count],
      ["replicas with 1 GiB and one core each", (n) => count(replicasFor(n, 1))],
      ["replicas with 3.9 GiB and one core each", (n) => count(replicasFor(n, 3.9))],
      [
        "their connections to PostgreSQL",
        (n) => count(replicasFor(n, 3.9) * Number(SETTINGS.DATABASE_POOL_SIZE.default)),
      ],
      ["processor of PostgreSQL, in full cores", (n) => fine(databaseCores(n))],
      [
        "PostgreSQL: orders and appliances",
        (n) => bytes(n * figure("PostgreSQL: an order with an open appliance")),
      ],
      [
        "PostgreSQL: growth in a year, one unlock a day each",
        (n) => bytes(n * bytesOfDay("PostgreSQL") * 365),
      ],
      ...KEY_SIZES.slice(0, 2).map((keySizeBits): Row => [
        `vaults with one key of RSA ${String(keySizeBits)} each in software, an identity for each order`,
        (n) => count(n / probed(operationWeight({ keyType: "RSA", keySizeBits }))),
      ]),
    ]),
  money: () =>
    byFleet([
      ["operations of vaults, in 10,000", (n) => count(vaultOperationsOfMonth(n, n) / 1e4)],
      [
        "the same with an identity for 20 orders",
        (n) => count(vaultOperationsOfMonth(n, n / 20) / 1e4),
      ],
      ["vCores of PostgreSQL, at 65 %", (n) => count(databaseCores(n) / BUSY)],
      [
        "GiB of its storage after a year",
        (n) =>
          count(
            (n *
              (figure("PostgreSQL: an order with an open appliance") +
                bytesOfDay("PostgreSQL") * 365)) /
              GIB,
          ),
      ],
      ["vCores of the replicas, with 3.9 GiB each", (n) => count(replicasFor(n, 3.9))],
    ]),
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The page docs/operate/capacity.md, with its tables made again. */
export const renderCapacity = (page: string): string =>
  page.replaceAll(
    /<!-- capacity:(\w+) -->\n[\s\S]*?<!-- \/capacity -->/g,
    (_block, name: string) =>
      `<!-- capacity:${name} -->\n\n${BLOCKS[name]?.() ?? ""}\n\n<!-- /capacity -->`,
  );
export const CAPACITY_PAGE = fileOf("docs/operate/capacity.md");
export const CAPACITY_BLOCKS: readonly string[] = Object.keys(BLOCKS);

if (import.meta.main)
  writeFileSync(CAPACITY_PAGE, renderCapacity(readFileSync(CAPACITY_PAGE, "utf8")));
