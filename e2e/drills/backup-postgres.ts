import { rm } from "node:fs/promises";

import type { Drill } from "./drill.ts";
import { startAgain } from "./restored-broker.ts";

export const backupPostgres: Drill = {
  title: "Back up and restore, with PostgreSQL",
  when: "In addition to the server's own backups (point in time, with the write-ahead log archived in a second region), back up each night and before each upgrade. Restore when the server is lost and its own backups are not usable.",
  undo: "The restore does not change the dump. Until the broker starts, `dropdb` undoes the restore.",
  theatre: "postgres",
  run: async (stage) => {
    const { stack } = stage.world;
    const { node } = await stage.deliver("dumped");
    await stage.step("Back up while the replicas serve. A dump is a consistent snapshot.");
    await stage.type(
      'umask 077 && mkdir "$BACKUP" && pg_dump --format=custom --file="$BACKUP/broker.dump" "$DATABASE_URL"',
    );
    await stage.type('cp -a "$BROKER_KEYS_DIR" "$BACKUP/keys"');
    await stage.step("*The database and the keys are lost.*", async () => {
      await stack.broker().kill();
      await rm(stack.brokerEnvironment["BROKER_KEYS_DIR"] ?? "", { recursive: true });
      await stage.desk.run('dropdb --maintenance-db="$DATABASE_SERVER/postgres" broker');
    });
    await stage.step("Restore the keys, make an empty database and fill it.");
    await stage.type('cp -a "$BACKUP/keys" "$BROKER_KEYS_DIR"');
    await stage.type('createdb --maintenance-db="$DATABASE_SERVER/postgres" broker');
    await stage.type(
      'pg_restore --exit-on-error --no-owner --dbname="$DATABASE_URL" "$BACKUP/broker.dump"',
    );
    await startAgain(stage);
    await stage.step("Check: the doctor finds no problem, and an appliance unlocks.");
    await stage.type("broker doctor", { show: "last line" });
    await stage.typeAt(node, "databox-agent unlock");
  },
};
