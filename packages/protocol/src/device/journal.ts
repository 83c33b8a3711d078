import * as z from "zod/mini";

import { bootId, counter, deviceMessage, messageHash, orderId, serial } from "./fields.ts";

const factValue = z.union([z.string().check(z.maxLength(300)), z.number(), z.boolean()]);
const sequence = z.int().check(z.gte(1), z.lte(Number.MAX_SAFE_INTEGER));

/** What an agent records. A page shows an event of another version by this name. */
export type JournalEvent =
  | "enrolled"
  | "formatted"
  | "prepared"
  | "volume-kept"
  | "signed-in"
  | "passkey-rejected"
  | "unlocked"
  | "unlock-denied"
  | "unlock-failed"
  | "approval-waiting"
  | "approval-dropped"
  | "challenge-made"
  | "answer-rejected"
  | "grant-unused"
  | "receipt-undelivered"
  | "acknowledged"
  | "offline-lease-dead"
  | "locked"
  | "relocked"
  | "prepared-to-ship"
  | "broker-keys"
  | "broker-keys-rejected"
  | "rekey-added"
  | "rekey-confirming"
  | "rekey-overtaken"
  | "rekeyed"
  | "share-recovered"
  | "erasure-begun"
  | "sanitised";

/**
 * One row of a node's journal: the node's own claim, never a decision. `hash` is SHA-256 of
 * `previous` and the canonical JSON (RFC 8785) of the row without it.
 */
export const journalRow = z.strictObject({
  sequence,
  /** The machine's own clock, which can be set by hand: `sequence` is the order of rows. */
  at: z.iso.datetime(),
  bootId,
  event: z.string().check(z.maxLength(64)),
  facts: z.record(z.string(), factValue),
  /** The previous line was cut off by a crash or power cut while it was written. */
  afterTornLine: z.optional(z.literal(true)),
  /** Hash of the row before; empty in the first. */
  previous: z.string().check(z.maxLength(43)),
  hash: messageHash,
});
export type JournalRow = z.infer<typeof journalRow>;

/** More rows than fit into a message of 16 KiB. */
const JOURNAL_PAGE_MAX_ROWS = 128;

/** The next rows of a node's journal, oldest first, as many as fit. */
export const journalDelivery = deviceMessage({
  order: orderId,
  serial,
  bootId,
  counter,
  rows: z.array(journalRow).check(z.minLength(1), z.maxLength(JOURNAL_PAGE_MAX_ROWS)),
});
export type JournalDelivery = z.infer<typeof journalDelivery>;

/**
 * The broker's signature over the last row that it holds: delivered rows can never be rewritten.
 */
export const journalHead = deviceMessage({
  requestHash: messageHash,
  order: orderId,
  serial,
  sequence,
  hash: messageHash,
  receivedAt: z.iso.datetime(),
});
export type JournalHead = z.infer<typeof journalHead>;
