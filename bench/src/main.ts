import type { BenchOutcome, BenchResult } from "./bench-result.ts";
import { publish } from "./publish.ts";

type Bench = { readonly run: () => Promise<BenchOutcome> };

/** Every bench by its name on the command line: `npm run bench -- agent-cold-start`. */
const BENCHES = {
  unlock: () => import("./unlock.ts"),
  "unlock-new-connection": () => import("./unlock-new-connection.ts"),
  "unlock-postgres": () => import("./unlock-postgres.ts"),
  "agent-cold-start": () => import("./agent-cold-start.ts"),
  "many-orders": () => import("./many-orders.ts"),
  "campaign-10k": () => import("./campaign-10k.ts"),
  "relock-10k": () => import("./relock-10k.ts"),
  overload: () => import("./overload.ts"),
  renewal: () => import("./renewal.ts"),
  simulate: () => import("./simulate.ts"),
} as const satisfies Record<string, () => Promise<Bench>>;

await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const [first, file] = words;
  if (first === "publish" && file !== undefined) {
    publish(file);
    return;
  }
  if (first === "--list") {
    console.log(Object.keys(BENCHES).join("\n"));
    return;
  }
  const json = words.includes("--json");
  const names = words.filter((word) => word !== "--json");
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined) {
    console.error(
      `no bench "${unknown}"; there are: ${Object.keys(BENCHES).join(", ")}; and: publish FILE`,
    );
    process.exitCode = 2;
    return;
  }
  for (const [name, load] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const { run } = await load();
    const result: BenchResult = { name, ...(await outcomeOf(run)) };
    console.log(json ? JSON.stringify(result) : renderResult(result));
  }
}

/** One that fails does not keep the others from being measured. */
async function outcomeOf(run: Bench["run"]): Promise<BenchOutcome> {
  try {
    return await run();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
    return { kind: "skipped", reason: "it failed" };
  }
}

function renderResult(result: BenchResult): string {
  if (result.kind === "skipped") return `${result.name}: skipped: ${result.reason}`;
  const width = Math.max(...result.measurements.map(({ label }) => label.length));
  return [
    result.name,
    `  ${"".padEnd(width)}  ${"median".padStart(12)}  ${"p95".padStart(12)}   runs`,
    ...result.measurements.map(({ label, unit, median, high, runs }) => {
      const figures = [median, high].map((value) => `${value.toFixed(2)} ${unit}`.padStart(12));
      return `  ${label.padEnd(width)}  ${figures.join("  ")}   ${String(runs)}`;
    }),
    ...result.ratios.map(({ label, value }) => `  ratio ${label}: ${value.toFixed(2)}`),
    ...result.aims.map(
      ({ label, value, side, bound, unit, isMet }) =>
        `  aim ${label}: ${side} ${String(bound)} ${unit}: ${String(value)}, ${isMet ? "met" : "NOT MET"}`,
    ),
    ...result.notes.map((note) => `  ${note}`),
  ].join("\n");
}
