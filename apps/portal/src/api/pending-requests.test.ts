import { expect, test } from "vitest";

import { createPendingRequests } from "./pending-requests.ts";

test("the oldest request counts until it ends, then the next one", () => {
  let nowMs = 10;
  const pending = createPendingRequests(() => nowMs);
  expect(pending.oldestMs()).toBeUndefined();
  const endFirst = pending.begin();
  nowMs = 20;
  const endSecond = pending.begin();
  expect(pending.oldestMs()).toBe(10);
  endFirst();
  endFirst();
  expect(pending.oldestMs()).toBe(20);
  endSecond();
  expect(pending.oldestMs()).toBeUndefined();
});
