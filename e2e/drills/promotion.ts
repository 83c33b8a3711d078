import type { PostgresServer } from "@databox-cmk/testkit";

import type { Drill } from "./drill.ts";
import { usePooler } from "./pgbouncer.ts";
import { until } from "./until.ts";

const GRANTS = `psql -At "$DATABASE_URL" --command "select count(*) from grants where order_id = lower('$ORDER')"`;

export const promotion: Drill = {
  title: "Promote the standby",
  when: "The database server is lost, and its synchronous standby is not ([PostgreSQL](postgresql.md#a-synchronous-standby)). A managed database does steps 3 and 4 itself (`az postgres flexible-server restart --failover Forced`).",
  undo: "There is no way back to the lost server: its data is older. Make a new standby from the promoted server (`pg_basebackup`), and let commits wait for it again.",
  stack: "pooled",
  run: async (drill) => {
    const { primary, standby, pooler } = drill.pooled();
    await usePooler(drill);
    const { node, order } = await drill.deliver("promoted");
    await drill.step("In advance: let each commit wait for the standby.");
    await drill.set({ ORDER: order.id, DATABASE_SERVER: serverOf(primary) });
    await drill.type(
      `psql --quiet "$DATABASE_SERVER/postgres" --command "alter system set synchronous_standby_names = 'standby'" --command "select pg_reload_conf()" --output /dev/null`,
    );
    const isSync = `test "$(psql -At "$DATABASE_SERVER/postgres" --command "select sync_state from pg_stat_replication")" = sync`;
    await until(drill, isSync);
    await drill.type(
      `psql -At "$DATABASE_SERVER/postgres" --command "select application_name, sync_state from pg_stat_replication"`,
    );
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await drill.typeAt(node, "databox-agent lock", { show: "first line" });
    await drill.type(GRANTS);
    await drill.step(
      "*The server is lost.* An appliance cannot unlock, which is not a refusal. Open volumes stay open.",
      () => primary.stop(),
    );
    await drill.typeAt(node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await drill.step(
      "Make sure that the old server cannot come back: power it off, or take its address away. Then promote the standby.",
    );
    await drill.set({ STANDBY_SERVER: serverOf(standby) });
    await drill.type('psql -At "$STANDBY_SERVER/postgres" --command "select pg_promote()"');
    await drill.step(
      "Lead the replicas to it: change the DNS name, or the host in the pooler's configuration (`systemctl reload pgbouncer`). They continue by themselves.",
      async () => {
        const [from, to] = [primary.socketFolder, standby.socketFolder];
        await drill.shell.run(`sed -i 's|host=${from}|host=${to}|' '${pooler.configurationFile}'`);
        pooler.reload();
        await until(drill, 'psql -At "$DATABASE_URL" --command "select 1"');
        await until(drill, 'curl -sS --fail "$BROKER/readyz"');
      },
    );
    await drill.step(
      "Check: the doctor finds no problem, no grant is missing, no chain of the audit trail is broken, and an appliance unlocks.",
    );
    await drill.type("broker doctor", { show: "last line" });
    await drill.type(GRANTS);
    await drill.type(
      'broker audit verify --json --configured | jq --slurp "map(select(.ok | not)) | length"',
    );
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};

/** The address of a server, which psql takes before a slash and a database. */
const serverOf = (server: PostgresServer): string => server.url("").replace(/\/$/, "");
