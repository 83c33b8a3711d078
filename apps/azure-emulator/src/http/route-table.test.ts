import { expect, test } from "vitest";

import { createRouteMatcher } from "./route-table.ts";

const match = createRouteMatcher([
  { method: "GET", path: "/keys" },
  { method: "POST", path: "/keys/restore" },
  { method: "GET", path: "/keys/{name}/versions" },
  { method: "GET", path: "/keys/{name}/{version?}" },
  { method: "PATCH", path: "/keys/{name}/{version?}" },
  { method: "POST", path: "/keys/{name}/{version?}/unwrapkey" },
  { method: "GET", path: "/files/{rest*}" },
]);

const FOUND = [
  ["GET", "/keys", "/keys", {}],
  ["GET", "/keys/", "/keys", {}],
  ["GET", "/KEYS/n", "/keys/{name}/{version?}", { name: "n", version: "" }],
  ["GET", "/keys/n/", "/keys/{name}/{version?}", { name: "n", version: "" }],
  ["GET", "/keys/n/v/", "/keys/{name}/{version?}", { name: "n", version: "v" }],
  ["GET", "/keys/n/Versions", "/keys/{name}/versions", { name: "n" }],
  ["POST", "/keys/n//unwrapkey", "/keys/{name}/{version?}/unwrapkey", { name: "n", version: "" }],
  ["POST", "/keys/n/unwrapkey", "/keys/{name}/{version?}/unwrapkey", { name: "n", version: "" }],
  ["POST", "/keys/restore", "/keys/restore", {}],
  ["GET", "/files/a/b/c", "/files/{rest*}", { rest: "a/b/c" }],
] as const;
test.each(FOUND)("%s %s is served by %s with %j", (method, path, route, parameters) => {
  expect(match(method, path)).toMatchObject({ kind: "found", route: { path: route }, parameters });
});

test.each(["/", "/key", "/keys/n/v/w/x", "/keys//v/unwrapkey", "/keys//unwrapkey"])(
  "%s is served by none",
  (path) => {
    expect(match("POST", path)).toEqual({ kind: "not-found" });
  },
);

test("a path of another method tells which", () => {
  expect(match("DELETE", "/keys/n")).toEqual({ kind: "wrong-method", allowed: ["GET", "PATCH"] });
});
