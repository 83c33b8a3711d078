import type { Envelope } from "@databox-cmk/crypto";
import { ERRORS } from "@databox-cmk/errors";
import { sql } from "kysely";

import { type Auditing, note, recorded } from "../audit/record.ts";
import { failed } from "../core/failed.ts";
import { failureColumns } from "../core/failure-columns.ts";
import { keyAddressOf, parseKeyUrl } from "../core/key-url.ts";
import type { KeyChoice } from "../core/order.ts";
import type { Actor, Failure, KeySubject, KeyValidation, Outcome } from "../core/ports.ts";
import { orderFacts } from "../core/recovery-facts.ts";
import { columnsOf } from "../store/key-choice-columns.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Commit, Work } from "../store/transactions.ts";
import { bindRevision, CommitConflict, isTakenKey } from "./bind-revision.ts";
import { type CurrentKey, loadCurrentKey } from "./current-key.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import type { AlsoCommit } from "./key-custody.ts";
import type { BackupDependencies } from "./open-by-backup.ts";
import { loadOwnPasskey, type OwnPasskey } from "./own-passkey.ts";
import { noteWorking } from "./primary-standings.ts";
import { rewrapEnvelope } from "./rewrap-envelope.ts";
import { loadCurrentEnvelopes, type StoredEnvelope } from "./stored-envelopes.ts";
import { usableKeyOf } from "./usable-key.ts";
import { type ValidateDependencies, validateKey } from "./validate-key.ts";

export type KeyChange = {
  readonly subject: KeySubject;
  readonly choice: KeyChoice;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly alsoCommit: AlsoCommit | undefined;
};

/** The present wrappings and the future ones; nothing is committed yet. */
type MovedWrappings = {
  readonly nodes: readonly { readonly from: StoredEnvelope; readonly to: Envelope }[];
  readonly ownPasskey: { readonly from: OwnPasskey; readonly to: Envelope } | undefined;
};

/**
 * Checks the key, re-wraps everything, and only then commits all of it together. Until the commit
 * the old key is in force.
 */
export async function changeKey(
  deps: CustodyDependencies,
  change: KeyChange,
): Promise<Outcome<KeyValidation>> {
  const { subject, choice } = change;
  const validation = await validateChoice(deps, subject, choice);
  if (!validation.outcome.ok) return refuse(deps, change, validation.outcome.failure);
  const current = await loadCurrentKey(deps.store, subject.order);
  const moved =
    current === undefined
      ? NOTHING_MOVED
      : await moveAll(deps, change, current, validation.outcome.value.kid);
  if (!moved.ok) return refuse(deps, change, moved.failure);
  const { kid } = moved.value;
  try {
    const commitWork: Commit = deps.commit ?? ((work) => deps.store.transaction().execute(work));
    await commitWork(commit(deps, change, current, moved.value));
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    return refuse(deps, change, { code: "RewrapConflict", facts: orderFacts(subject.order) });
  }
  await deps.listener?.changed(subject.order, choice);
  return {
    ok: true,
    value:
      kid === undefined
        ? validation
        : { checks: validation.checks, outcome: { ok: true, value: { kid } } },
  };
}

/**
 * The customer cannot check the service's own key; it is read only when something is wrapped to it.
 */
export async function validateChoice(
  deps: ValidateDependencies,
  subject: KeySubject,
  choice: KeyChoice,
): Promise<KeyValidation> {
  return choice.kekType === "CustomerManaged"
    ? validateKey(deps, subject, choice)
    : { checks: [], outcome: { ok: true, value: {} } };
}

type MovedTo = MovedWrappings & { readonly kid: string | undefined };
const NOTHING_MOVED: Outcome<MovedTo> = {
  ok: true,
  value: { nodes: [], ownPasskey: undefined, kid: undefined },
};

/** Unwraps, wraps and compares everything; writes nothing. */
export async function moveAll(
  deps: BackupDependencies,
  { subject, choice }: Pick<KeyChange, "subject" | "choice">,
  current: CurrentKey,
  validatedKid: string | undefined,
): Promise<Outcome<MovedTo>> {
  const stored = await loadCurrentEnvelopes(deps.store, current.order);
  const ownPasskey = await loadOwnPasskey(deps.store, current.order);
  if (stored.length === 0 && ownPasskey === undefined)
    return { ok: true, value: { nodes: [], ownPasskey: undefined, kid: validatedKid } };
  const usable = usableKeyOf(deps, subject, subject.identities, choice);
  if (!usable.ok) return usable;
  const key = validatedKid === undefined ? await deps.reader.readUsable(usable.value) : undefined;
  if (key?.ok === false) return key;
  const kid = validatedKid ?? key?.value.kid;
  if (kid === undefined) throw new Error("a key without version");
  const next = { usable: usable.value, kid };
  const nodes: { from: StoredEnvelope; to: Envelope }[] = [];
  for (const from of stored) {
    const to = await rewrapEnvelope(deps, current, next, from);
    if (!to.ok) return to;
    if (to.value !== undefined) nodes.push({ from, to: to.value });
  }
  const own =
    ownPasskey === undefined ? undefined : await rewrapEnvelope(deps, current, next, ownPasskey);
  if (own?.ok === false) return own;
  const ownMoved =
    ownPasskey !== undefined && own?.value !== undefined
      ? { from: ownPasskey, to: own.value }
      : undefined;
  return { ok: true, value: { nodes, ownPasskey: ownMoved, kid } };
}

