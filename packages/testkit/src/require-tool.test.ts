import { afterEach, expect, test, vi } from "vitest";

import { requireTool } from "./require-tool.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  { ci: "true", isInstalled: true, runs: true },
  { ci: undefined, isInstalled: true, runs: true },
  { ci: undefined, isInstalled: false, runs: false },
  { ci: "", isInstalled: false, runs: false },
])("CI=$ci, installed: $isInstalled → its tests run: $runs", ({ ci, isInstalled, runs }) => {
  vi.stubEnv("CI", ci);
  expect(requireTool("az", isInstalled)).toBe(runs);
});

test("a missing tool fails in CI, by its name", () => {
  vi.stubEnv("CI", "true");
  expect(() => requireTool("az", false)).toThrow(/az is missing/);
});
