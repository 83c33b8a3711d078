import type { ChainVerdict } from "./verify-chain.ts";

const FAULTS: Readonly<Record<Extract<ChainVerdict, { ok: false }>["fault"], string>> = {
  "missing-or-moved": "a row is missing here, or was moved",
  "not-a-row": "this row is no audit row",
  altered: "this row or its hash was altered",
};

/** One line: for a person, or as JSON. The head is what to note down, so that a cut-off end is seen next time. */
export function renderVerdict(chain: string, verdict: ChainVerdict, asJson: boolean): string {
  if (asJson) return JSON.stringify({ chain, ...verdict });
  return verdict.ok
    ? `ok        ${chain}: ${String(verdict.length)} rows, head ${verdict.head}`
    : `TAMPERED  ${chain}: row ${String(verdict.sequence)}: ${FAULTS[verdict.fault]}`;
}
