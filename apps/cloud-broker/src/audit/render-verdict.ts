import type { ChainVerdict } from "./verify-chain.ts";

const FAULTS: Readonly<Record<Extract<ChainVerdict, { ok: false }>["fault"], string>> = {
  "missing-or-moved": "a row is missing here, or was moved",
  "not-a-row": "this is not an audit row",
  altered: "this row or its hash was altered",
  "not-said-by-device": "the device did not sign what this receipt says",
  "not-as-noted": "the chain ends before the noted head, or has a different row there",
};

/** One line: as text, or as JSON, which `--noted` reads the next time. */
export function renderVerdict(chain: string, verdict: ChainVerdict, asJson: boolean): string {
  if (asJson) return JSON.stringify({ chain, ...verdict });
  if (!verdict.ok)
    return `TAMPERED  ${chain}: row ${String(verdict.sequence)}: ${FAULTS[verdict.fault]}`;
  const { proven, unproven } = verdict.receipts;
  const parts = [
    `${String(verdict.length)} rows`,
    `head ${verdict.head}`,
    ...(proven === 0 ? [] : [`receipts signed by their device: ${String(proven)}`]),
    ...(unproven === 0 ? [] : [`receipts without its signature: ${String(unproven)}`]),
  ];
  return `ok        ${chain}: ${parts.join(", ")}`;
}
