import { matchVaultLog, renderMatch, type VaultMatch } from "../../audit/match-vault-log.ts";
import { readVaultLog } from "../../audit/read-audit-files.ts";
import { type JudgedChain, renderVerdict, type ShownRow } from "../../audit/verify-chain.ts";
import type { EvidenceOptions } from "./evidence-options.ts";
import { EXIT_INCOMPLETE, EXIT_TAMPERED } from "./exit-codes.ts";

/**
 * Compares the rows with the log of the vault, if there is one, writes all verdicts, and sets the
 * exit code.
 *
 * @param write - takes one line, without its line break
 */
export function tellVerdicts(
  judged: readonly JudgedChain[],
  rows: () => readonly ShownRow[],
  { vaultLog, json, allowGaps }: EvidenceOptions,
  write: (line: string) => void,
): void {
  const asJson = json === true;
  for (const each of judged) renderVerdict(each, asJson).forEach(write);
  const { notWritten = [], notInLog = [] } = match() ?? {};
  const all = judged.map(({ verdict }) => verdict);
  const hasGaps = all.some((each) => each.ok && each.gaps.length > 0) || notInLog.length > 0;
  if (all.some(({ ok }) => !ok) || notWritten.length > 0) process.exitCode = EXIT_TAMPERED;
  else if (allowGaps !== true && hasGaps) process.exitCode = EXIT_INCOMPLETE;

  function match(): VaultMatch | undefined {
    if (vaultLog === undefined) return undefined;
    const matched = matchVaultLog(rows(), vaultLog.flatMap(readVaultLog));
    renderMatch(matched, asJson).forEach(write);
    return matched;
  }
}
