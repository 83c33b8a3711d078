import { spawn } from "node:child_process";
import { once } from "node:events";

import { AppError } from "@databox-cmk/errors";

import { isFailure } from "../core/agent-event.ts";
import type { LocalContext } from "./local-context.ts";
import { LocalFailureAnswer } from "./local-failure-answer.ts";

/**
 * Locks, then starts the program that the operator configured; it gets no parameter and none of the
 * agent's environment.
 *
 * @throws {AppError} `ShutDownUnavailable`
 */
export async function runShutDownCommand({
  shutDownCommand,
  operations,
  run,
}: Pick<LocalContext, "shutDownCommand" | "operations" | "run">): Promise<void> {
  if (shutDownCommand === undefined) throw new AppError("ShutDownUnavailable");
  const locked = await operations.run("lock", (progress) =>
    run({ command: "lock", prepareToShip: false }, progress),
  );
  if (isFailure(locked)) throw new LocalFailureAnswer(locked);
  const child = spawn(shutDownCommand, [], {
    stdio: "ignore",
    detached: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  try {
    await once(child, "spawn");
  } catch (error) {
    throw new AppError("ShutDownUnavailable", {
      detail: "the configured command cannot be started",
      cause: error,
    });
  }
  child.unref();
}
