import { MutationObserver, onlineManager } from "@tanstack/react-query";
import { afterEach, expect, test } from "vitest";

import { createPortalQueryClient } from "./create-query-client.ts";

afterEach(() => {
  onlineManager.setOnline(true);
});

test("a change that is ordered offline fails at once, and does not run later by itself", async () => {
  onlineManager.setOnline(false);
  let runs = 0;
  const change = new MutationObserver(createPortalQueryClient(), {
    mutationFn: () => {
      runs += 1;
      return Promise.reject(new Error("no connection"));
    },
  });
  await expect(change.mutate()).rejects.toThrow("no connection");
  onlineManager.setOnline(true);
  expect(runs).toBe(1);
});
