import { expect, test } from "vitest";

import { testVault } from "../../test/test-vault.ts";
import { chooseBehaviour } from "../core/unverified.ts";
import { createThrottle } from "./throttle.ts";

const KEYS_PER_WINDOW = 20;
const VAULTS_PER_SUBSCRIPTION = 5;
const WINDOW_MS = 10_000;

test("a refusal by the subscription's budget does not count against the vault's", () => {
  const throttle = createThrottle();
  const create = (name: string, nowMs: number): string | undefined =>
    throttle({
      vault: testVault({ name }),
      operation: "create",
      key: undefined,
      choose: chooseBehaviour({}),
      nowMs,
    })?.message;
  for (let vault = 0; vault < VAULTS_PER_SUBSCRIPTION; vault += 1)
    for (let key = 0; key < KEYS_PER_WINDOW; key += 1)
      expect(create(`v${vault}`, 0)).toBeUndefined();
  for (let key = 0; key < KEYS_PER_WINDOW; key += 1)
    expect(create("late", WINDOW_MS - 1)).toMatch(/VaultOperationLimitReached$/u);
  for (let key = 0; key < KEYS_PER_WINDOW; key += 1)
    expect(create("late", WINDOW_MS)).toBeUndefined();
  expect(create("late", WINDOW_MS)).toMatch(/VaultRequestTypeLimitReached$/u);
});
