import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { wrapProse } from "@databox-cmk/testkit";

import type { BenchResult } from "./bench-result.ts";
import { renderBars, type Bar, type BarsFrame } from "./render-bars.ts";
import { renderLines } from "./render-lines.ts";

const DOCS = join(import.meta.dirname, "../../docs");
/** Pages with figures. One without any of the results stays as it is. */
const PAGES = ["design/performance.md", "design/scale.md"];
/** The text between these two comments is generated. */
const GENERATED = /<!-- bench:(\S+) -->\n[\s\S]*?<!-- \/bench -->/g;

/**
 * Puts the figures of `npm run bench -- --json` into their pages in docs/ and their pictures. What
 * the file has no bench of stays as it was published.
 */
export function publish(file: string): void {
  const results = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): BenchResult => JSON.parse(line));
  for (const page of PAGES) {
    const path = join(DOCS, page);
    const before = readFileSync(path, "utf8");
    const names = new Set([...before.matchAll(GENERATED)].map(([, name]) => name));
    if (!results.some(({ name }) => names.has(name))) continue;
    const after = before.replaceAll(
      GENERATED,
      (block: string, name: string) =>
        `<!-- bench:${name} -->\n\n${renderBlock(name, results, block)}\n\n<!-- /bench -->`,
    );
    writeFileSync(path, after);
  }
  for (const picture of PICTURES) {
    const bars = picture.pick(results);
    if (bars.every((bar) => bar !== undefined))
      writeFileSync(join(DOCS, "images", picture.file), renderBars(picture, bars));
  }
  for (const result of results)
    for (const plot of result.kind === "measured" ? (result.plots ?? []) : [])
      writeFileSync(join(DOCS, "images", plot.file), renderLines(plot));
}

function renderBlock(name: string, results: readonly BenchResult[], published: string): string {
  if (name === "aims") return renderAims(results, published);
  const result = results.find((each) => each.name === name);
  if (result === undefined) return published.split("\n").slice(2, -2).join("\n");
  if (result.kind === "skipped") return `Not measured: ${result.reason}.`;
  return [
    table(
      ["", "median", "p95", "runs"],
      result.measurements.map(({ label, unit, median, high, runs }) => [
        label,
        `${figure(median)} ${unit}`,
        `${figure(high)} ${unit}`,
        String(runs),
      ]),
    ),
    ...(result.ratios.length === 0
      ? []
      : [
          "",
          table(
            ["ratio", ""],
            result.ratios.map(({ label, value }) => [label, value.toFixed(2)]),
          ),
        ]),
    "",
    ...result.notes.map((note) => wrapProse(note, "- ")),
  ].join("\n");
}

function renderAims(results: readonly BenchResult[], published: string): string {
  const rows = published
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => line.slice(2, -2).split(" | "));
  const byBench = Map.groupBy(rows, ([bench]) => bench);
  for (const result of results) byBench.set(result.name, aimsOf(result));
  return table(["bench", "aim", "", "measured", ""], [...byBench.values()].flat());
}

function aimsOf(result: BenchResult): string[][] {
  if (result.kind === "skipped")
    return [[result.name, "", "", `not measured: ${result.reason}`, ""]];
  return result.aims.map(({ label, side, bound, unit, value, isMet }) => [
    result.name,
    label,
    `${side} ${figure(bound)} ${unit}`.trim(),
    `${figure(value)} ${unit}`.trim(),
    isMet ? "met" : "**not met**",
  ]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

const figure = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 2 });

type Picture = BarsFrame & {
  /** In docs/images. */
  readonly file: string;
  /** With undefined for each bar whose bench the results lack. */
  pick(results: readonly BenchResult[]): readonly (Bar | undefined)[];
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

const PICTURES: readonly Picture[] = [
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
    title: "Growth with the fleet: larger to smaller",
    unit: "×",
    reference: 1,
    pick: growth,
  },
];

function chosen(results: readonly BenchResult[], bars: readonly Chosen[]) {
  return bars.map(([bench, label, name]) => {
    const value = medianOf(results, bench, label);
    return value === undefined ? undefined : { name, value };
  });
}

function growth(results: readonly BenchResult[]): readonly (Bar | undefined)[] {
  const renewal = (leases: string, what: string) =>
    medianOf(results, "renewal", `SQLite, ${leases} leases: ${what}`);
  const unlocks = (workers: string) =>
    medianOf(results, "unlock", `${workers}: processor time of each`);
  const ratios: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ["GET: 100,000 orders to 1,000", ...ordersOf(results, "GET")],
    ["list page: 100,000 orders to 1,000", ...ordersOf(results, "list page")],
    ...["unlock", "renewal", "GET", "list page"].map(
      (call) =>
        [
          `${call}, PostgreSQL: 1,000,000 orders to 1,000`,
          ...ordersOf(results, `${call}, PostgreSQL`, "1,000,000"),
        ] as const,
    ),
    [
      "renewal: 10,000 devices to 1,000",
      renewal("10,000", "processor time of each"),
      renewal("1,000", "processor time of each"),
    ],
    ["memory: 10,000 devices to 1,000", renewal("10,000", "memory"), renewal("1,000", "memory")],
    ["unlock: 2 workers to 1", unlocks("2 workers"), unlocks("1 worker")],
  ];
  return ratios.map(([name, larger, smaller]) =>
    larger === undefined || smaller === undefined ? undefined : { name, value: larger / smaller },
  );
}

function ordersOf(
  results: readonly BenchResult[],
  call: string,
  many = "100,000",
): [number | undefined, number | undefined] {
  const of = (orders: string) =>
    medianOf(results, "many-orders", `${call}, ${orders} orders: processor time of each`);
  return [of(many), of("1,000")];
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
