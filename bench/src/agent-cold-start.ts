import { openTemporaryFolder } from "@databox-cmk/testkit";

import { type BenchOutcome, measured, summarise } from "./bench-result.ts";
import {
  acceptedAfterMs,
  missingForColdAgent,
  prepareAgent,
  startFakeBroker,
} from "./cold-agent.ts";
import { runProgram } from "./programs.ts";

const WARM_UP_RUNS = 3;
const RUNS = 30;

/**
 * A cold `databox-agent unlock`, from the start of the process. The broker answers at once: there
 * is no vault in the figures.
 */
export async function run(): Promise<BenchOutcome> {
  const missing = missingForColdAgent();
  if (missing.length > 0) return { kind: "skipped", reason: missing.join("; ") };
  using folder = openTemporaryFolder();
  await using broker = await startFakeBroker();
  const agent = await prepareAgent(folder.path, broker);
  const accepted: number[] = [];
  const ended: number[] = [];
  for (let index = 0; index < WARM_UP_RUNS + RUNS; index += 1) {
    const ours = await runProgram([...agent, "unlock"]);
    if (index < WARM_UP_RUNS) continue;
    accepted.push(acceptedAfterMs(ours));
    ended.push(ours.wallMs);
  }
  return measured({
    measurements: [
      summarise("databox-agent unlock, to the accepted key", "ms", accepted),
      summarise("databox-agent unlock, to its end (receipt sent)", "ms", ended),
    ],
    notes: [
      "The agent's times include a TLS 1.3 handshake, two signed round trips, HPKE (X-Wing) and cryptsetup on a LUKS2 header.",
    ],
  });
}
