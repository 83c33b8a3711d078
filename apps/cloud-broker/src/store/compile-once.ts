import type { Compilable, CompiledQuery, DialectAdapter, Kysely, QueryResult } from "kysely";

import type { BrokerTables } from "./schema.ts";

type Queries = Kysely<BrokerTables>;
type Run<Result> = (store: Queries, parameters: readonly unknown[]) => Promise<Result>;

/**
 * A query that kysely builds once for each database and that then runs with other parameters, in a transaction too: building
 * takes longer than reading one row by its key.
 *
 * @param build - makes the query from values that stand for the parameters, in the order in which they are given later.
 */
export function compileOnce<Row>(build: (store: Queries) => Compilable<Row>): Run<readonly Row[]> {
  const execute = createExecute(build);
  return async (store, parameters) => (await execute(store, parameters)).rows;
}

/** The same for a write; answers how many rows it changed. */
export function compileWriteOnce(build: (store: Queries) => Compilable): Run<bigint> {
  const execute = createExecute(build);
  return async (store, parameters) => (await execute(store, parameters)).numAffectedRows ?? 0n;
}

function createExecute<Row>(build: (store: Queries) => Compilable<Row>): Run<QueryResult<Row>> {
  // A transaction is another Kysely with the adapter of its database.
  const compiled = new WeakMap<DialectAdapter, CompiledQuery<Row>>();
  return (store, parameters) => {
    const { adapter } = store.getExecutor();
    let query = compiled.get(adapter);
    if (query === undefined) {
      query = build(store).compile();
      compiled.set(adapter, query);
    }
    if (query.parameters.length !== parameters.length)
      throw new RangeError("the query takes another number of parameters");
    return store.executeQuery<Row>({ ...query, parameters });
  };
}
