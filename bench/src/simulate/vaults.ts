import { NOTHING_SPENT, spend, type Spending, transactionCost } from "@databox-cmk/azure-emulator";

const COST = transactionCost("other", { protection: "software", size: 2048 });

/** Key Vault's limits, as the emulator enforces them, for each of many vaults. */
export type Vaults = {
  /** @returns false when the vault throttles; the calls do not count then */
  call(vault: number, calls: number): boolean;
  /** Share of its budget that any vault used in any window: never above 1. */
  highest(): number;
  /** Calls of one vault. */
  callsOf(vault: number): number;
};

/** @param budgetOf - 1: the whole budget of a vault */
export function createVaults(
  vaults: number,
  budgetOf: (vault: number) => number,
  now: () => number,
): Vaults {
  const spendings: Spending[] = Array.from({ length: vaults }, () => NOTHING_SPENT);
  const calls = new Float64Array(vaults);
  let highest = 0;
  return {
    call(vault, count) {
      const budget = budgetOf(vault);
      const decision = spend(spendings[vault] ?? NOTHING_SPENT, COST * count, now(), budget);
      if (decision.kind === "exhausted") return false;
      spendings[vault] = decision.spending;
      calls[vault] = (calls[vault] ?? 0) + count;
      highest = Math.max(highest, decision.spending.used / budget);
      return true;
    },
    // A sum of fractions is not exact.
    highest: () => Math.round(highest * 1e6) / 1e6,
    callsOf: (vault) => calls[vault] ?? 0,
  };
}
