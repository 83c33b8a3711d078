import { setTimeout } from "node:timers/promises";

import { type Facts, isErrorCode } from "@databox-cmk/errors";
import type { UnlockPolicy } from "@databox-cmk/protocol";

import { dayOf, decideOfflineUse } from "../../core/decide-offline.ts";
import { endOf, termsFor, votesThatCount } from "../../core/decide-release.ts";
import { decideLock } from "../../core/lock-state.ts";
import {
  type EpochMs,
  foldOrderId,
  type OrderId,
  orderIdOf,
  type OrderName,
} from "../../core/order.ts";
import { recoveryFacts } from "../../core/recovery-facts.ts";
import { releaseOf, termsOf } from "../../core/release-terms.ts";
import { askedPurposeAt } from "../../core/unlock-purposes.ts";
import {
  decideVerdict,
  isDispatchAhead,
  type NodeFacts,
  type Verdict,
  type VerdictFacts,
} from "../../core/verdict.ts";
import { readRecoverability } from "../../custody/device-shares.ts";
import { storedHealthOf } from "../../custody/stored-health.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { lifecycleOfRow } from "../../orders/order.ts";
import { identityOf } from "../../orders/read-order.ts";
import { keyChoiceOf } from "../../store/key-choice-columns.ts";
import { ofSameNode } from "../../store/of-same-node.ts";
import type { Store } from "../../store/store.ts";
import { APPROVAL_COLUMNS, approvalOf, readVotes } from "../approvals/stored-approvals.ts";
import { isOfAnyNode, nodeScope, scopesOver } from "../kill-switches/revocations.ts";
import { type NodeLock, readLocks } from "../leases/read-lock-facts.ts";
import { budgetOf, checkBudget } from "../limits/unlock-budget.ts";
import { parseStoredPolicy } from "../policy/read-unlock-policy.ts";

export type VerdictDependencies = Plane<"store" | "now" | "stillApproves" | "findTrouble"> & {
  readonly settings: Pick<Plane<"settings">["settings"], "defaultPolicy" | "offlineUnlocksPerDay">;
};

/** For counts and the bell: no state of an order depends on whom Resource Manager knows. */
export const ANYBODY = () => Promise.resolve({ ok: true, value: true } as const);

export type OrderVerdict = {
  readonly verdict: Verdict;
  /** The facts that decided it. */
  readonly facts: VerdictFacts;
  readonly names: Facts;
  readonly nodes: readonly NodeLock[];
};

/**
 * The verdict of one order.
 *
 * @throws {AppError} as `findOrder`
 */
export async function readVerdict(
  deps: VerdictDependencies,
  name: OrderName,
): Promise<OrderVerdict> {
  const id = orderIdOf(name);
  const found = (await readVerdicts(deps, [id])).get(id);
  if (found !== undefined) return found;
  await findOrder(deps.store, name);
  return readVerdict(deps, name);
}

