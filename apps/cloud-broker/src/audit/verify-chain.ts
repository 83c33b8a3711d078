import { chainHash } from "@databox-cmk/crypto";

import type { AuditRow } from "./audit-row.ts";
import { createDeviceWords, isWritten, type WrittenRow } from "./device-words.ts";

/** The end of a chain at an earlier verification. */
export type NotedHead = { readonly length: number; readonly head: string };

export type ChainVerdict =
  | (NotedHead & {
      readonly ok: true;
      /** Number of receipts with and without a stored device signature. */
      readonly receipts: { readonly proven: number; readonly unproven: number };
      /** Thumbprint of the key that each node signs with, by serial number. */
      readonly devices: Readonly<Record<string, string>>;
    })
  | { readonly ok: false; readonly sequence: number; readonly fault: ChainFault };

export type ChainFault =
  | "missing-or-moved"
  | "not-a-row"
  | "altered"
  | "not-said-by-device"
  | "not-as-noted";

export type ChainCheck = {
  /** @returns false at the first fault; later rows are not checked. */
  take(row: AuditRow): boolean;
  verdict(): ChainVerdict;
};

/**
 * Checks a whole chain row by row, lowest sequence first. The rows alone do not show whether later
 * rows were cut off. That needs a head noted earlier, which must still occur in the chain.
 */
export function checkChain(chain: string, noted?: NotedHead): ChainCheck {
  const words = createDeviceWords();
  let length = 0;
  let head = "";
  let fault: { readonly sequence: number; readonly fault: ChainFault } | undefined;

  function faultOf(row: AuditRow, sequence: number): ChainFault | undefined {
    if (row.sequence !== sequence || row.chain !== chain) return "missing-or-moved";
    const written = parseRow(row.rowJson);
    if (written === undefined) return "not-a-row";
    if (chainHash(head, row.rowJson) !== row.hash) return "altered";
    if (written["chain"] !== chain || written["sequence"] !== sequence) return "missing-or-moved";
    if (noted?.length === sequence && noted.head !== row.hash) return "not-as-noted";
    return words.hear(written) ? undefined : "not-said-by-device";
  }

  return {
    take(row) {
      const sequence = length + 1;
      const found = faultOf(row, sequence);
      if (found !== undefined) {
        fault = { sequence, fault: found };
        return false;
      }
      length = sequence;
      head = row.hash;
      return true;
    },
    verdict() {
      if (fault !== undefined) return { ok: false, ...fault };
      if (noted !== undefined && length < noted.length)
        return { ok: false, sequence: length + 1, fault: "not-as-noted" };
      return { ok: true, length, head, receipts: words.counts(), devices: words.devices() };
    },
  };
}

/** {@link checkChain} for rows in memory. */
export function verifyChain(
  chain: string,
  rows: Iterable<AuditRow>,
  noted?: NotedHead,
): ChainVerdict {
  const check = checkChain(chain, noted);
  for (const row of rows) if (!check.take(row)) break;
  return check.verdict();
}

/** undefined when the text is not a JSON object. */
function parseRow(rowJson: string): WrittenRow | undefined {
  try {
    const row: unknown = JSON.parse(rowJson);
    return rowJson.startsWith("{") && isWritten(row) ? row : undefined;
  } catch {
    return undefined;
  }
}
