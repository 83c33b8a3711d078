import { expect, test } from "vitest";

import {
  KEY_VAULT_CALLS,
  RESOURCE_MANAGER_CALLS,
  type ForwardedCall,
  hasDefaults,
  mustBeAbsent,
} from "./forwarded-calls.ts";

const CALLS: readonly ForwardedCall[] = [...RESOURCE_MANAGER_CALLS, ...KEY_VAULT_CALLS];

test("every PUT to Azure creates only what is absent, but the one that adds access policies", () => {
  const puts = CALLS.filter(({ methods }) => methods.includes("PUT"));
  expect(puts.length).toBeGreaterThan(5);
  const overwriting = puts.filter((call) => mustBeAbsent(call, "PUT", "*") === undefined);
  expect(overwriting.map(({ path }) => path.split("/").slice(-2).join("/"))).toEqual([
    "accessPolicies/add",
  ]);
});

test("no call replaces or removes rights, or changes a vault", () => {
  const paths = CALLS.map(({ path }) => path);
  expect(paths.filter((path) => /accessPolicies\/(?!add$)/.test(path))).toEqual([]);
  const vaults = CALLS.filter(({ path }) => path.endsWith("/vaults/:vaultName"));
  expect(vaults.map(({ methods }) => methods)).toEqual([["GET", "PUT"]]);
});

test.each([
  ["a new key", undefined, "/keys/:keyName"],
  ["a new key, even with a tag", '"1"', "/keys/:keyName"],
  ["a new version, when the page says that the key exists", "*", undefined],
])("%s", (_what, ifMatch, expected) => {
  const call = KEY_VAULT_CALLS.find(({ path }) => path.endsWith("/create"));
  if (call === undefined) throw new Error("no row creates keys");
  expect(mustBeAbsent(call, "POST", ifMatch)).toBe(expected);
});

test("reading needs nothing to be absent", () => {
  for (const call of CALLS) expect(mustBeAbsent(call, "GET", undefined)).toBeUndefined();
});

test.each([
  [{ lifetimeActions: [], attributes: null }, true],
  [{ lifetimeActions: [], attributes: {} }, true],
  [{ lifetimeActions: [] }, true],
  [{ attributes: { created: 1_700_000_000, updated: 1_700_000_000 } }, false],
  [{ attributes: { created: "yesterday" } }, false],
  [undefined, false],
  ["", false],
])("%j has Azure's defaults: %s", (answer, expected) => {
  expect(hasDefaults(answer)).toBe(expected);
});
