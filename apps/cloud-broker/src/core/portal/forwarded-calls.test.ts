import { expect, test } from "vitest";

import {
  type ForwardedCall,
  forwardedPath,
  GRAPH_CALLS,
  hasDefaults,
  KEY_VAULT_CALLS,
  mustBeAbsent,
  RESOURCE_MANAGER_CALLS,
} from "./forwarded-calls.ts";

const TEMPLATE = "/subscriptions/:subscriptionId/resourceGroups/:resourceGroup";
const NAMES = { subscriptionId: "s", resourceGroup: "g" };

test("a path is made from its row, with the parameters that are known", () => {
  expect(
    forwardedPath(TEMPLATE, { subscriptionId: "s-1", resourceGroup: "Group_(1).x" }, [
      ["api-version", "2021-04-01"],
      ["$filter", "principalId eq 'x'"],
      ["$skipToken", "a+b/c="],
    ]),
  ).toEqual({
    ok: true,
    path: "/subscriptions/s-1/resourceGroups/Group_(1).x?api-version=2021-04-01&$filter=principalId%20eq%20'x'&$skipToken=a%2Bb%2Fc%3D",
  });
});

const [{ path: USERS, query: OF_USERS }] = GRAPH_CALLS;
const SELECT = ["$select", "id,displayName,userPrincipalName"] as const;
const TOP = ["$top", "15"] as const;
const ID = "'11111111-1111-4111-8111-111111111111'";
const begins = (text: string, other = text) =>
  `startswith(displayName,'${text}') or startswith(userPrincipalName,'${other}')`;

test.each([
  ["one id", `id in (${ID})`],
  ["fifteen ids", `id in (${Array.from({ length: 15 }, () => ID).join(",")})`],
  ["letters of any script", begins("Jörg")],
  ["a doubled apostrophe", begins("O''Neil")],
])("a filter of people by %s is passed on", (_what, filter) => {
  const query = [["$filter", filter], SELECT, TOP] as const;
  expect(forwardedPath(USERS, {}, query, OF_USERS)).toEqual({
    ok: true,
    path: `/v1.0/users?$filter=${encodeURIComponent(filter)}&$select=id%2CdisplayName%2CuserPrincipalName&$top=15`,
  });
});

const FILTER = ["$filter", begins("ada")] as const;
test.each<[string, readonly (readonly [string, string])[]]>([
  ["nothing", []],
  ["no filter", [SELECT, TOP]],
  ["no selection", [FILTER, TOP]],
  ["no limit", [FILTER, SELECT]],
  ["another member", [FILTER, ["$select", "id,mail"], TOP]],
  ["more people", [FILTER, SELECT, ["$top", "16"]]],
  ["a further page", [FILTER, SELECT, TOP, ["$skiptoken", "x"]]],
  [
    "sixteen ids",
    [["$filter", `id in (${Array.from({ length: 16 }, () => ID).join(",")})`], SELECT, TOP],
  ],
  ["two beginnings", [["$filter", begins("ada", "ren")], SELECT, TOP]],
  ["an empty beginning", [["$filter", begins("")], SELECT, TOP]],
  ["the end of a string", [["$filter", begins("a') or startswith(mail,'b")], SELECT, TOP]],
  ["a filter of another member", [["$filter", "accountEnabled eq false"], SELECT, TOP]],
])("a call for people with %s is not passed on", (_what, query) => {
  expect(forwardedPath(USERS, {}, query, OF_USERS)).toMatchObject({ ok: false });
});

test.each([
  "",
  ".",
  "..",
  "...",
  "a/b",
  "a\\b",
  "a%2fb",
  "a?b",
  "a#b",
  "a b",
  "a\r\nb",
  "é",
  "a@b",
  "a:b",
  "a".repeat(129),
])("%j is not a resource name", (resourceGroup) => {
  expect(forwardedPath(TEMPLATE, { ...NAMES, resourceGroup }, [])).toEqual({
    ok: false,
    detail: "resourceGroup: not a name",
  });
});

test.each([
  ["an unknown parameter", "x-host", "evil"],
  ["a member of every object", "constructor", "x"],
  ["a line break", "$filter", "a\r\nb"],
  ["a version that is none", "api-version", "2021-04-01&x=y"],
  ["an endless filter", "$filter", "a".repeat(513)],
  ["a letter that no filter of Azure's resources needs", "$filter", "ö"],
  ["a selection", "$select", "id"],
])("%s is not passed on", (_what, name, value) => {
  expect(forwardedPath(TEMPLATE, NAMES, [[name, value]])).toMatchObject({ ok: false });
});

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
