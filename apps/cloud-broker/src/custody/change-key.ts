import { sql } from "kysely";

import { recorded } from "../audit/record.ts";
import { keyAddressOf, parseKeyUrl } from "../core/key-url.ts";
import type { KeyChoice } from "../core/order.ts";
import type { Actor, Failure, KeySubject, KeyValidation, Outcome } from "../core/ports.ts";
import { orderFacts } from "../core/recovery-facts.ts";
import { columnsOf } from "../store/key-choice-columns.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Commit, Work } from "../store/transactions.ts";
import { bindRevision, CommitConflict, isTakenKey } from "./bind-revision.ts";
import {
  auditRefusal,
  loadWrappings,
  type MovedWrapping,
  writeWrappings,
} from "./commit-recipients.ts";
import { type CurrentKey, loadCurrentKey } from "./current-key.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import type { AlsoCommit } from "./key-custody.ts";
import type { BackupDependencies } from "./open-by-backup.ts";
import { noteWorking } from "./primary-standings.ts";
import { rewrapEnvelope } from "./rewrap-envelope.ts";
import { usableKeyOf } from "./usable-key.ts";
import { type ValidateDependencies, validateKey } from "./validate-key.ts";

export type KeyChange = {
  readonly subject: KeySubject;
  readonly choice: KeyChoice;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly alsoCommit: AlsoCommit | undefined;
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
  const { order } = subject;
  const { kekType } = choice;
  const refuse = (failure: Failure) =>
    auditRefusal(deps, { order, action: "key/change" }, failure, change, { kekType });
  const validation = await validateChoice(deps, subject, choice);
  if (!validation.outcome.ok) return refuse(validation.outcome.failure);
  const current = await loadCurrentKey(deps.store, order);
  const moved =
    current === undefined
      ? NOTHING_MOVED
      : await moveAll(deps, change, current, validation.outcome.value.kid);
  if (!moved.ok) return refuse(moved.failure);
  const { kid } = moved.value;
  try {
    const commitWork: Commit = deps.commit ?? ((work) => deps.store.transaction().execute(work));
    await commitWork(commit(deps, change, current, moved.value));
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    return refuse({ code: "RewrapConflict", facts: orderFacts(order) });
  }
  await deps.listener?.changed(order, choice);
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

/** The present wrappings and the future ones; nothing is committed yet. */
type MovedTo = {
  readonly wrappings: readonly MovedWrapping[];
  readonly kid: string | undefined;
};
const NOTHING_MOVED: Outcome<MovedTo> = { ok: true, value: { wrappings: [], kid: undefined } };

/** Unwraps, wraps and compares everything; writes nothing. */
export async function moveAll(
  deps: BackupDependencies,
  { subject, choice }: Pick<KeyChange, "subject" | "choice">,
  current: CurrentKey,
  validatedKid: string | undefined,
): Promise<Outcome<MovedTo>> {
  const stored = await loadWrappings(deps.store, current.order);
  if (stored.length === 0) return { ok: true, value: { wrappings: [], kid: validatedKid } };
  const usable = usableKeyOf(deps, subject, subject.identities, choice);
  if (!usable.ok) return usable;
  const key = validatedKid === undefined ? await deps.reader.readUsable(usable.value) : undefined;
  if (key?.ok === false) return key;
  const kid = validatedKid ?? key?.value.kid;
  if (kid === undefined) throw new Error("a key without version");
  const next = { usable: usable.value, kid };
  const wrappings: MovedWrapping[] = [];
  for (const from of stored) {
    const to = await rewrapEnvelope(deps, current, next, from);
    if (!to.ok) return to;
    if (to.value !== undefined) wrappings.push({ from, to: to.value });
  }
  return { ok: true, value: { wrappings, kid } };
}

function commit(
  deps: Pick<CustodyDependencies, "appendAudit" | "keyVaultSuffixes" | "listener" | "now">,
  { subject, choice, actor, correlationId, alsoCommit }: KeyChange,
  current: CurrentKey | undefined,
  { wrappings, kid }: MovedTo,
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
    await writeWrappings(transaction, order, wrappings, deps.now(), kid);
    await forgetStandIn(transaction, order, kid);
    const envelopes = wrappings.filter(({ from }) => "serial" in from).length;
    return { kid, detail: { kekType: choice.kekType, envelopes } };
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
  await bindRevision(transaction, order, current.revision, columns);
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
