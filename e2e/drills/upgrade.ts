import { rm } from "node:fs/promises";
import { join } from "node:path";

import Database from "better-sqlite3";

import type { DrillStack } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";
import { startAgain } from "./restored-broker.ts";

/**
 * The changes that a next version's migrations may make at first, and those that only a later
 * version may make (docs/design/decisions/0011).
 */
const EXPAND = `
  alter table orders add column of_next text;
  create table of_next (id text primary key, value text not null) strict;
  insert into kysely_migration (name, timestamp) values ('9998-expand', strftime('%FT%TZ', 'now'));`;
const CONTRACT = `
  drop table of_next;
  alter table orders drop column of_next;
  insert into kysely_migration (name, timestamp) values ('9999-contract', strftime('%FT%TZ', 'now', '+1 second'));
  update schema_needs set migration = '9999-contract';`;

export const upgrade: Drill = {
  title: "Upgrade and roll back",
  when: "You want to run a new version, or return from the present version to the former one.",
  undo: "Step 4, as long as no column was dropped; step 6 after that.",
  run: async (drill) => {
    const { node } = await drill.deliver("upgraded");
    await drill.step("Back up first.");
    await drill.type('export BACKUP="$HOME/before-upgrade"');
    await drill.type('mkdir "$BACKUP" && broker export "$BACKUP/broker.ndjson" 2>/dev/null');
    await drill.type('cp -a "$BROKER_KEYS_DIR" "$BACKUP/keys"');
    await drill.step(
      "Run `broker migrate` with the new version's image. *It adds a column and a table.* The former version's replicas continue to serve. On PostgreSQL, writes to a table wait while it gets an index: the two of `0026-list-indexes` delay new orders, changes of keys and ends of orders by about 6 s at 1,000,000 orders; reads and unlocks continue.",
      () => migrate(drill, EXPAND),
    );
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await drill.step(
      "Replace the replicas one by one (`kubectl set image deployment/databox-broker broker=IMAGE`).",
    );
    await drill.step(
      "To roll back, run the former image again. It ignores the columns and tables that it does not know.",
      () => drill.world.stack.restartBroker(),
    );
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await drill.step(
      "*One version later, the old columns are dropped.* The new version first asks for `broker migrate --no-way-back`, and changes nothing without it. From now on the former image does not start, and says why.",
      async () => {
        await drill.world.stack.broker().stop();
        await migrate(drill, CONTRACT);
      },
    );
    await drill.type("broker serve", { exitCode: 2 });
    await drill.step(
      "Only if you must return anyway: restore the backup. All later decisions and their audit rows are lost.",
      () => rm(drill.world.stack.brokerEnvironment["BROKER_DATA_DIR"] ?? "", { recursive: true }),
    );
    await drill.type('broker import "$BACKUP/broker.ndjson" 2>/dev/null');
    await startAgain(drill);
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};

/** As the next version's `broker migrate` would: beside a broker that serves. */
async function migrate({ world: { stack } }: DrillStack, statements: string): Promise<void> {
  const folder = stack.brokerEnvironment["BROKER_DATA_DIR"] ?? "";
  const database = new Database(join(folder, "broker.sqlite"));
  database.exec(`begin immediate; ${statements} commit`);
  database.close();
  await Promise.resolve();
}
