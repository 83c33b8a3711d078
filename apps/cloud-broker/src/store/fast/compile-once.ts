import type { Compilable, CompiledQuery } from "kysely";

import { type Engine, engineOf, type Store } from "../store.ts";
import { executeAtOnce } from "./send-at-once.ts";
import { DirectSqliteAdapter } from "./sqlite-adapter.ts";

type Run<Parameters, Value> = (store: Store, parameters: Parameters) => Promise<Value>;

/** A placeholder for a named parameter while a query is built. */
class Named {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that kysely compiles once per engine and that then runs with other parameters, also in
 * a transaction. Compiling takes longer than reading one row by its key.
 *
 * @param build - makes the query from placeholders for the parameters, which it may only insert
 * into the query. Every run gives the same names.
 */
export function compileOnce<Row, Parameters extends object>(
  build: (store: Store, parameters: Parameters) => Compilable<Row>,
): Run<Parameters, readonly Row[]> {
  const execute = createExecute(build);
  return async (store, parameters) => (await execute(store, parameters)).rows;
}

/** The same for a write; returns the number of changed rows. */
export function compileWriteOnce<Parameters extends object>(
  build: (store: Store, parameters: Parameters) => Compilable,
): Run<Parameters, bigint> {
  const execute = createExecute(build);
  return async (store, parameters) => (await execute(store, parameters)).changes;
}

type Result<Row> = { readonly rows: readonly Row[]; readonly changes: bigint };

function createExecute<Row, Parameters extends object>(
  build: (store: Store, parameters: Parameters) => Compilable<Row>,
): (store: Store, parameters: Parameters) => Result<Row> | Promise<Result<Row>> {
  const compiled: Partial<Record<Engine, CompiledQuery<Row>>> = {};
  return (store, parameters) => {
    const { adapter } = store.getExecutor();
    const query = (compiled[engineOf(store)] ??= build(
      store,
      placeholdersOf(parameters),
    ).compile());
    const values = query.parameters.map((parameter) =>
      parameter instanceof Named ? Reflect.get(parameters, parameter.name) : parameter,
    );
    if (adapter instanceof DirectSqliteAdapter) {
      const result = adapter.run(query.sql, values, store.isTransaction);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as kysely itself: rows are what the query says
      if (result !== undefined) return result as Result<Row>;
    }
    return executeByKysely(store, { ...query, parameters: values });
  };
}

const placeholdersOf = <Parameters extends object>(parameters: Parameters): Parameters =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what stands for a value where values go
  Object.fromEntries(Object.keys(parameters).map((name) => [name, new Named(name)])) as Parameters;

async function executeByKysely<Row>(store: Store, query: CompiledQuery<Row>): Promise<Result<Row>> {
  const { rows, numAffectedRows } = await executeAtOnce(store, query);
  return { rows, changes: numAffectedRows ?? 0n };
}
