import type { Drill } from "./drill.ts";
import type { Stage } from "./stage.ts";

const LIMITS = [
  `psql --quiet "$DATABASE_URL" --command "alter database broker set statement_timeout = '10s'"`,
  `psql --quiet "$DATABASE_URL" --command "alter database broker set idle_in_transaction_session_timeout = '10s'"`,
];

export const pgbouncer: Drill = {
  title: "Put pgbouncer before PostgreSQL",
  when: "The processes of the broker together need more connections than the server allows ([PostgreSQL](postgresql.md#pgbouncer)).",
  undo: "Point `DATABASE_URL` at the server, and restart the replicas. The limits of the database can stay.",
  theatre: "pooled",
  run: async (stage) => {
    const settings = settingsOf(stage);
    const { node } = await stage.deliver("pooled");
    await stage.step(
      "Give the database the time limits, because the pooler cannot pass them on for each client.",
    );
    for (const command of LIMITS) await stage.type(command);
    await stage.step(
      "Start pgbouncer with these settings, and with those that your network and users need (`systemctl restart pgbouncer`).",
    );
    await stage.set({ PGBOUNCER_INI: stage.pooled().pooler.configurationFile });
    await stage.type(`sed -n '/^pool_mode/,$p' "$PGBOUNCER_INI"`);
    await stage.step(
      "Point `DATABASE_URL` at pgbouncer, and restart the replicas, one after the other.",
      () => stage.world.stack.restartBroker(settings),
    );
    await stage.set(settings);
    await stage.step("Check: the doctor finds no problem, and an appliance unlocks.");
    await stage.type("broker doctor", { show: "last line" });
    await stage.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};

/** The settings of a broker that uses the pooler. */
function settingsOf(stage: Stage): { readonly DATABASE_URL: string } {
  const { pooler, primary } = stage.pooled();
  return { DATABASE_URL: pooler.url(primary.user) };
}

/** For a drill that begins with a broker behind the pooler. */
export async function usePooler(stage: Stage): Promise<void> {
  for (const command of LIMITS) await stage.desk.run(command);
  const settings = settingsOf(stage);
  await stage.world.stack.restartBroker(settings);
  await stage.desk.run(`export DATABASE_URL='${settings.DATABASE_URL}'`);
}
