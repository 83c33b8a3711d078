import { expect, test } from "vitest";

import { decideReturnPath } from "./return-path.ts";

test.each([
  "/portal/",
  "/portal/orders",
  "/portal/orders/%2Fsubscriptions%2Fx?tab=encryption&q=a%20b#node-1",
])("%s is a page to come back to", (path) => {
  expect(decideReturnPath(path)).toBe(path);
});

test.each([
  ["nothing", null],
  ["another site", "https://evil.example/portal/"],
  ["another site without a scheme", "//evil.example/portal/"],
  ["a backslash, which browsers read as a slash", "/\\evil.example/portal/"],
  ["a backslash later on", "/portal/\\..\\x"],
  ["a script", "javascript:alert(1)//portal/"],
  ["a path outside of the portal", "/operator/v1"],
  ["the portal's name as a prefix", "/portalx/"],
  ["dot segments", "/portal/../operator"],
  ["encoded dot segments", "/portal/%2e%2E/operator"],
  ["half encoded dot segments", "/portal/a/.%2e/b"],
  ["the sign-in itself", "/portal/auth/sign-in?returnTo=/portal/"],
  ["the sign-in in capitals", "/portal/AUTH/sign-in"],
  ["the API", "/portal/api/session"],
  ["a line break", "/portal/\r\nset-cookie: a=b"],
  ["a tab, which browsers drop", "/portal/\t/x"],
  ["letters outside of ASCII", "/portal/é"],
  ["more than fits a cookie", `/portal/${"a".repeat(1024)}`],
])("%s leads to the start page", (_what, wanted) => {
  expect(decideReturnPath(wanted)).toBe("/portal/");
});
