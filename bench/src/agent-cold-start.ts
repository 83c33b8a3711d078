import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { openTemporaryFolder } from "@databox-cmk/testkit";

import { aim, type BenchOutcome, measured, ratio, summarise } from "./bench-result.ts";
import {
  acceptedAfterMs,
  missingForColdAgent,
  prepareAgent,
  startFakeBroker,
} from "./cold-agent.ts";
import { runProgram } from "./programs.ts";
import { missingForTang, startTang } from "./tang.ts";

const WARM_UP_RUNS = 3;
const RUNS = 30;

/**
 * A cold `databox-agent unlock`, process start to accepted key, against `clevis decrypt` with a
 * tang on this machine, run by turns so that both meet the same load. The broker answers at once:
 * there is no vault in the figures.
 */
export async function run(): Promise<BenchOutcome> {
  const missing = [
    ...missingForTang().map((name) => `${name} is not installed`),
    ...missingForColdAgent(),
  ];
  if (missing.length > 0) return { kind: "skipped", reason: missing.join("; ") };
  using folder = openTemporaryFolder();
  await using broker = await startFakeBroker();
  const agent = await prepareAgent(folder.path, broker);
  const keys = join(folder.path, "tang");
  mkdirSync(keys);
  using tang = await startTang(keys);
  const accepted: number[] = [];
  const ended: number[] = [];
  const clevis: number[] = [];
  for (let index = 0; index < WARM_UP_RUNS + RUNS; index += 1) {
    const ours = await runProgram([...agent, "unlock"]);
    const theirs = await runProgram(["clevis", "decrypt"], tang.ciphertext);
    if (index < WARM_UP_RUNS) continue;
    accepted.push(acceptedAfterMs(ours));
    ended.push(ours.wallMs);
    clevis.push(theirs.wallMs);
  }
  const acceptedKey = summarise("databox-agent unlock, to the accepted key", "ms", accepted);
  const wholeProcess = summarise("databox-agent unlock, to its end (receipt sent)", "ms", ended);
  const peer = summarise("clevis decrypt (tang)", "ms", clevis);
  const toAccepted = ratio("agent to the accepted key : clevis", acceptedKey, peer);
  return measured({
    aims: [aim("cold unlock, of clevis", toAccepted.value, "at most", 0.75, "")],
    measurements: [acceptedKey, wholeProcess, peer],
    ratios: [toAccepted, ratio("agent to its end : clevis", wholeProcess, peer)],
    notes: [
      "The agent's times include a TLS 1.3 handshake, two signed round trips, HPKE (X-Wing) and cryptsetup on a LUKS2 header.",
    ],
  });
}
