import { sql } from "kysely";

import { DAY_MS } from "../core/day.ts";
import type { Clock } from "../core/ports.ts";
import { remember } from "../core/remember.ts";
import { appliedMigrations } from "../store/migrate.ts";
import { MIGRATIONS } from "../store/migrations.ts";
import type { Store } from "../store/store.ts";
import type { ReadProbeLoads } from "./probe-loads.ts";

/** Figures of the whole installation, from the database. */
export type FleetFigures = Readonly<Awaited<ReturnType<typeof readFigures>>> & {
  /** The largest one of all vaults. */
  readonly probeLoad: number;
};

/** The database is queried at most once in this time, however many scrapers there are. */
const REMEMBERED_MS = 10_000;

/** A node closes its volume within seconds of the order. */
const CONFIRMED_WITHIN_MS = 60_000;

export const createFleetFigures = (
  store: Store,
  now: Clock,
  probeLoads: ReadProbeLoads,
): (() => Promise<FleetFigures>) =>
  remember(now, REMEMBERED_MS, async (nowMs) => ({
    ...(await readFigures(store, nowMs)),
    probeLoad: [...(await probeLoads()).values()].reduce((most, load) => Math.max(most, load), 0),
  }));

async function readFigures(store: Store, nowMs: number) {
  const [
    leases,
    open,
    campaigns,
    unconfirmed,
    keyHealth,
    revocations,
    restores,
    waiting,
    probe,
    upkeep,
    applied,
  ] = await Promise.all([
    store
      .selectFrom("leases")
      .select(["state as label", (row) => row.fn.countAll<number>().as("count")])
      .groupBy("state")
      .execute(),
    store
      .selectFrom("leases")
      .select((row) => row.fn.countAll<number>().as("count"))
      .where("state", "=", "live")
      // An appliance whose answer was carried has no network to renew by.
      .where("offline_json", "is", null)
      // The grace period in milliseconds would not fit PostgreSQL's integer.
      .where("outage_grace_seconds", ">", sql<number>`(${nowMs} - renewed_at_ms) / 1000`)
      .executeTakeFirstOrThrow(),
    store
      .selectFrom("campaigns")
      .leftJoin("campaign_orders", "campaign_orders.campaign_id", "campaigns.id")
      .where("campaigns.state", "=", "running")
      .groupBy(["campaigns.id", "campaigns.created_at_ms"])
      .select((row) => [
        "campaigns.created_at_ms as created",
        row.fn.max("campaign_orders.finished_at_ms").as("finished"),
      ])
      .execute(),
    store
      .selectFrom("leases")
      .select((row) => row.fn.countAll<number>().as("count"))
      .where("state", "=", "refused")
      .where("told_at_ms", "<", nowMs - CONFIRMED_WITHIN_MS)
      // A node that has sent no receipt for a day no longer counts.
      .where("told_at_ms", ">", nowMs - DAY_MS)
      .executeTakeFirstOrThrow(),
    store
      .selectFrom("key_health")
      .select(["state as label", (row) => row.fn.countAll<number>().as("count")])
      .groupBy("state")
      .execute(),
    store
      .selectFrom("revocations")
      .select(["kind as label", (row) => row.fn.countAll<number>().as("count")])
      .where("lifted_at_ms", "is", null)
      .groupBy("kind")
      .execute(),
    store
      .selectFrom("restores")
      .select((row) => row.fn.countAll<number>().as("count"))
      .where("confirmed", "=", "")
      .executeTakeFirstOrThrow(),
    store
      .selectFrom("webhook_deliveries")
      .select((row) => row.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow(),
    store
      .selectFrom("probes")
      .innerJoin("lease_keys", (join) =>
        join
          .onRef("lease_keys.identity", "=", "probes.identity")
          .onRef("lease_keys.kid", "=", "probes.kid"),
      )
      .where("lease_keys.state", "=", "live")
      .select((row) => row.fn.min("probes.due_at_ms").as("due"))
      .executeTakeFirst(),
    store.selectFrom("upkeep").select(["work", "at_ms", "ok"]).execute(),
    appliedMigrations(store),
  ]);
  const due = probe?.due ?? nowMs;
  return {
    leases: counts(leases),
    openLeases: open.count,
    campaignIdleSeconds: Math.max(
      0,
      ...campaigns.map(({ created, finished }) => (nowMs - (finished ?? created)) / 1000),
    ),
    relocksUnconfirmed: unconfirmed.count,
    keyHealth: counts(keyHealth),
    revocations: counts(revocations),
    restoresUnconfirmed: restores.count,
    waitingEvents: waiting.count,
    // By the name of the work: when it was done, and whether it found no fault.
    upkeepSeconds: mapOf(upkeep.map(({ work, at_ms: atMs }) => [work, atMs / 1000])),
    upkeepOk: mapOf(upkeep.map(({ work, ok }) => [work, ok])),
    /** Migrations of this program that the database lacks. */
    migrationsPending: Object.keys(MIGRATIONS).filter((name) => !applied.includes(name)).length,
    probesOverdueSeconds: Math.max(0, nowMs - due) / 1000,
  };
}

const counts = (rows: readonly { readonly label: string; readonly count: number }[]) =>
  mapOf(rows.map(({ label, count }) => [label, count]));

const mapOf = (entries: readonly (readonly [string, number])[]): ReadonlyMap<string, number> =>
  new Map(entries);
