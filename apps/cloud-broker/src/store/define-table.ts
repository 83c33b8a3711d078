import { sql } from "kysely";
import type { Migration } from "kysely/migration";

import type { OrderId } from "../core/order.ts";

/** A column in SQL that both engines share, and the type of its values. */
type Column<Value> = { readonly sql: string; readonly value?: Value };

export const text = <Value extends string = string>(): Column<Value> => ({ sql: "text not null" });
export const whole: Column<number> = { sql: "bigint not null" };
/** The row ends with its order. */
export const ofOrder: Column<OrderId> = {
  sql: "text not null references orders (id) on delete cascade",
};

/** A table: the migration that makes it, from which the type of its rows is read. */
export function table<const Name extends string, Columns extends Record<string, Column<unknown>>>(
  name: Name,
  columns: Columns,
  key: readonly (keyof Columns & string)[],
) {
  const lines = Object.entries(columns).map(([column, type]) => `${column} ${type.sql}`);
  const statement = `create table ${name} (${lines.join(", ")}, primary key (${key.join(", ")}))`;
  const up: Migration["up"] = async (store) => {
    await sql.raw(statement).execute(store);
  };
  return { name, columns, up };
}

/** The types of the rows of defined tables, by the names of the tables. */
export type TablesOf<
  Tables extends Record<string, { readonly name: string; readonly columns: object }>,
> = {
  [Each in keyof Tables as Tables[Each]["name"]]: {
    [Name in keyof Tables[Each]["columns"]]: Tables[Each]["columns"][Name] extends Column<
      infer Value
    >
      ? Value
      : never;
  };
};
