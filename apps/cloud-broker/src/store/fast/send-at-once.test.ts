import { CompiledQuery, type DatabaseConnection } from "kysely";
import { expect, test } from "vitest";

import { isLostRace } from "../postgres/failures.ts";
import type { Store, StoreTransaction } from "../store.ts";
import { executeAtOnce, sendAtOnce } from "./send-at-once.ts";

const failed = (code: string) => Object.assign(new Error(code), { code });

/** A transaction of a server that answers in order: all answers come in one turn of the loop. */
async function begin(codes: readonly (string | undefined)[]) {
  const answers = codes.map((code) => ({ code, ...Promise.withResolvers<never>() }));
  let sent = 0;
  const connection = {
    executeQuery: () => answers[sent++]?.promise,
  } as unknown as DatabaseConnection;
  const transaction = {
    getExecutor: () => ({
      provideConnection: (use: (connection: DatabaseConnection) => Promise<void>) =>
        use(connection),
    }),
  } as unknown as StoreTransaction;
  await sendAtOnce(transaction);
  return {
    send: () => executeAtOnce(transaction, CompiledQuery.raw("select 1")),
    answer() {
      for (const { code, resolve, reject } of answers)
        if (code === undefined) resolve({ rows: [] } as never);
        else reject(failed(code));
    },
  };
}

/** As a function that sends two statements together, below others: its failure takes more turns. */
const nested = async (statements: readonly Promise<unknown>[]): Promise<void> => {
  await Promise.all(
    statements.map(async (each) => {
      await each;
    }),
  );
};

test.each(["40P01", "40001", "57014", "23505"])(
  // Evidence: A failure under a wrong name.
  "a transaction fails with its first failure (%s), even if a later one arrives first",
  async (code) => {
    const server = await begin([undefined, code, "25P02", "25P02"]);
    const first = server.send();
    const inner = nested([server.send(), server.send()]);
    const last = server.send();
    const all = Promise.all([first, inner, last]);
    server.answer();
    await expect(all).rejects.toMatchObject({ code });
    expect(isLostRace(await last.catch((error: unknown) => error))).toBe(code.startsWith("40"));
    await inner.catch(() => undefined);
  },
);

test.each([
  { isTransaction: false, ends: "again and succeeds", failures: 0 },
  { isTransaction: true, ends: "not: its transaction must", failures: 1 },
])("a statement that lost a deadlock runs $ends", async ({ isTransaction, failures }) => {
  let sent = 0;
  const store = {
    isTransaction,
    executeQuery: () => {
      sent += 1;
      return sent === 1 ? Promise.reject(failed("40P01")) : Promise.resolve({ rows: [{ sent }] });
    },
  } as unknown as Store;
  const done = executeAtOnce(store, CompiledQuery.raw("select 1"));
  const outcome = await done.then(({ rows }) => rows, isLostRace);
  expect(outcome).toEqual(failures === 0 ? [{ sent: 2 }] : true);
});

test("a statement keeps its own failure when the earlier one is unknown", async () => {
  const server = await begin(["25P02"]);
  const only = server.send();
  server.answer();
  await expect(only).rejects.toMatchObject({ code: "25P02" });
});
