import { setImmediate } from "node:timers/promises";

import {
  type BrokerHealthView,
  type FleetView,
  type LockCounts,
  FLEET_CALLS,
} from "@databox-cmk/protocol";

import type { VaultHealth } from "../../azure/vault-health.ts";
import { decideLock } from "../../core/lock-state.ts";
import { type OrderId, foldOrderId } from "../../core/order.ts";
import { remember } from "../../core/remember.ts";
import { STAGES_IN_THE_FIELD } from "../../core/unlock-purposes.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { FleetFigures } from "../../observability/fleet-figures.ts";
import {
  ANYBODY,
  readVerdicts,
  type VerdictDependencies,
} from "../../release/verdict/read-verdicts.ts";
import { readStoreHealth } from "../../store/store-health.ts";
import type { Store } from "../../store/store.ts";
import { operator } from "../arm/arm-route.ts";

/** The operators' views: the state of the fleet's nodes, and the broker's status. */
export function createFleetViewRoutes(
  dependencies: VerdictDependencies & {
    readonly figures: () => Promise<FleetFigures>;
    readonly vaultHealth: VaultHealth;
  },
): readonly Route[] {
  const { now } = dependencies;
  const readFleet = remember(now, REMEMBERED_MS, (nowMs) => countFleet(dependencies, nowMs));
  const startedAtMs = now();
  return [
    operator.route(FLEET_CALLS.read, {
      action: "Microsoft.DataBox/operator/fleet/read",
      summary: "Counts the nodes in the field by lock state, region and key",
      handle: async () => ({ json: await readFleet() }),
    }),
    operator.route(FLEET_CALLS.readHealth, {
      action: "Microsoft.DataBox/operator/health/read",
      summary: "Reads the broker's status: database, vaults, leases, keys, events",
      handle: async () => ({ json: await readHealth(dependencies, startedAtMs) }),
    }),
  ];
}

async function readHealth(
  { store, figures, vaultHealth, now }: Parameters<typeof createFleetViewRoutes>[0],
  startedAtMs: number,
): Promise<BrokerHealthView> {
  const nowMs = now();
  const { leases, keyHealth, revocations, waitingEvents, probesOverdueSeconds } = await figures();
  return {
    asOf: renderTime(nowMs),
    startedAt: renderTime(startedAtMs),
    database: await readStoreHealth(store),
    vaults: vaultHealth.report(nowMs),
    leases: Object.fromEntries(leases),
    keyHealth: Object.fromEntries(keyHealth),
    revocations: Object.fromEntries(revocations),
    webhookEventsWaiting: waitingEvents,
    probeOverdueSeconds: probesOverdueSeconds,
  };
}

const PAGE = 500;
const KEYS_MAX = 50;
/** All callers within this time get the same answer. */
const REMEMBERED_MS = 15_000;

/** Deleted meanwhile. */
const NO_ORDER = { nodes: [], verdict: undefined } as const;

const noNodes = (): LockCounts => ({
  notPrepared: 0,
  locked: 0,
  unlocked: 0,
  grace: 0,
  revoked: 0,
});

/** Counts the nodes of the whole fleet, in pages so that other requests are served in between. */
async function countFleet(deps: VerdictDependencies, nowMs: number): Promise<FleetView> {
  const { store } = deps;
  const total = noNodes();
  const unlock = { Ready: 0, Waiting: 0, NotNow: 0, Blocked: 0 };
  const byLocation = new Map<string, LockCounts>();
  const byKey = new Map<string, LockCounts>();
  for (let after = foldOrderId(""); ;) {
    const orders = await readPage(store, after);
    const last = orders.at(-1);
    if (last === undefined) break;
    after = last.id;
    const ids = orders.map(({ id }) => id);
    // No state of an order depends on whom Resource Manager knows.
    const verdicts = await readVerdicts({ ...deps, stillApproves: ANYBODY }, ids);
    const keys = await readKeys(store, ids);
    for (const { id, location } of orders) {
      const { nodes, verdict } = verdicts.get(id) ?? NO_ORDER;
      if (verdict !== undefined) unlock[verdict.state] += 1;
      for (const { facts } of nodes) {
        const { lock } = decideLock(facts, nowMs);
        for (const counted of [total, at(byLocation, location), at(byKey, keys.get(id) ?? "")])
          counted[lock] += 1;
      }
    }
    await setImmediate();
  }
  return {
    asOf: renderTime(nowMs),
    total,
    unlock,
    byLocation: [...byLocation]
      .map(([location, nodes]) => ({ location, nodes }))
      .toSorted((one, other) => sum(other.nodes) - sum(one.nodes)),
    byKey: [...byKey]
      .filter(([keyUrl]) => keyUrl !== "")
      .map(([keyUrl, nodes]) => ({ keyUrl, nodes }))
      .toSorted((one, other) => sum(other.nodes) - sum(one.nodes))
      .slice(0, KEYS_MAX),
  };
}

async function readPage(store: Store, after: OrderId) {
  return store
    .selectFrom("orders")
    .select(["id", "location"])
    .where("id", ">", after)
    .where("stage", "in", STAGES_IN_THE_FIELD)
    .orderBy("id")
    .limit(PAGE)
    .execute();
}

/** The address, without version, of the key that wraps each order's nodes. */
async function readKeys(
  store: Store,
  orders: readonly OrderId[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await store
    .selectFrom("node_keys")
    .select(["order_id", "kid"])
    .where("order_id", "in", orders)
    .execute();
  return new Map(
    rows.map(({ order_id: order, kid }) => [order, kid.slice(0, kid.lastIndexOf("/"))]),
  );
}

function at(counts: Map<string, LockCounts>, name: string): LockCounts {
  const found = counts.get(name) ?? noNodes();
  counts.set(name, found);
  return found;
}

const sum = (counts: LockCounts): number =>
  Object.values(counts).reduce((one, other) => one + other, 0);
