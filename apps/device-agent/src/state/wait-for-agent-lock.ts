import { setTimeout as sleep } from "node:timers/promises";

import { AppError } from "@databox-cmk/errors";

import { takeAgentLock } from "./agent-lock.ts";

const RETRY_MS = 20;
/** Long enough for the daemon's request about a volume that a passkey opened. */
const WAIT_MS = 6_000;

/**
 * For callers that can wait a moment: the daemon holds the lock for a few milliseconds when it
 * renews.
 *
 * @throws {AppError} as `takeAgentLock`, `AgentBusy` only after `waitMs`
 */
export async function waitForAgentLock(folder: string, waitMs = WAIT_MS): Promise<Disposable> {
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
