import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { wrapProse } from "@databox-cmk/testkit";

import type { BenchResult } from "./bench-result.ts";

const DOCS = join(import.meta.dirname, "../../docs");
/** Pages with figures. One without any of the results stays as it is. */
const PAGES = ["design/performance.md", "design/scale.md"];
/** The text between these two comments is generated. */
const GENERATED = /<!-- bench:(\S+) -->\n[\s\S]*?<!-- \/bench -->/g;

/**
 * Puts the figures of `npm -s run bench -- --json` into their pages in docs/. Figures
 * of a bench that the file lacks stay as they were published.
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
