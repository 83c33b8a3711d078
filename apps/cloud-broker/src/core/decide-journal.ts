import type { JournalRow } from "@databox-cmk/protocol";

import { failed, malformed } from "./failed.ts";
import type { Outcome } from "./ports.ts";

/** The part of a node's journal that the broker holds. */
export type JournalFacts = {
  /** The last row that the broker accepted; undefined before the first. */
  readonly head: { readonly sequence: number; readonly hash: string } | undefined;
  /** Hash of each stored row in the delivered range. */
  readonly known: ReadonlyMap<number, string>;
};

/**
 * Selects the new rows. Stored rows are recognised by their hash, so a page may be delivered twice.
 * A row that differs from the stored row of the same sequence is a fork; missing rows are a gap.
 *
 * @param rows - each sealed by its own hash; the caller has checked that.
 */
export function decideJournal(
  rows: readonly JournalRow[],
  { head, known }: JournalFacts,
): Outcome<readonly JournalRow[]> {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before !== undefined && !follows(row, before))
      return malformed(`rows.${String(index)}: does not follow the row before it`);
  }
  const [first] = rows;
  if (first === undefined) return { ok: true, value: [] };
  if (first.sequence === 1 && first.previous !== "")
    return malformed("rows.0: the first row of a journal names a previous row");
  const forked = rows.find(({ sequence, hash }) => (known.get(sequence) ?? hash) !== hash);
  if (forked !== undefined) return broken("fork", forked.sequence);
  const news = rows.filter(({ sequence }) => sequence > (head?.sequence ?? 0));
  const [firstNew] = news;
  if (firstNew === undefined) return { ok: true, value: [] };
  const expected = (head?.sequence ?? 0) + 1;
  if (firstNew.sequence !== expected) return broken("gap", firstNew.sequence, expected);
  if (firstNew.previous !== (head?.hash ?? "")) return broken("fork", firstNew.sequence);
  return { ok: true, value: news };
}

function follows(row: JournalRow, before: JournalRow): boolean {
  return row.sequence === before.sequence + 1 && row.previous === before.hash;
}

function broken(reason: "fork" | "gap", sequence: number, expected?: number): Outcome<never> {
  const place = `row ${String(sequence)}`;
  return failed({
    code: "JournalBroken",
    reason,
    detail: expected === undefined ? place : `${place}, expected row ${String(expected)}`,
  });
}
