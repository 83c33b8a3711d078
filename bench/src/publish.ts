import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { wrapProse } from "@databox-cmk/testkit";

import type { BenchResult } from "./bench-result.ts";
import { PICTURES } from "./pictures.ts";
import { renderBars } from "./render-bars.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const PAGE = join(DOCS, "design/performance.md");
/** The text between these two comments is generated. */
const GENERATED = /<!-- bench:(\S+) -->\n[\s\S]*?<!-- \/bench -->/g;

/**
 * Puts the figures of `npm run bench -- --json` into docs/design/performance.md and its pictures.
 */
export function publish(file: string): void {
  const results = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): BenchResult => JSON.parse(line));
  const page = readFileSync(PAGE, "utf8").replaceAll(
    GENERATED,
    (_block, name: string) =>
      `<!-- bench:${name} -->\n\n${renderBlock(name, results)}\n\n<!-- /bench -->`,
  );
  writeFileSync(PAGE, page);
  for (const picture of PICTURES)
    writeFileSync(join(DOCS, "images", picture.file), renderBars(picture, picture.pick(results)));
}

function renderBlock(name: string, results: readonly BenchResult[]): string {
  if (name === "aims") return renderAims(results);
  const result = results.find((each) => each.name === name);
  if (result === undefined) return "Not measured.";
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

function renderAims(results: readonly BenchResult[]): string {
  return table(
    ["bench", "aim", "", "measured", ""],
    results.flatMap((result) =>
      result.kind === "skipped"
        ? [[result.name, "", "", `not measured: ${result.reason}`, ""]]
        : result.aims.map(({ label, side, bound, unit, value, isMet }) => [
            result.name,
            label,
            `${side} ${figure(bound)} ${unit}`.trim(),
            `${figure(value)} ${unit}`.trim(),
            isMet ? "met" : "**not met**",
          ]),
    ),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

const figure = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 2 });
