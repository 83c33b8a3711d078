import { expect, test } from "vitest";

import { forwardedPath } from "./forwarded-calls.ts";

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

test("a filter may have letters of any script", () => {
  expect(forwardedPath("/v1.0/users", {}, [["$filter", "startswith(displayName,'Jörg')"]])).toEqual(
    { ok: true, path: "/v1.0/users?$filter=startswith(displayName%2C'J%C3%B6rg')" },
  );
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
  ["an endless filter", "$filter", "a".repeat(1025)],
  ["half of a character", "$filter", "\ud800"],
])("%s is not passed on", (_what, name, value) => {
  expect(forwardedPath(TEMPLATE, NAMES, [[name, value]])).toMatchObject({ ok: false });
});