/** The verdicts of a page of orders, by the same number of queries for any number of orders. */
export async function readVerdicts(
  deps: VerdictDependencies,
  orders: readonly OrderId[],
): Promise<ReadonlyMap<OrderId, OrderVerdict>> {
  if (orders.length === 0) return new Map();
  const { store, settings, now } = deps;
  const nowMs = now();
  const rows = await selectOrders(store, orders, dayOf(nowMs));
  const identities = Map.groupBy(await selectIdentities(store, orders), (row) => row.order);
  const { locks, switches } = await readLocks(store, orders);
  const { requests, emergencies } = await readReleases(store, orders, nowMs);
  const policyOf = (row: (typeof rows)[number]): UnlockPolicy =>
    parseStoredPolicy(row.policy_json) ?? settings.defaultPolicy;
  const unknown = await findUnknown(
    deps,
    rows.flatMap((row) => {
      const purpose = askedPurposeAt(lifecycleOfRow(row)) ?? "unlock";
      const { approvers } = releaseOf(policyOf(row), purpose).approvals;
      return approvers.map((approver) => ({ order: row.id, approver }));
    }),
  );
  const backups = Map.groupBy(await selectBackupKeys(store, orders), (row) => row.order_id);
  const trouble = await deps.findTrouble();
  const ahead = rows.filter((row) => isDispatchAhead(lifecycleOfRow(row))).map(({ id }) => id);
  const recoverable = new Map(
    (await readRecoverability(store, ahead)).map(({ order, serial, isRecoverable }) => [
      nodeScope(order, serial),
      isRecoverable,
    ]),
  );
  const drills = await readDrills(store, ahead);
  const found = new Map<OrderId, OrderVerdict>();
  for (const row of rows) {
    const { id } = row;
    const policy = policyOf(row);
    const key = keyChoiceOf(row);
    const names = recoveryFacts({ id, key, identities: identities.get(id) ?? [] });
    const order = lifecycleOfRow(row);
    const stored =
      key.kekType === "CustomerManaged" && row.health_state !== null
        ? storedHealthOf({
            ...row,
            state: row.health_state,
            facts_json: row.facts_json ?? "{}",
            risks_json: row.risks_json ?? "[]",
            changed_at_ms: row.changed_at_ms ?? 0,
          })
        : undefined;
    const silence = stored?.inconclusive?.code;
    const locked = locks.get(id) ?? [];
    const purpose = askedPurposeAt(order) ?? "unlock";
    const terms = termsOf(policy, purpose);
    const carried = decideOfflineUse(terms, row.carried ?? 0, settings.offlineUnlocksPerDay);
    const isLifting = policy.release.breakGlass;
    const ofOrder = isLifting ? emergencies.get(id) : undefined;
    const nodes = locked.map(({ serial, deviceKid, facts }): NodeFacts => {
      const asked = requests.get(nodeScope(id, serial));
      const emergency = ofOrder ?? (isLifting ? emergencies.get(nodeScope(id, serial)) : undefined);
      const { lock, untilMs } = decideLock(facts, nowMs);
      const required = asked && termsFor(asked, terms).release.required;
      const given = asked && votesThatCount(asked, { terms, nowMs, lostRight: new Set() }).length;
      const isWaiting = required !== undefined && given !== undefined && given < required;
      return {
        serial,
        deviceKid,
        switches: switches.get(nodeScope(id, serial)) ?? [],
        breakGlass: emergency?.id,
        waiting: isWaiting ? asked : undefined,
        permitUntilMs: emergency?.expires_at_ms ?? asked?.expiresAtMs,
        isSilent: lock === "grace",
        openUntilMs: untilMs,
        isRecoverable: facts.isPrepared ? recoverable.get(nodeScope(id, serial)) : undefined,
      };
    });
    const facts: VerdictFacts = {
      nowMs,
      names,
      order,
      policy,
      trouble,
      spent: checkBudget(budgetOf(row), nowMs),
      notCarried: carried.ok ? undefined : carried.failure,
      health: stored?.health,
      silence: silence !== undefined && isErrorCode(silence) ? silence : undefined,
      switches: scopesOver(id).flatMap((scope) => switches.get(scope) ?? []),
      hasRecoveryKey: backups.get(id)?.some(({ kind }) => kind === "recovery") === true,
      backups: backups.get(id)?.length ?? 0,
      isOwnKey: key.kekType === "CustomerManaged",
      drill: drills.get(id),
      unknownApprovers: unknown.filter(({ order: of }) => of === id).map((each) => each.approver),
      breakGlass: ofOrder?.id,
      nodes,
    };
    found.set(id, { verdict: decideVerdict(facts), facts, names, nodes: locked });
  }
  return found;
}

/** Each join has the ids itself: PostgreSQL would read the whole table otherwise. */
const selectOrders = (store: Store, orders: readonly OrderId[], day: string) =>
  store
    .selectFrom("orders")
    .leftJoin("order_keys", (join) =>
      join.onRef("order_keys.order_id", "=", "orders.id").on("order_keys.order_id", "in", orders),
    )
    .leftJoin("key_health", (join) =>
      join.onRef("key_health.order_id", "=", "orders.id").on("key_health.order_id", "in", orders),
    )
    .leftJoin("unlock_policies", (join) =>
      join
        .onRef("unlock_policies.order_id", "=", "orders.id")
        .on("unlock_policies.order_id", "in", orders),
    )
    .leftJoin("unlock_budgets", (join) =>
      join
        .onRef("unlock_budgets.order_id", "=", "orders.id")
        .on("unlock_budgets.order_id", "in", orders),
    )
    .leftJoin("offline_uses", (join) =>
      join
        .onRef("offline_uses.order_id", "=", "orders.id")
        .on("offline_uses.order_id", "in", orders)
        .on("offline_uses.day", "=", day),
    )
    .select([
      "orders.id",
      "offline_uses.used as carried",
      "orders.stage",
      "orders.stage_status",
      "orders.transfer_type",
      "orders.state_json",
      "order_keys.kek_type",
      "order_keys.kek_url",
      "order_keys.kek_vault_resource_id",
      "order_keys.identity_type",
      "order_keys.identity_resource_id",
      "key_health.state as health_state",
      "key_health.code",
      "key_health.reason",
      "key_health.facts_json",
      "key_health.risks_json",
      "key_health.kid",
      "key_health.recoverable_days",
      "key_health.checked_at_ms",
      "key_health.changed_at_ms",
      "key_health.inconclusive_code",
      "key_health.inconclusive_at_ms",
      "unlock_policies.policy_json",
      "unlock_budgets.unlocks_per_day",
      "unlock_budgets.day_ms",
      "unlock_budgets.used",
    ])
    .where("orders.id", "in", orders)
    .execute();

async function selectIdentities(store: Store, orders: readonly OrderId[]) {
  const rows = await store
    .selectFrom("order_identities")
    .select(["order_id", "kind", "resource_id", "tenant_id", "client_id", "principal_id"])
    .where("order_id", "in", orders)
    .execute();
  return rows.map((row) => ({ order: row.order_id, ...identityOf(row) }));
}

