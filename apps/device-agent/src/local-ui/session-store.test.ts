import { expect, test } from "vitest";

import { createSessionStore, IDLE_SECONDS } from "./session-store.ts";

test.each([
  ["is found while it is used", [IDLE_SECONDS - 1, IDLE_SECONDS - 1], "find", true],
  ["ends without use", [IDLE_SECONDS], "find", false],
  ["is not kept by looking on", [IDLE_SECONDS - 1, 1], "peek", false],
  [
    "ends after eight hours of use",
    Array.from({ length: 32 }, () => IDLE_SECONDS - 0.1),
    "find",
    true,
  ],
  [
    "ends after eight hours, however much it is used",
    Array.from({ length: 33 }, () => IDLE_SECONDS - 0.1),
    "find",
    false,
  ],
] as const)("a session %s", (_name, pauses, look, isThere) => {
  let nowMs = 0;
  const store = createSessionStore(() => nowMs);
  const { token } = store.open();
  for (const seconds of pauses) {
    nowMs += seconds * 1000;
    store[look](token);
  }
  expect(store.find(token) !== undefined).toBe(isThere);
});

test("the ninth session takes the place of the oldest", () => {
  const store = createSessionStore(() => 0);
  const tokens = Array.from({ length: 9 }, () => store.open().token);
  expect(tokens.map((token) => store.find(token) !== undefined)).toEqual([
    false,
    ...Array.from({ length: 8 }, () => true),
  ]);
});

test("a made-up or missing id is not a session", () => {
  const store = createSessionStore(() => 0);
  store.open();
  expect(store.find(undefined)).toBeUndefined();
  expect(store.find("x".repeat(43))).toBeUndefined();
});
