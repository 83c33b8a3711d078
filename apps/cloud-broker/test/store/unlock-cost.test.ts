import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";

import { openTemporaryFolder, LeaseClient } from "@databox-cmk/testkit";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { parseDatabaseUrl } from "../../src/config/database-url.ts";
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

const folder = openTemporaryFolder();
/** Of the server's own answers and questions, as they pass. */
const passed = { roundTrips: 0, commits: 0, statements: 0 };
let closeLink = () => Promise.resolve();
let world: BrokerWorld;
beforeAll(async () => {
  await openLink();
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
        folder.path,
      ),
  });
  world.store().queryTimes?.tellTo(() => {
    passed.statements += 1;
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await closeLink();
  folder[Symbol.dispose]();
});

/** Another way to the server, on which it can be seen who speaks. */
async function openLink(): Promise<void> {
  const server = inject("postgres");
  if (server === undefined) return;
  const { host = "", port } = parseDatabaseUrl(server.url) ?? {};
  const socketName = `.s.PGSQL.${String(port)}`;
  const listener = createServer((broker) => {
    const database = connect(join(host, socketName));
    let isAnswered = true;
    broker.on("data", (chunk) => {
      if (isAnswered) passed.roundTrips += 1;
      isAnswered = false;
      database.write(chunk);
    });
    database.on("data", (chunk) => {
      isAnswered = true;
      broker.write(chunk);
    });
    broker.on("close", () => database.destroy());
    database.on("close", () => broker.destroy());
  });
  listener.listen(join(folder.path, socketName));
  await once(listener, "listening");
  closeLink = async () => {
    listener.close();
    await once(listener, "close");
  };
}

async function costOf(run: () => unknown): Promise<Cost> {
  const before = { ...passed };
  await run();
  const statements = passed.statements - before.statements;
  return ENGINE === "sqlite"
    ? { statements, commits: passed.commits - before.commits }
    : { statements, roundTrips: passed.roundTrips - before.roundTrips };
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
