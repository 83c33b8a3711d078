import { expect, test } from "vitest";

import { commandActs } from "../src/command-acts.ts";
import { attempt } from "../src/result.ts";

const FACTS = { suite: "expiry", name: "a lease" };

test.each([
  ["exit 0", {}],
  ["exit 77", { notChecked: "needs the act pass" }],
  ["echo too late; exit 1", { fault: "pass failed: too late\n" }],
])("a case whose act ends by %j", async (script, result) => {
  const act = commandActs(`sh -c '${script}'`);
  const done = await attempt(FACTS.suite, FACTS.name, async () => {
    await act("pass", "order", "60");
    return undefined;
  });
  expect(done).toEqual({ ...FACTS, ...result });
});
