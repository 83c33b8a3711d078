import { chainHash } from "@databox-cmk/crypto";

import type { AuditRow } from "./audit-row.ts";

export type ChainVerdict =
  | { readonly ok: true; readonly length: number; readonly head: string }
  | { readonly ok: false; readonly sequence: number; readonly fault: ChainFault };

export type ChainFault = "missing-or-moved" | "not-a-row" | "altered";

/**
 * Checks a whole chain, lowest sequence first. What is cut off its end is not seen from the rows alone: compare
 * `length` and `head` with those noted before.
 */
export function verifyChain(chain: string, rows: Iterable<AuditRow>): ChainVerdict {
  let length = 0;
  let head = "";
  for (const row of rows) {
    const sequence = length + 1;
    if (row.sequence !== sequence || row.chain !== chain)
      return { ok: false, sequence, fault: "missing-or-moved" };
    const place = placeIn(row.rowJson);
    if (place === undefined) return { ok: false, sequence, fault: "not-a-row" };
    if (chainHash(head, row.rowJson) !== row.hash) return { ok: false, sequence, fault: "altered" };
    if (place.chain !== chain || place.sequence !== sequence)
      return { ok: false, sequence, fault: "missing-or-moved" };
    length = sequence;
    head = row.hash;
  }
  return { ok: true, length, head };
}

/** Where a row says that it belongs; undefined when it is no JSON object in the first place. */
function placeIn(rowJson: string): { chain: unknown; sequence: unknown } | undefined {
  try {
    const row: unknown = JSON.parse(rowJson);
    if (!rowJson.startsWith("{") || typeof row !== "object" || row === null) return undefined;
    return {
      chain: "chain" in row ? row.chain : undefined,
      sequence: "sequence" in row ? row.sequence : undefined,
    };
  } catch {
    return undefined;
  }
}
