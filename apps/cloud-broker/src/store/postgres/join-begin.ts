import type { QueryResult } from "pg";

type Send = (
  sql: string,
  parameters: readonly unknown[],
) => Promise<Pick<QueryResult, "command" | "rowCount" | "rows">>;

const BEGINS = /^(?:begin|start transaction)\b/;
const ENDS = /^(?:commit|rollback)$/;
/** Statements that change nothing, also outside of a transaction. */
const CHANGES_NOTHING = /^(?:select|lock table)\b/;
const NOTHING = { command: "", rowCount: null, rows: [] };

/**
 * Of one connection: the first statements of a transaction share a round trip with its begin, if
 * they only read or lock. A write waits until the transaction is known to be open: if only the
 * begin failed, the server would commit the write by itself.
 *
 * @param send - sends statements in the order of its calls, without waiting for answers
 */
export function joinBegin(send: Send): Send {
  let begun: Promise<unknown> | undefined;
  let hasWrite = false;
  return async (sql, parameters) => {
    if (BEGINS.test(sql)) {
      begun = send(sql, parameters);
      // Each statement of the transaction fails by it.
      begun.catch(() => undefined);
      hasWrite = false;
      return NOTHING;
    }
    const opening = begun;
    if (ENDS.test(sql)) begun = undefined;
    if (opening === undefined || sql === "rollback") return send(sql, parameters);
    // Statements behind a write wait too, so that their order stays.
    hasWrite ||= !CHANGES_NOTHING.test(sql);
    if (hasWrite) await opening;
    const result = await send(sql, parameters);
    await opening;
    if (begun === opening) begun = undefined;
    return result;
  };
}