function commit(
  deps: Pick<CustodyDependencies, "appendAudit" | "keyVaultSuffixes" | "listener" | "now">,
  { subject, choice, actor, correlationId, alsoCommit }: KeyChange,
  current: CurrentKey | undefined,
  { nodes, ownPasskey, kid }: MovedTo,
): Work<boolean> {
  const { order } = subject;
  const entry = { chain: order, action: "key/change", context: { actor, correlationId } } as const;
  return recorded(deps.appendAudit, entry, async (transaction) => {
    await alsoCommit?.(transaction);
    await deps.listener?.changing(transaction, order, choice);
    await makeCurrent(
      transaction,
      order,
      { choice, kid, key: addressOf(deps.keyVaultSuffixes, choice) },
      current,
    );
    if (nodes.length > 0) await insertNextGeneration(transaction, order, nodes, kid, deps.now());
    if (ownPasskey !== undefined) await replaceOwnPasskey(transaction, order, ownPasskey);
    await forgetStandIn(transaction, order, kid);
    return { kid, detail: { kekType: choice.kekType, envelopes: nodes.length } };
  });
}

/**
 * A backup that becomes the current key is no longer a backup, and the former key's problems no
 * longer matter.
 */
async function forgetStandIn(
  transaction: StoreTransaction,
  order: KeySubject["order"],
  kid: string | undefined,
): Promise<void> {
  await noteWorking(transaction, order);
  if (kid === undefined) return;
  await transaction
    .deleteFrom("backup_keys")
    .where("order_id", "=", order)
    .where("kid", "=", kid)
    .execute();
}

async function makeCurrent(
  transaction: StoreTransaction,
  order: KeySubject["order"],
  { choice, kid, key }: { choice: KeyChoice; kid: string | undefined; key: Addressed | undefined },
  current: CurrentKey | undefined,
): Promise<void> {
  const columns = {
    ...columnsOf(choice),
    kid: kid ?? null,
    key_address: key?.address ?? null,
    follows_newest: key?.followsNewest === true ? 1 : 0,
  };
  if (key?.followsNewest === true) await pollFromNow(transaction, key.address);
  if (current === undefined) {
    try {
      await transaction
        .insertInto("order_keys")
        .values({ order_id: order, ...columns, revision: 1 })
        .execute();
    } catch (error) {
      throw isTakenKey(error) ? new CommitConflict() : error;
    }
    return;
  }
  if (!(await bindRevision(transaction, order, current.revision, columns)))
    throw new CommitConflict();
}

type Addressed = { readonly address: string; readonly followsNewest: boolean };

function addressOf(suffixes: readonly string[], choice: KeyChoice): Addressed | undefined {
  if (choice.kekType === "MicrosoftManaged") return undefined;
  const key = parseKeyUrl(choice.kekUrl, suffixes);
  return key.ok
    ? { address: keyAddressOf(key.value), followsNewest: key.value.version === undefined }
    : undefined;
}

/**
 * Runs in the transaction of the change, so that a followed key always has its poll. A row that
 * exists is not changed, but locked: a poll would delete it as long as it sees no follower.
 */
async function pollFromNow(transaction: StoreTransaction, address: string): Promise<void> {
  await transaction
    .insertInto("key_polls")
    .values({ key_address: address, due_at_ms: 0 })
    .onConflict((conflict) =>
      conflict
        .column("key_address")
        .doUpdateSet({ due_at_ms: 0 })
        .where(sql<boolean>`1 = 0`),
    )
    .execute();
}

async function insertNextGeneration(
  transaction: StoreTransaction,
  order: KeySubject["order"],
  nodes: MovedWrappings["nodes"],
  kid: string | undefined,
  nowMs: number,
): Promise<void> {
  try {
    await transaction
      .insertInto("envelopes")
      .values(
        nodes.map(({ from, to }) => ({
          order_id: order,
          serial: from.serial,
          generation: from.generation + 1,
          env: from.env,
          kid: kid ?? from.kid,
          jwe_json: JSON.stringify(to.toJSON()),
          created_at_ms: nowMs,
        })),
      )
      .execute();
  } catch (error) {
    throw isTakenKey(error) ? new CommitConflict() : error;
  }
}

async function replaceOwnPasskey(
  transaction: StoreTransaction,
  order: KeySubject["order"],
  { from, to }: NonNullable<MovedWrappings["ownPasskey"]>,
): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable("own_passkeys")
    .set({ envelope_json: JSON.stringify(to.toJSON()) })
    .where("order_id", "=", order)
    .where("envelope_json", "=", from.json)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new CommitConflict();
}

/** A failed change is also a decision, and audited; nothing else is written. */
async function refuse(
  deps: Auditing,
  { subject, actor, choice, correlationId }: KeyChange,
  failure: Failure,
): Promise<Outcome<never>> {
  const context = { actor, correlationId };
  await note(
    deps,
    { chain: subject.order, action: "key/change", context },
    {
      outcome: ERRORS[failure.code].class === "refused" ? "refused" : "failed",
      ...failureColumns(failure),
      detail: { kekType: choice.kekType },
    },
  );
  return failed(failure);
}
