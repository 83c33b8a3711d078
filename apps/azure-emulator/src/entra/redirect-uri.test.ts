import { expect, test } from "vitest";

import { matchesRedirectUri } from "./authorize-endpoint.ts";

test.each([
  ["https://portal.example/cb", "https://portal.example/cb", true],
  ["https://portal.example/cb", "https://portal.example/cb/", false],
  ["https://portal.example/cb", "https://portal.example:8443/cb", false],
  ["https://portal.example/cb", "https://portal.example/cb?x=1", false],
  ["http://localhost/cb", "http://localhost:49152/cb", true],
  ["http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", true],
  ["http://127.0.0.1/cb", "http://localhost:49152/cb", false],
  ["https://localhost/cb", "https://localhost:49152/cb", false],
  ["http://localhost/cb", "http://localhost:49152/other", false],
  ["http://localhost/cb", "not a url", false],
])("registered %s, presented %s: %s", (registered, presented, expected) => {
  expect(matchesRedirectUri(registered, presented)).toBe(expected);
});
