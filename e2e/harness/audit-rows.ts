import { join } from "node:path";

import Database from "better-sqlite3";

import type { World } from "./open-world.ts";

/**
 * Rows of a chain as the running broker has committed them: of an order by its id in lower case, or
 * "broker".
 */
export function readAuditRows({ folder }: World, chain: string): readonly unknown[] {
  const database = new Database(join(folder, "broker", "broker.sqlite"), { readonly: true });
  try {
    const rows = database
      .prepare<[string], { row_json: string }>(
        "select row_json from audit where chain = ? order by sequence",
      )
      .all(chain);
    return rows.map(({ row_json: text }): unknown => JSON.parse(text));
  } finally {
    database.close();
  }
}
