import type { Compilable, CompiledQuery, DialectAdapter, Kysely, QueryResult } from "kysely";

import type { BrokerTables } from "./schema.ts";

type Queries = Kysely<BrokerTables>;
type Run<Parameters, Result> = (store: Queries, parameters: Parameters) => Promise<Result>;

/** Stands for the parameter of its name while a query is built. */
class Named {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that kysely builds once for each database and that then runs with other parameters, in a transaction too: building
 * takes longer than reading one row by its key.
 *
 * @param build - makes the query from names that stand for the parameters; it may do nothing with them but put them into it.
 */
export function compileOnce<Row, Parameters extends object>(
  build: (store: Queries, parameters: Parameters) => Compilable<Row>,
): Run<Parameters, readonly Row[]> {
  const execute = createExecute(build);
  return async (store, parameters) => (await execute(store, parameters)).rows;
}

/** The same for a write; answers how many rows it changed. */
export function compileWriteOnce<Parameters extends object>(
  build: (store: Queries, parameters: Parameters) => Compilable,
): Run<Parameters, bigint> {
  const execute = createExecute(build);
  return async (store, parameters) => (await execute(store, parameters)).numAffectedRows ?? 0n;
}

function createExecute<Row, Parameters extends object>(
  build: (store: Queries, parameters: Parameters) => Compilable<Row>,
): Run<Parameters, QueryResult<Row>> {
  const names = new Proxy({}, { get: (_target, name) => new Named(String(name)) });
  // A transaction is another Kysely with the adapter of its database.
  const compiled = new WeakMap<DialectAdapter, CompiledQuery<Row>>();
  return (store, parameters) => {
    const { adapter } = store.getExecutor();
    let query = compiled.get(adapter);
    if (query === undefined) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what stands for a value where values go
      query = build(store, names as Parameters).compile();
      compiled.set(adapter, query);
    }
    const values = query.parameters.map((parameter) =>
      parameter instanceof Named ? Reflect.get(parameters, parameter.name) : parameter,
    );
    return store.executeQuery<Row>({ ...query, parameters: values });
  };
}
