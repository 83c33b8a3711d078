import { canonicalJson, chainHash } from "@databox-cmk/crypto";
import { bootId, messageHash } from "@databox-cmk/protocol";
import * as z from "zod/mini";

const factValue = z.union([z.string().check(z.maxLength(300)), z.number(), z.boolean()]);

export const journalRow = z.strictObject({
  sequence: z.int().check(z.gte(1)),
  /** The machine's own clock, which is set by hand: the order of rows is `sequence`. */
  at: z.iso.datetime(),
  bootId,
  event: z.string().check(z.maxLength(64)),
  facts: z.record(z.string(), factValue),
  /** The line before this one was cut off by a crash or power cut while it was written. */
  afterTornLine: z.optional(z.literal(true)),
  /** Hash of the row before; empty in the first. */
  previous: z.string().check(z.maxLength(43)),
  hash: messageHash,
});
export type JournalRow = z.infer<typeof journalRow>;
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

/** One line of the file, or `undefined` when it is none: cut off, or not a journal's. */
export function parseRow(line: string): JournalRow | undefined {
  try {
    const parsed = journalRow.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
