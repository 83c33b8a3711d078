import { canonicalJson, chainHash } from "@databox-cmk/crypto";
import type { JournalRow } from "@databox-cmk/protocol";

/** A node's journal as an agent writes it: a row for each event, after those that it has. */
export function journalOf(
  events: readonly string[],
  before: readonly JournalRow[] = [],
): readonly JournalRow[] {
  const rows = [...before];
  for (const event of events) {
    const row = {
      sequence: rows.length + 1,
      at: "2026-01-02T03:04:05.678Z",
      bootId: "boot-number-1",
      event,
      facts: { code: "X" },
      previous: rows.at(-1)?.hash ?? "",
    };
    rows.push({ ...row, hash: chainHash(row.previous, canonicalJson(row)) });
  }
  return rows;
}
