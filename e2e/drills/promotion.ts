import type { PostgresServer } from "@databox-cmk/testkit";

import type { Drill } from "./drill.ts";
import { usePooler } from "./pgbouncer.ts";
import { until } from "./until.ts";

const GRANTS = `psql -At "$DATABASE_URL" --command "select count(*) from grants where order_id = lower('$ORDER')"`;

export const promotion: Drill = {
  title: "Promote the standby",
  when: "The database server is lost, and its synchronous standby is not ([PostgreSQL](postgresql.md#a-synchronous-standby)). A managed database does steps 3 and 4 itself (`az postgres flexible-server restart --failover Forced`).",
  undo: "There is no way back to the lost server: its data is older. Make a new standby from the promoted server (`pg_basebackup`), and let commits wait for it again.",
  theatre: "pooled",
  run: async (stage) => {
    const { primary, standby, pooler } = stage.pooled();
    await usePooler(stage);
    const { node, order } = await stage.deliver("promoted");
    await stage.step("In advance: let each commit wait for the standby.");
    await stage.set({ ORDER: order.id, DATABASE_SERVER: serverOf(primary) });
    await stage.type(
      `psql --quiet "$DATABASE_SERVER/postgres" --command "alter system set synchronous_standby_names = 'standby'" --command "select pg_reload_conf()" --output /dev/null`,
    );
    const isSync = `test "$(psql -At "$DATABASE_SERVER/postgres" --command "select sync_state from pg_stat_replication")" = sync`;
    await until(stage, isSync);
    await stage.type(
      `psql -At "$DATABASE_SERVER/postgres" --command "select application_name, sync_state from pg_stat_replication"`,
    );
    await stage.typeAt(node, "databox-agent unlock", { show: "first line" });
    await stage.typeAt(node, "databox-agent lock", { show: "first line" });
    await stage.type(GRANTS);
    await stage.step(
      "*The server is lost.* An appliance cannot unlock, which is not a refusal. Open volumes stay open.",
      () => primary.stop(),
    );
    await stage.typeAt(node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await stage.step(
      "Make sure that the old server cannot come back: power it off, or take its address away. Then promote the standby.",
    );
    await stage.set({ STANDBY_SERVER: serverOf(standby) });
    await stage.type('psql -At "$STANDBY_SERVER/postgres" --command "select pg_promote()"');
    await stage.step(
      "Lead the replicas to it: change the DNS name, or the host in the pooler's configuration (`systemctl reload pgbouncer`). They continue by themselves.",
      async () => {
        const [from, to] = [primary.socketFolder, standby.socketFolder];
        await stage.desk.run(`sed -i 's|host=${from}|host=${to}|' '${pooler.configurationFile}'`);
        pooler.reload();
        await until(stage, 'psql -At "$DATABASE_URL" --command "select 1"');
        await until(stage, 'curl -sS --fail "$BROKER/readyz"');
      },
    );
    await stage.step(
      "Check: the doctor finds no problem, no grant is missing, no chain of the audit trail is broken, and an appliance unlocks.",
    );
    await stage.type("broker doctor", { show: "last line" });
    await stage.type(GRANTS);
    await stage.type(
      'broker audit verify --json --configured | jq --slurp "map(select(.ok | not)) | length"',
    );
    await stage.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};

/** The address of a server, which psql takes before a slash and a database. */
const serverOf = (server: PostgresServer): string => server.url("").replace(/\/$/, "");
