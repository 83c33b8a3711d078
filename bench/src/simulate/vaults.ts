import { NOTHING_SPENT, spend, type Spending, transactionCost } from "@databox-cmk/azure-emulator";

const COST = transactionCost("other", { protection: "software", size: 2048 });

/** Key Vault's limits, as the emulator enforces them, for each of many vaults. */
export type Vaults = {
  /** @returns false when the vault throttles; the calls do not count then */
  call(vault: number, calls: number): boolean;
};

/** @param budgetOf - 1: the whole budget of a vault */
export function createVaults(
  vaults: number,
  budgetOf: (vault: number) => number,
  now: () => number,
): Vaults {
  const spendings: Spending[] = Array.from({ length: vaults }, () => NOTHING_SPENT);
  return {
    call(vault, count) {
      const budget = budgetOf(vault);
      const decision = spend(spendings[vault] ?? NOTHING_SPENT, COST * count, now(), budget);
      if (decision.kind === "exhausted") return false;
      spendings[vault] = decision.spending;
      return true;
    },
  };
}
