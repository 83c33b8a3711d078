import { canonicalJson, chainHash } from "@databox-cmk/crypto";
import {
  journalDelivery,
  type JournalDelivery,
  type JournalHead,
  type JournalRow,
  MESSAGE_TYPES,
} from "@databox-cmk/protocol";

import { decideJournal, type JournalFacts } from "../../core/decide-journal.ts";
import { malformed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { StoreTransaction } from "../../store/store.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Recording } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { actorOf, type DeviceMessage, type Sender } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";

/**
 * Accepts a node's record of its offline actions. Its rows become a claim of the node in the
 * order's audit trail, and the broker countersigns the last of them: from then on neither side can
 * rewrite them unnoticed.
 */
export const journalExchange = deviceVerb({
  action: "journal",
  type: MESSAGE_TYPES.journal,
  schema: journalDelivery,
  answer: takeJournal,
});

async function takeJournal(
  { commit, keys, appendAudit, now }: Recording,
  message: DeviceMessage,
  sender: AuthenticDevice,
  said: JournalDelivery,
): Promise<Outcome<SignedAnswer>> {
  const { order, serial } = sender;
  const altered = said.rows.findIndex((row) => !isSealed(row));
  if (altered !== -1) return malformed(`rows.${String(altered)}: its hash is wrong`);
  const held = await commit(async (transaction): Promise<Outcome<HeldHead>> => {
    const decision = decideJournal(said.rows, await loadFacts(transaction, sender, said));
    if (!decision.ok) return decision;
    const nowMs = now();
    await store(transaction, sender, decision.value, nowMs);
    const [first] = decision.value;
    const last = decision.value.at(-1);
    if (first !== undefined && last !== undefined)
      await appendAudit(transaction, order, {
        action: "journal",
        actor: actorOf(message, sender),
        outcome: "done",
        serial,
        requestHash: message.hash,
        correlationId: message.correlationId,
        signed: message.text,
        detail: { fromSequence: first.sequence, toSequence: last.sequence, journalHead: last.hash },
        claims: decision.value,
      });
    return { ok: true, value: await loadHead(transaction, sender) };
  });
  if (!held.ok) return held;
  const head: JournalHead = {
    requestHash: message.hash,
    order,
    serial,
    sequence: held.value.sequence,
    hash: held.value.hash,
    receivedAt: new Date(held.value.receivedAtMs).toISOString(),
  };
  return { ok: true, value: await signAnswer(keys.signing, MESSAGE_TYPES.journalHead, head) };
}

type HeldHead = { readonly sequence: number; readonly hash: string; readonly receivedAtMs: number };

/** Computed as in the agent: SHA-256 over the previous hash and the canonical row. */
function isSealed({ hash, ...row }: JournalRow): boolean {
  return chainHash(row.previous, canonicalJson(row)) === hash;
}

async function loadFacts(
  transaction: StoreTransaction,
  { order, serial }: Sender,
  { rows }: JournalDelivery,
): Promise<JournalFacts> {
  const head = await findHead(transaction, { order, serial });
  const known = await transaction
    .selectFrom("journal_rows")
    .select(["sequence", "hash"])
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("sequence", ">=", rows[0]?.sequence ?? 0)
    .where("sequence", "<=", rows.at(-1)?.sequence ?? 0)
    .execute();
  return { head, known: new Map(known.map(({ sequence, hash }) => [sequence, hash])) };
}

function findHead(transaction: StoreTransaction, { order, serial }: Sender) {
  return transaction
    .selectFrom("journal_rows")
    .select(["sequence", "hash", "received_at_ms"])
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
}

async function loadHead(transaction: StoreTransaction, sender: Sender): Promise<HeldHead> {
  const head = await findHead(transaction, sender);
  if (head === undefined) throw new Error("a journal without a row");
  return { sequence: head.sequence, hash: head.hash, receivedAtMs: head.received_at_ms };
}

/** Of two concurrent deliveries, on two replicas, one fails here as a whole and is repeated. */
async function store(
  transaction: StoreTransaction,
  { order, serial }: Sender,
  rows: readonly JournalRow[],
  nowMs: number,
): Promise<void> {
  if (rows.length === 0) return;
  await transaction
    .insertInto("journal_rows")
    .values(
      rows.map(({ sequence, hash }) => ({
        order_id: order,
        serial,
        sequence,
        hash,
        received_at_ms: nowMs,
      })),
    )
    .execute();
}
