import { join } from "node:path";

import { expect, test } from "vitest";

import { watchState } from "./watch-state.ts";

test("a folder that the kernel does not watch is read again after a time", async () => {
  using changes = watchState(join(import.meta.dirname, "no-such-folder"));
  await changes.wait(1, new AbortController().signal);
  changes.wake();
  expect(await changes.wait(2 ** 31 - 1, new AbortController().signal)).toBeUndefined();
});
