import {
  type Pgbouncer,
  type PostgresServer,
  startPgbouncer,
  startPostgres,
} from "@databox-cmk/testkit";

/** The settings of docs/operate/postgresql.md, whose test runs pgbouncer with those of the page. */
const SETTINGS = {
  pool_mode: "transaction",
  max_prepared_statements: "500",
  ignore_startup_parameters: "statement_timeout,idle_in_transaction_session_timeout",
  query_wait_timeout: "5",
  server_login_retry: "1",
};

/** PostgreSQL with a standby, and pgbouncer before it. */
export type Pooled = AsyncDisposable & {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  readonly pooler: Pgbouncer;
};

export async function openPooled(primary: PostgresServer, database: string): Promise<Pooled> {
  await using opened = new AsyncDisposableStack();
  const standby = opened.use(await startPostgres({ standbyOf: primary }));
  const pooler = opened.use(await startPgbouncer(primary, database, SETTINGS));
  const resources = opened.move();
  return {
    primary,
    standby,
    pooler,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
