import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { zero } from "@databox-cmk/crypto";
import { deviceShare, unsealByTpm } from "@databox-cmk/device-agent";
import { hasSwtpm, openTemporaryFolder, startSwtpm } from "@databox-cmk/testkit";

import { aim, type BenchOutcome, type Measurement, measured, summarise } from "./bench-result.ts";
import {
  type ColdAgent,
  type FakeBroker,
  missingForColdAgent,
  prepareAgent,
  startFakeBroker,
  stateDirOf,
  unlockTimes,
} from "./cold-agent.ts";
import { runProgram } from "./programs.ts";

const WARM_UP_RUNS = 3;
const RUNS = 30;

/**
 * A cold unlock in split custody against one in escrow, by turns. What split custody adds lies
 * between the broker's answer and the unlock key, so that part is compared, too: the whole unlock
 * varies by more than the addition.
 */
export async function run(): Promise<BenchOutcome> {
  const missing = [
    ...missingForColdAgent(),
    ...(hasSwtpm() ? [] : ["swtpm or tpm2-tools is not installed"]),
  ];
  if (missing.length > 0) return { kind: "skipped", reason: missing.join("; ") };
  using folder = openTemporaryFolder();
  await using broker = await startFakeBroker({
    "FILE-ESCROW": "escrow",
    "FILE-SPLIT": "split",
    "TPM-ESCROW": "escrow",
    "TPM-SPLIT": "split",
  });
  const file = await measureFile(folder.path, broker);
  const tpm = await measureTpm(folder.path, broker);
  return measured({
    measurements: [...file.measurements, ...tpm.measurements],
    notes: [
      "a difference is that of each pair of unlocks, from the broker's answer to the unlock key",
      "the TPM's unseal: the agent's own code for it, on the same share, in the process of the bench, in the same round; the TPM is swtpm, without a resource manager",
    ],
    aims: [
      aim("split unlock, share in a file, of escrow's", file.ofEscrow, "at most", 1.01, ""),
      aim("split unlock less the TPM's unseal, of escrow's", tpm.ofEscrow, "at most", 1.01, ""),
    ],
  });
}

async function measureFile(folder: string, broker: FakeBroker) {
  const escrow = await prepareAgent(folder, broker, "FILE-ESCROW");
  const split = await prepareAgent(folder, broker, "FILE-SPLIT");
  return compare("share in a file", escrow, split);
}

async function measureTpm(folder: string, broker: FakeBroker) {
  await using tpm = await startSwtpm();
  const deviceKey = ["--device-key", "tpm", "--tpm", tpm.tcti];
  const escrow = await prepareAgent(folder, broker, "TPM-ESCROW", deviceKey);
  const split = await prepareAgent(folder, broker, "TPM-SPLIT", deviceKey);
  const unseal = prepareUnseal(stateDirOf(folder, "TPM-SPLIT"));
  return await compare("share in the TPM", escrow, split, unseal);
}

/** @param unseal - the addition that the TPM makes, which the aim does not count */
async function compare(
  label: string,
  escrow: ColdAgent,
  split: ColdAgent,
  unseal?: () => Promise<number>,
): Promise<{ readonly ofEscrow: number; readonly measurements: readonly Measurement[] }> {
  const times = { escrow: [] as number[], split: [] as number[], added: [] as number[] };
  const unseals: number[] = [];
  for (let index = 0; index < WARM_UP_RUNS + RUNS; index += 1) {
    const one = unlockTimes(await runProgram([...escrow, "unlock"]));
    const other = unlockTimes(await runProgram([...split, "unlock"]));
    const unsealMs = (await unseal?.()) ?? 0;
    if (index < WARM_UP_RUNS) continue;
    times.escrow.push(one.acceptedMs);
    times.split.push(other.acceptedMs);
    times.added.push(other.keyMs - one.keyMs - unsealMs);
    if (unseal !== undefined) unseals.push(unsealMs);
  }
  const less = unseal === undefined ? "escrow" : "escrow and the unseal";
  const added = summarise(`${label}: split less ${less}`, "ms", times.added);
  const alone = summarise(`${label}: escrow unlock, to the accepted key`, "ms", times.escrow);
  return {
    ofEscrow: 1 + added.median / alone.median,
    measurements: [
      alone,
      summarise(`${label}: split unlock, to the accepted key`, "ms", times.split),
      ...(unseals.length === 0 ? [] : [summarise("the TPM's unseal", "ms", unseals)]),
      added,
    ],
  };
}

/** @returns the unseal of a node's share, which takes so many milliseconds */
function prepareUnseal(stateDir: string): () => Promise<number> {
  const name = readdirSync(stateDir).find((file) => file.startsWith("device-share-")) ?? "";
  const share = deviceShare.parse(JSON.parse(readFileSync(join(stateDir, name), "utf8")));
  if (share.kept !== "tpm") throw new TypeError("the TPM has not sealed the share");
  return async () => {
    const beganMs = performance.now();
    zero(await unsealByTpm(share));
    return performance.now() - beganMs;
  };
}
