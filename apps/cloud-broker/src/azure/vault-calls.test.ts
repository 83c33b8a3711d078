import { expect, test } from "vitest";

import { type KeyIdentity, orderIdOf } from "../core/order.ts";
import { createAdmission } from "../load/admission.ts";
import { VAULT_CALLS } from "../load/limits.ts";
import { createVaultBudget } from "./vault-budget.ts";
import { createCallVault } from "./vault-calls.ts";

const create = () =>
  createCallVault({
    controlNameResolves: () => Promise.resolve(true),
    forget: () => undefined,
    budget: createVaultBudget({ operationsPerSecond: 400, share: 1, now: Date.now }),
    random: () => 0,
    sleep: () => Promise.resolve(),
  });

test("a request holds no place while it waits for its vault, and has one again after the answer", async () => {
  const callVault = create();
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

const of = (tenantId: string): KeyIdentity => ({
  kind: "order",
  attachment: "user",
  order: orderIdOf({ subscriptionId: tenantId, resourceGroup: "g", name: "one" }),
  tenantId,
  clientId: "c",
  principalId: "p",
});

test("calls of one tenant take no place from another one's vault", async () => {
  const callVault = create();
  const held = Promise.withResolvers<string>();
  const noisy = Array.from({ length: VAULT_CALLS.inFlight }, () =>
    callVault(of("one"), "https://kv.vault.test", () => held.promise),
  );
  const other = callVault(of("two"), "https://kv.vault.test", () => Promise.resolve("key"));
  expect(await other).toMatchObject({ ok: true });
  held.resolve("key");
  await Promise.all(noisy);
});
