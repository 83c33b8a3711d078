import type { DrillStack } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";

const LIMITS = [
  `psql --quiet "$DATABASE_URL" --command "alter database broker set statement_timeout = '10s'"`,
  `psql --quiet "$DATABASE_URL" --command "alter database broker set idle_in_transaction_session_timeout = '10s'"`,
];

export const pgbouncer: Drill = {
  title: "Put pgbouncer before PostgreSQL",
  when: "The processes of the broker together need more connections than the server allows ([PostgreSQL](postgresql.md#pgbouncer)).",
  undo: "Point `DATABASE_URL` at the server, and restart the replicas. The limits of the database can stay.",
  stack: "pooled",
  run: async (drill) => {
    const settings = settingsOf(drill);
    const { node } = await drill.deliver("pooled");
    await drill.step(
      "Give the database the time limits, because the pooler cannot pass them on for each client.",
    );
    for (const command of LIMITS) await drill.type(command);
    await drill.step(
      "Start pgbouncer with these settings, and with those that your network and users need (`systemctl restart pgbouncer`).",
    );
    await drill.set({ PGBOUNCER_INI: drill.pooled().pooler.configurationFile });
    await drill.type(`sed -n '/^pool_mode/,$p' "$PGBOUNCER_INI"`);
    await drill.step(
      "Point `DATABASE_URL` at pgbouncer, and restart the replicas, one after the other.",
      () => drill.world.stack.restartBroker(settings),
    );
    await drill.set(settings);
    await drill.step("Check: the doctor finds no problem, and an appliance unlocks.");
    await drill.type("broker doctor", { show: "last line" });
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};

/** The settings of a broker that uses the pooler. */
function settingsOf(drill: DrillStack): { readonly DATABASE_URL: string } {
  const { pooler, primary } = drill.pooled();
  return { DATABASE_URL: pooler.url(primary.user) };
}

/** For a drill that begins with a broker behind the pooler. */
export async function usePooler(drill: DrillStack): Promise<void> {
  for (const command of LIMITS) await drill.shell.run(command);
  const settings = settingsOf(drill);
  await drill.world.stack.restartBroker(settings);
  await drill.shell.run(`export DATABASE_URL='${settings.DATABASE_URL}'`);
}
