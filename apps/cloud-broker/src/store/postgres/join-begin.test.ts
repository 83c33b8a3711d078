import { beforeEach, expect, test } from "vitest";

import { joinBegin } from "./create-pool.ts";

const BEGIN = "start transaction isolation level read committed";
const READ = "select 1";
const LOCK = "lock table leases in row exclusive mode";
const WRITE = "insert into audit";
const NO_ROWS = { command: "", rowCount: 0, rows: [] };

let sent: string[] = [];
let answers: PromiseWithResolvers<typeof NO_ROWS>[] = [];
let query: ReturnType<typeof joinBegin>;
beforeEach(() => {
  sent = [];
  answers = [];
  query = joinBegin((sql) => {
    sent.push(sql);
    const answer = Promise.withResolvers<typeof NO_ROWS>();
    answers.push(answer);
    return answer.promise;
  });
});

/** Answers everything that was sent, in its order, until nothing more is sent. */
async function answerAll(): Promise<void> {
  for (let index = 0; index < answers.length; index += 1) {
    answers[index]?.resolve(NO_ROWS);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

test("reads and locks are sent together with their begin", async () => {
  await query(BEGIN, []);
  const all = Promise.all([query(READ, []), query(LOCK, []), query(READ, [])]);
  expect(sent).toEqual([BEGIN, READ, LOCK, READ]);
  await answerAll();
  expect(await all).toHaveLength(3);
});

test("a write waits for its begin, and later statements stay behind it", async () => {
  await query(BEGIN, []);
  const all = Promise.all([
    query(READ, []),
    query(WRITE, []),
    query(READ, []),
    query("commit", []),
  ]);
  expect(sent).toEqual([BEGIN, READ]);
  await answerAll();
  await all;
  expect(sent).toEqual([BEGIN, READ, WRITE, READ, "commit"]);
});

test("once the begin is answered, nothing waits", async () => {
  await query(BEGIN, []);
  const read = query(READ, []);
  await answerAll();
  await read;
  const writes = Promise.all([query(WRITE, []), query(WRITE, []), query("commit", [])]);
  expect(sent.slice(2)).toEqual([WRITE, WRITE, "commit"]);
  await answerAll();
  await writes;
});

test("after a begin that failed no write is sent, and every statement says why", async () => {
  await query(BEGIN, []);
  const all = Promise.allSettled([query(READ, []), query(WRITE, []), query("commit", [])]);
  answers[0]?.reject(new Error("no begin"));
  answers[1]?.resolve(NO_ROWS);
  const reason = new Error("no begin");
  expect(await all).toEqual(Array.from({ length: 3 }, () => ({ status: "rejected", reason })));
  expect(sent).toEqual([BEGIN, READ]);
  const undone = query("rollback", []);
  await answerAll();
  await undone;
  // The connection serves on.
  const read = query(WRITE, []);
  await answerAll();
  expect(await read).toBe(NO_ROWS);
  expect(sent).toEqual([BEGIN, READ, "rollback", WRITE]);
});
