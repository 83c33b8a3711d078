import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type BenchResult, ratio, summarise } from "./bench-result.ts";

const NAME = "azure-double";
const WARM_UP_RUNS = 1;
const RUNS = 7;
const STACK = import.meta.resolve("@databox-cmk/local-stack");
const DOUBLE = fileURLToPath(new URL("../dist/azure-double/main.cjs", STACK));
const NPM_START = fileURLToPath(new URL("main.ts", STACK));
const PORTS = ["--broker-port", "0", "--imds-port", "0", "--dns-port", "0"];

/**
 * The start of the packed test double, process start to ready, against `npm start`, which serves
 * the same from its sources with the broker in a process of its own. By turns, so that both meet
 * the same load.
 */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "databox-bench-"));
  try {
    const double: number[] = [];
    const stack: number[] = [];
    for (let index = 0; index < WARM_UP_RUNS + RUNS; index += 1) {
      const ours = await startMs(folder, [DOUBLE, "--port", "0"], "ready: ");
      const theirs = await startMs(
        folder,
        [NPM_START, "--serve", "--json", "--emulator-port", "0"],
        '"outcome":"ready"',
      );
      if (index < WARM_UP_RUNS) continue;
      double.push(ours);
      stack.push(theirs);
    }
    const ours = summarise("azure-double, until it is ready", "ms", double);
    const theirs = summarise("npm start -- --serve, until it is ready", "ms", stack);
    return {
      kind: "measured",
      name: NAME,
      aims: [],
      measurements: [ours, theirs],
      ratios: [ratio("azure-double : npm start", ours, theirs)],
      notes: ["Each start makes a certificate, and RSA keys of Entra ID, broker and service."],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts it, waits for the text, and ends it. @throws {Error} when it ends before */
async function startMs(
  folder: string,
  command: readonly string[],
  readyText: string,
): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...command, ...PORTS, "--directory", folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes(readyText)) break;
  }
  const elapsedMs = performance.now() - startedMs;
  child.kill("SIGTERM");
  await ended;
  if (!output.includes(readyText)) throw new Error(`${command[0] ?? ""} ended: ${output}`);
  return elapsedMs;
}
