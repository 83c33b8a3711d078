import { afterAll, expect, vi } from "vitest";

import { readTraces } from "./read-traces.ts";

/*
 * A set-up file of vitest, for projects whose test files share processes (vitest.config.ts). A file
 * that leaves something behind fails, and not the one that runs after it. Vitest itself restores
 * only spies.
 */
/** A server or child process may end so late on a machine that is busy. */
const PATIENCE_MS = 180_000;

const before = readTraces();
afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await vi.waitFor(() => expect(readTraces()).toEqual(before), { timeout: PATIENCE_MS });
});
