import { canonicalJson, chainHash } from "@databox-cmk/crypto";

import type { AuditEvent } from "../core/ports.ts";

/** One link of a chain, as stored. */
export type AuditRow = {
  readonly chain: string;
  readonly sequence: number;
  readonly rowJson: string;
  readonly hash: string;
};

/**
 * The next link of a chain. Chain, sequence and time are part of the hashed row, so that a row
 * cannot be moved to another place or chain.
 *
 * @param previous - the link before, or undefined for the first row.
 */
export function nextAuditRow(
  chain: string,
  previous: Pick<AuditRow, "sequence" | "hash"> | undefined,
  event: AuditEvent,
  nowMs: number,
): AuditRow {
  const sequence = (previous?.sequence ?? 0) + 1;
  const rowJson = canonicalJson({
    version: 1,
    chain,
    sequence,
    at: new Date(nowMs).toISOString(),
    ...event,
  });
  return { chain, sequence, rowJson, hash: chainHash(previous?.hash ?? "", rowJson) };
}
