import { type RawBuilder, sql } from "kysely";

import { engineOf, type Store } from "./store.ts";

/**
 * A member of a column of JSON, which the engines name differently. SQLite gives a number for a
 * number, PostgreSQL its text.
 *
 * @param path - names in the source code, never input
 */
export function jsonMember<Value>(
  store: Store,
  column: string,
  ...path: readonly string[]
): RawBuilder<Value> {
  return engineOf(store) === "sqlite"
    ? sql<Value>`json_extract(${sql.ref(column)}, ${sql.lit(`$.${path.join(".")}`)})`
    : sql<Value>`(${sql.ref(column)}::json #>> ${sql.lit(`{${path.join(",")}}`)})`;
}
