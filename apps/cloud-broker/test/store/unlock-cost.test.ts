import { LeaseClient, openPostgresLink, type PostgresLink } from "@databox-cmk/testkit";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { ENGINE, openTestStore } from "./open-test-store.ts";

/** The database work of one message: a count is the same on every machine. */
type Cost = {
  readonly statements: number;
  /** On PostgreSQL: how often something is sent that follows an answer. */
  readonly roundTrips?: number;
  /** On SQLite: durable ones. */
  readonly commits?: number;
};
const EXPECTED: Record<"sqlite" | "postgres", Record<"unlock" | "renewal", Cost>> = {
  sqlite: {
    unlock: { statements: 19, commits: 2 },
    renewal: { statements: 5, commits: 1 },
  },
  postgres: {
    unlock: { statements: 17, roundTrips: 5 },
    renewal: { statements: 3, roundTrips: 3 },
  },
};

const passed = { commits: 0, statements: 0 };
let link: PostgresLink | undefined;
let world: BrokerWorld;
beforeAll(async () => {
  const server = inject("postgres");
  link = server && (await openPostgresLink(server.url));
  world = await openBroker({
    replicas: 1,
    settings: {
      RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: "1000",
      RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: "1000",
    },
    openStore: (path) =>
      openTestStore(
        path,
        (file) =>
          new Database(file, {
            verbose: (sql) => {
              if (sql === "commit") passed.commits += 1;
            },
          }),
        link?.url,
      ),
  });
  world.store().queryTimes?.tellTo(() => {
    passed.statements += 1;
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await link?.[Symbol.asyncDispose]();
});

const count = () => ({ ...passed, roundTrips: link?.roundTrips() ?? 0 });

async function costOf(run: () => unknown): Promise<Cost> {
  const before = count();
  await run();
  const after = count();
  const statements = after.statements - before.statements;
  return ENGINE === "sqlite"
    ? { statements, commits: after.commits - before.commits }
    : { statements, roundTrips: after.roundTrips - before.roundTrips };
}

test("an unlock and a renewal cost the database what they are known to cost", async () => {
  const device = await world.delivered("cost");
  // Connections and prepared statements are made once.
  await (await LeaseClient.unlock(device)).renew();
  await world.broker().idle();
  for (let again = 0; again < 3; again += 1) {
    const leases: LeaseClient[] = [];
    const unlocked = await costOf(async () => leases.push(await LeaseClient.unlock(device)));
    const renewed = await costOf(() => leases[0]?.renew());
    expect({ unlock: unlocked, renewal: renewed }).toEqual(EXPECTED[ENGINE]);
  }
});
