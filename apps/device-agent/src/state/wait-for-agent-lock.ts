import { setTimeout as sleep } from "node:timers/promises";

import { AppError } from "@databox-cmk/errors";

import { takeAgentLock } from "./agent-lock.ts";

const RETRY_MS = 20;

/**
 * For callers that can wait a moment: the daemon holds the lock for a few milliseconds when it
 * renews.
 *
 * @throws {AppError} as `takeAgentLock`, `AgentBusy` only after `waitMs`
 */
export async function waitForAgentLock(folder: string, waitMs: number): Promise<Disposable> {
  const endsAt = performance.now() + waitMs;
  for (;;) {
    try {
      return takeAgentLock(folder);
    } catch (error) {
      const mayWait = error instanceof AppError && error.code === "AgentBusy";
      if (!mayWait || performance.now() >= endsAt) throw error;
      await sleep(RETRY_MS);
    }
  }
}
