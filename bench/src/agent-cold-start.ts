import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import * as z from "zod/mini";

import { aim, ratio, summarise } from "./bench-result.ts";
import type { BenchOutcome } from "./bench-result.ts";
import { findProgram, runProgram } from "./programs.ts";
import type { ProgramRun } from "./programs.ts";
import { missingForTang, startTang } from "./tang.ts";

const WARM_UP_RUNS = 3;
const RUNS = 30;

const brokerMessage = z.strictObject({
  url: z.string(),
  order: z.string(),
  certificateAuthorityPem: z.string(),
  enrolmentCode: z.string(),
});
type Broker = z.infer<typeof brokerMessage>;

/**
 * A cold `databox-agent unlock`, process start to accepted key, against `clevis decrypt` with a
 * tang on this machine, run by turns so that both meet the same load. The broker answers at once:
 * there is no vault in the figures.
 */
export async function run(): Promise<BenchOutcome> {
  const missing = [
    ...missingForTang().map((name) => `${name} is not installed`),
    ...(findProgram("cryptsetup") === undefined ? ["cryptsetup is not installed"] : []),
    ...(existsSync(AGENT_BUNDLE) ? [] : ["the agent is not built (npm run build)"]),
  ];
  if (missing.length > 0) return { kind: "skipped", reason: missing.join("; ") };
  const folder = mkdtempSync(join(tmpdir(), "databox-bench-"));
  const brokerProcess = fork(fileURLToPath(new URL("fake-broker-process.ts", import.meta.url)), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  try {
    const [message] = await once(brokerProcess, "message");
    return await measure(folder, brokerMessage.parse(message));
  } finally {
    brokerProcess.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, broker: Broker): Promise<BenchOutcome> {
  const agent = await prepareAgent(folder, broker);
  const keys = join(folder, "tang");
  mkdirSync(keys);
  using tang = await startTang(keys);
  const accepted: number[] = [];
  const ended: number[] = [];
  const clevis: number[] = [];
  for (let index = 0; index < WARM_UP_RUNS + RUNS; index += 1) {
    const ours = await runProgram([...agent, "unlock"]);
    const theirs = await runProgram(["clevis", "decrypt"], tang.ciphertext);
    if (index < WARM_UP_RUNS) continue;
    accepted.push(acceptedMs(ours));
    ended.push(ours.wallMs);
    clevis.push(theirs.wallMs);
  }
  const acceptedKey = summarise("databox-agent unlock, to the accepted key", "ms", accepted);
  const wholeProcess = summarise("databox-agent unlock, to its end (receipt sent)", "ms", ended);
  const peer = summarise("clevis decrypt (tang)", "ms", clevis);
  const toAccepted = ratio("agent to the accepted key : clevis", acceptedKey, peer);
  return {
    kind: "measured",
    aims: [aim("cold unlock, of clevis", toAccepted.value, "at most", 0.75, "")],
    measurements: [acceptedKey, wholeProcess, peer],
    ratios: [toAccepted, ratio("agent to its end : clevis", wholeProcess, peer)],
    notes: [
      "The agent's times include a TLS 1.3 handshake, two signed round trips, HPKE (X-Wing) and cryptsetup on a LUKS2 header.",
    ],
  };
}

async function prepareAgent(
  folder: string,
  broker: Broker,
): Promise<readonly [string, ...string[]]> {
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, broker.certificateAuthorityPem);
  const stateDir = join(folder, "agent");
  const command = [...agentCommand(AGENT_BUNDLE), "--json", "--state-dir", stateDir] as const;
  const parameters = [
    ["--broker", broker.url],
    ["--order", broker.order],
    ["--serial", "BENCH-0001"],
    ["--volume", join(folder, "disk.img")],
    ["--volume-kind", "luks2"],
    ["--ca-file", caFile],
    ["--resolve-localhost"],
    ["--device-key", "file"],
  ];
  await runProgram([...command, "prepare", ...parameters.flat()], broker.enrolmentCode);
  return command;
}

const unlockEvent = z.object({
  outcome: z.literal("unlocked"),
  proof: z.literal("cryptsetup"),
  startedAtMs: z.number(),
  elapsedMs: z.number(),
});

/**
 * From the moment at which we asked the system for a process, as with the peer, not from the
 * agent's own first line.
 */
function acceptedMs({ stdout, startedAtMs }: ProgramRun): number {
  const event = unlockEvent.parse(JSON.parse(stdout));
  return event.startedAtMs + event.elapsedMs - startedAtMs;
}
