import { rm } from "node:fs/promises";

import type { Drill } from "./drill.ts";
import { startAgain } from "./restored-broker.ts";

export const backupPostgres: Drill = {
  title: "Back up and restore, with PostgreSQL",
  when: "In addition to the server's own backups (point in time, with the write-ahead log archived in a second region), back up each night and before each upgrade. Restore when the server is lost and its own backups are not usable.",
  undo: "The restore does not change the dump. Until the broker starts, `dropdb` undoes the restore.",
  stack: "postgres",
  run: async (drill) => {
    const { brokerEnvironment } = drill.world.stack;
    const { node } = await drill.deliver("dumped");
    await drill.step(
      "Give PostgreSQL's programs the user that owns the database ([two users](postgresql.md#two-users)), its password, and verified TLS. (`system` needs programs of version 16 or newer.)",
    );
    await drill.set({ OWNER: drill.databaseOwner() });
    await drill.type(
      'export PGPASSWORD="$(cat broker_migrate.password)" PGSSLMODE=verify-full PGSSLROOTCERT="${DATABASE_CA_FILE:-system}"',
    );
    await drill.step("Back up while the replicas serve. A dump is a consistent snapshot.");
    await drill.type(
      'mkdir "$BACKUP" && pg_dump --format=custom --file="$BACKUP/broker.dump" "$OWNER"',
    );
    await drill.type('cp -a "$BROKER_KEYS_DIR" "$BACKUP/keys"');
    const administrator = Object.assign(new URL(drill.databaseOwner()), {
      username: "administrator",
      pathname: "/postgres",
    });
    const asAdministrator = 'PGPASSWORD="$(cat administrator.password)"';
    await drill.step("*The database and the keys are lost.*", async () => {
      await drill.world.stack.broker().kill();
      await rm(brokerEnvironment["BROKER_KEYS_DIR"] ?? "", { recursive: true });
      const dropped = await drill.shell.run(
        `${asAdministrator} dropdb --maintenance-db='${administrator.href}' broker`,
      );
      if (dropped.exitCode !== 0) throw new Error(dropped.printed);
    });
    await drill.step(
      "Restore the keys, and make an empty database that belongs to the same user. Only an administrator of the server who is a member of that role may do so (`grant broker_migrate to administrator`). On a new server, make both users first.",
    );
    await drill.type('cp -a "$BACKUP/keys" "$BROKER_KEYS_DIR"');
    await drill.set({ ADMINISTRATOR: administrator.href });
    await drill.type(
      `${asAdministrator} createdb --maintenance-db="$ADMINISTRATOR" --owner=broker_migrate broker`,
    );
    await drill.step(
      "Fill it as its owner, never as the user that serves: that one would own the audit trail and could change it. The dump has the rights of both users.",
    );
    await drill.type(
      'pg_restore --exit-on-error --no-owner --dbname="$OWNER" "$BACKUP/broker.dump"',
    );
    await startAgain(drill);
    await drill.step(
      "Check: the doctor finds no problem, the user that serves may only read and extend the audit trail, and an appliance unlocks.",
    );
    await drill.type("broker doctor", { show: "last line" });
    await drill.type("broker doctor | grep 'database rights'");
    await drill.typeAt(node, "databox-agent unlock");
  },
};
