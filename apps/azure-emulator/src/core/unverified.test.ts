import { expect, test } from "vitest";

import { chooseBehaviour } from "./unverified.ts";

test("an absent or unknown choice is the default", () => {
  const choose = chooseBehaviour({ "unknown-api-version": "nonsense" });
  expect(choose("unknown-api-version")).toBe("refuse");
  expect(choose("purge-protection-status")).toBe("403");
});

test("a known choice holds", () => {
  expect(chooseBehaviour({ "purge-protection-status": "409" })("purge-protection-status")).toBe(
    "409",
  );
});
