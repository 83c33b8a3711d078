import { type RawBuilder, sql } from "kysely";

/**
 * A parameter whose value PostgreSQL does not know while it plans. It makes five plans of a
 * statement with values, and then keeps one without them if that is expected to cost no more. From
 * the bounds of a range it expects thousands of rows if it does not know them, and so would plan
 * each execution anew.
 */
export const hideText = <Value extends string>(value: Value): RawBuilder<Value> =>
  sql<Value>`(select ${value})`;

/** The same for a 32-bit integer. */
export const hideInteger = (value: number): RawBuilder<number> =>
  sql<number>`(select cast(${value} as integer))`;