/** Open requests and unused emergency access, by node; or by order, if it is for all nodes. */
async function readReleases(store: Store, orders: readonly OrderId[], nowMs: EpochMs) {
  const asked = await store
    .selectFrom("approvals")
    .innerJoin("orders", "orders.id", "approvals.order_id")
    .leftJoin("node_keys", ofSameNode("node_keys", "approvals"))
    .select(APPROVAL_COLUMNS)
    .select(["approvals.order_id", "approvals.serial"])
    .select(["orders.stage as stage_now", "node_keys.kid as kid_now"])
    .where("approvals.order_id", "in", orders)
    .where("approvals.state", "=", "open")
    .where("approvals.way", "<>", "change")
    .where("approvals.expires_at_ms", ">", nowMs)
    .orderBy("approvals.requested_at_ms")
    .execute();
  const allowed = await store
    .selectFrom("break_glass")
    .select(["id", "order_id", "serial", "switches", "expires_at_ms"])
    .where("order_id", "in", orders)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .execute();
  const concerned = new Set([...asked, ...allowed].map(placeOf));
  const switched = await countSwitches(store, concerned);
  const votes = await readVotes(
    store,
    asked.map(({ id }) => id),
  );
  const requests = asked.flatMap((row) => {
    const approval = approvalOf(row, votes.get(row.id) ?? []);
    const now = { nowMs, stage: row.stage_now, kid: row.kid_now ?? "" };
    const end = endOf(approval, { ...now, switches: switched(row) });
    return end === undefined ? [[placeOf(row), approval] as const] : [];
  });
  const emergencies = allowed.filter((row) => switched(row) <= (row.switches ?? 0));
  return {
    requests: new Map(requests),
    emergencies: new Map(emergencies.map((row) => [placeOf(row), row])),
  };
}

type Place = { readonly order_id: OrderId; readonly serial: string | null };
const placeOf = ({ order_id: order, serial }: Place): string =>
  serial === null ? order : nodeScope(order, serial);

function scopesOf(place: string): ReadonlySet<string> {
  const [order = ""] = place.split(" ", 1);
  return new Set([place, ...scopesOver(foldOrderId(order))]);
}

/**
 * How many switches there ever were: one since then ends a request. The switch of any node ends
 * a request for the whole order.
 */
async function countSwitches(
  store: Store,
  places: ReadonlySet<string>,
): Promise<(row: Place) => number> {
  const whole = [...places].filter((place) => !place.includes(" "));
  const rows =
    places.size === 0
      ? []
      : await store
          .selectFrom("revocations")
          .select("scope")
          .where((each) =>
            each.or([
              each("scope", "in", [
                ...new Set([...places].flatMap((place) => [...scopesOf(place)])),
              ]),
              ...whole.map((order) => isOfAnyNode(each, foldOrderId(order))),
            ]),
          )
          .execute();
  return (row) => {
    const scopes = scopesOf(placeOf(row));
    const isOver = (scope: string): boolean =>
      scopes.has(scope) || (row.serial === null && scope.startsWith(`${row.order_id} `));
    return rows.filter(({ scope }) => isOver(scope)).length;
  };
}

const selectBackupKeys = (store: Store, orders: readonly OrderId[]) =>
  store
    .selectFrom("backup_keys")
    .select(["order_id", "kind"])
    .where("order_id", "in", orders)
    .execute();

/** The last drill of each order: did every node answer? */
async function readDrills(store: Store, orders: readonly OrderId[]) {
  const rows =
    orders.length === 0
      ? []
      : await store
          .selectFrom("drills")
          .select((row) => [
            "order_id",
            row.fn.countAll<number>().as("asked"),
            row.fn.count<number>("answered_at_ms").as("answered"),
          ])
          .where("order_id", "in", orders)
          .groupBy(["order_id", "started_at_ms"])
          .orderBy("started_at_ms")
          .execute();
  return new Map(
    rows.map((row) => [
      row.order_id,
      row.answered === row.asked ? ("Passed" as const) : ("Attention" as const),
    ]),
  );
}

/** Of a page; an approver who is not looked up counts as one who may approve. */
const LOOK_UPS_MAX = 20;
/** A page does not wait longer for Resource Manager; the roles are remembered for 30 s. */
const LOOK_UPS_MS = 1000;

type Named = { readonly order: OrderId; readonly approver: string };

/** The approvers who may not approve; none of whom Resource Manager says nothing in time. */
async function findUnknown(
  { stillApproves }: Pick<VerdictDependencies, "stillApproves">,
  named: readonly Named[],
): Promise<readonly Named[]> {
  // A role may be on the order itself; those of a group are read by one call.
  const keyOf = ({ order, approver }: Named): string => `${approver} ${order}`;
  const asked = new Map(named.map((each) => [keyOf(each), each]));
  const refused = new Set<string>();
  const lookUps = [...asked].slice(0, LOOK_UPS_MAX).map(async ([key, { order, approver }]) => {
    const held = await stillApproves(approver, order);
    if (held.ok && !held.value) refused.add(key);
  });
  const done = new AbortController();
  const late = setTimeout(LOOK_UPS_MS, undefined, { signal: done.signal }).catch(() => undefined);
  try {
    await Promise.race([Promise.all(lookUps), late]);
  } finally {
    done.abort();
  }
  return named.filter((each) => refused.has(keyOf(each)));
}
