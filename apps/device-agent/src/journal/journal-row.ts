import { canonicalJson, chainHash } from "@databox-cmk/crypto";
import { journalRow, type JournalRow } from "@databox-cmk/protocol";

export type JournalFacts = Readonly<Record<string, string | number | boolean>>;

export function sealRow(row: Omit<JournalRow, "hash">): JournalRow {
  return { ...row, hash: hashOf(row) };
}

export function isSealed({ hash, ...row }: JournalRow): boolean {
  return hashOf(row) === hash;
}

function hashOf(row: Omit<JournalRow, "hash">): string {
  return chainHash(row.previous, canonicalJson(row));
}

/** One line of the file; `undefined` for a truncated line, or one of another format. */
export function parseRow(line: string): JournalRow | undefined {
  try {
    const parsed = journalRow.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
