import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

import { openStore } from "../../src/store/open-store.ts";
import type { BrokerTables } from "../../src/store/schema.ts";
import type { Store } from "../../src/store/store.ts";

/**
 * Counts down writes; at zero the process is as good as dead: this write and everything after it
 * fail.
 */
export type Doom = { writesLeft: number; isDead: boolean };

const WRITES = /^\s*(?:insert|update|delete|commit)/i;

/**
 * A store whose process dies just before its nth write or commit. Uncommitted writes are lost, as
 * after SIGKILL: the connection is closed without a rollback of its own.
 */
export async function openDoomedStore(path: string, doom: Doom): Promise<Store> {
  await (await openStore(path)).destroy(); // migrated, unharmed
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  return new Kysely<BrokerTables>({
    dialect: new SqliteDialect({
      database: {
        close: () => database.close(),
        prepare(sql) {
          if (WRITES.test(sql)) {
            if (doom.writesLeft === 0) doom.isDead = true;
            doom.writesLeft -= 1;
          }
          if (doom.isDead) throw new Error("killed");
          return database.prepare(sql);
        },
      },
    }),
  });
}
