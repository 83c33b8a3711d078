import { expect, test } from "vitest";

import { createAdmission } from "../load/admission.ts";
import { createVaultBudget } from "./vault-budget.ts";
import { createCallVault } from "./vault-calls.ts";

test("a request holds no place while it waits for its vault, and has one again after the answer", async () => {
  const callVault = createCallVault({
    controlNameResolves: () => Promise.resolve(true),
    forget: () => undefined,
    budget: createVaultBudget({ operationsPerSecond: 400, share: 1, now: Date.now }),
    random: () => 0,
    sleep: () => Promise.resolve(),
  });
  const admission = createAdmission({
    maxAtWork: 1,
    utilization: () => 0,
    noteTurnedAway: () => 1,
  });
  const asked = Promise.withResolvers<undefined>();
  const answer = Promise.withResolvers<string>();
  let called: ReturnType<typeof callVault<string>> | undefined;
  admission.enter({}, () => {
    called = callVault({ kind: "broker" }, "https://kv.vault.test", () => {
      asked.resolve(undefined);
      return answer.promise;
    });
  });
  await asked.promise;
  expect(admission.atWork()).toBe(0);
  answer.resolve("key");
  expect(await called).toEqual({ ok: true, value: { value: "key" } });
  expect(admission.atWork()).toBe(1);
});
