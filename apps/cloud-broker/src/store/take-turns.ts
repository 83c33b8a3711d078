import { setTimeout } from "node:timers/promises";

import type Database from "better-sqlite3";
import type { Driver } from "kysely";

/** The same time that SQLite itself would wait (busy_timeout). */
const PATIENCE_MS = 5_000;
const LONGEST_PAUSE_MS = 2;

/**
 * Waits for the write lock without blocking the process. SQLite itself waits for another worker's
 * commit by sleeping on this thread, which would also stop every request that needs no lock.
 */
export function takeTurns(driver: Driver, database: Database.Database): Driver {
  const begin = driver.beginTransaction.bind(driver);
  const [impatient, patient] = [0, PATIENCE_MS].map((milliseconds) =>
    database.prepare(`pragma busy_timeout = ${String(milliseconds)}`),
  );
  driver.beginTransaction = async (connection, settings) => {
    for (const untilMs = performance.now() + PATIENCE_MS; ;) {
      impatient?.run();
      try {
        await begin(connection, settings);
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > untilMs) throw error;
      } finally {
        patient?.run();
      }
      await setTimeout(Math.random() * LONGEST_PAUSE_MS);
    }
  };
  return driver;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "SQLITE_BUSY";
