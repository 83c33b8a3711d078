import type { Compilable, CompiledQuery, Kysely } from "kysely";

import type { BrokerTables } from "./schema.ts";

type Queries = Kysely<BrokerTables>;

/**
 * A query that kysely builds once for each database and that then runs with other parameters: building takes longer than
 * reading one row by its key.
 *
 * @param build - makes the query from values that stand for the parameters, in the order in which they are given later.
 */
export function compileOnce<Row>(
  build: (store: Queries) => Compilable<Row>,
): (store: Queries, parameters: readonly unknown[]) => Promise<readonly Row[]> {
  const compiled = new WeakMap<Queries, CompiledQuery<Row>>();
  return async (store, parameters) => {
    let query = compiled.get(store);
    if (query === undefined) {
      query = build(store).compile();
      compiled.set(store, query);
    }
    if (query.parameters.length !== parameters.length)
      throw new RangeError("the query takes another number of parameters");
    const { rows } = await store.executeQuery<Row>({ ...query, parameters });
    return rows;
  };
}
