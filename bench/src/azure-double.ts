import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { openTemporaryFolder } from "@databox-cmk/testkit";

import { aim, type BenchOutcome, measured, ratio, summarise } from "./bench-result.ts";

const WARM_UP_RUNS = 1;
const RUNS = 7;
const STACK = import.meta.resolve("@databox-cmk/local-stack");
const DOUBLE = fileURLToPath(new URL("../dist/azure-double/main.cjs", STACK));
const NPM_START = fileURLToPath(new URL("main.ts", STACK));
const PORTS = ["--broker-port", "0", "--imds-port", "0", "--dns-port", "0"];

/**
 * The start of the packed test double, process start to ready, against a Node that does nothing,
 * and against `npm start`, which serves the same from its sources with the broker in a process of
 * its own. By turns, so that all meet the same load.
 */
export async function run(): Promise<BenchOutcome> {
  using folder = openTemporaryFolder();
  const serve = [NPM_START, "--serve", "--json", "--emulator-port", "0"];
  const times = { double: [] as number[], stack: [] as number[], bare: [] as number[] };
  for (let index = 0; index < WARM_UP_RUNS + RUNS; index += 1) {
    const double = await startMs(folder.path, [DOUBLE, "--port", "0"], "ready: ");
    const stack = await startMs(folder.path, serve, '"outcome":"ready"');
    const bare = await bareStartMs();
    if (index < WARM_UP_RUNS) continue;
    times.double.push(double);
    times.stack.push(stack);
    times.bare.push(bare);
  }
  const ours = summarise("azure-double, until it is ready", "ms", times.double);
  const theirs = summarise("npm start -- --serve, until it is ready", "ms", times.stack);
  const nothing = summarise("node -e 0, until it has ended", "ms", times.bare);
  const toNpmStart = ratio("azure-double : npm start", ours, theirs);
  return measured({
    aims: [aim("azure-double is ready, of npm start", toNpmStart.value, "at most", 0.5, "")],
    measurements: [ours, theirs, nothing],
    ratios: [toNpmStart, ratio("azure-double : node -e 0", ours, nothing)],
    notes: ["Each start makes a certificate, and RSA keys of Entra ID, broker and service."],
  });
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

async function bareStartMs(): Promise<number> {
  const startedMs = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  return performance.now() - startedMs;
}
