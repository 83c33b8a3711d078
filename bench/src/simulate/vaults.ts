import {
  type KeyShape,
  NOTHING_SPENT,
  spend,
  type Spending,
  transactionCost,
} from "@databox-cmk/azure-emulator";
import { operationWeight, probeLoads, PROBE_SHARE } from "@databox-cmk/cloud-broker";

import { defaultOf } from "./world.ts";

/** Key Vault's limits, as the emulator enforces them, for each of many vaults with one key each. */
export type Vaults = {
  /** @returns false when the vault throttles; the calls do not count then */
  call(vault: number, calls: number): boolean;
};

const PROBING = {
  intervalSeconds: defaultOf("PROBE_INTERVAL_SECONDS"),
  operationsPer10Seconds: defaultOf("VAULT_OPERATIONS_PER_10_SECONDS"),
};
const SMALLEST: KeyShape = { protection: "software", size: 2048 };

/** The part of a vault that the probes of so many open appliances with an identity each want. */
export function wantedByProbes(identities: number, { protection, size }: KeyShape): number {
  const weight = operationWeight({
    keyType: protection === "hsm" ? "RSA-HSM" : "RSA",
    keySizeBits: Number(size),
  });
  return probeLoads([{ vaultUrl: "", weight, identities }], PROBING).get("") ?? 0;
}

/**
 * @param budgetOf - 1: the whole budget of a vault
 * @param openIn - how many appliances are open whose keys are in a vault
 */
export function createVaults(
  vaults: number,
  now: () => number,
  {
    budgetOf = () => 1,
    openIn = () => 0,
    key = SMALLEST,
  }: {
    readonly budgetOf?: ((vault: number) => number) | undefined;
    readonly openIn?: (vault: number) => number;
    readonly key?: KeyShape | undefined;
  },
): Vaults {
  const cost = transactionCost("other", key);
  const spendings: Spending[] = Array.from({ length: vaults }, () => NOTHING_SPENT);
  return {
    call(vault, count) {
      const probes = Math.min(PROBE_SHARE, wantedByProbes(openIn(vault), key));
      const budget = budgetOf(vault) * (1 - probes);
      const decision = spend(spendings[vault] ?? NOTHING_SPENT, cost * count, now(), budget);
      if (decision.kind === "exhausted") return false;
      spendings[vault] = decision.spending;
      return true;
    },
  };
}
