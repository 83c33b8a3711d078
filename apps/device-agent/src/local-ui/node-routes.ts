import { spawn } from "node:child_process";
import { once } from "node:events";

import { AppError } from "@databox-cmk/errors";
import { localNothing } from "@databox-cmk/protocol";

import { does, done, shows, started, succeeded } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";

const ROWS_MAX = 1_000;
const ROWS = 100;

/** Routes that change or show more than the lock state: for signed-in people. */
export function createNodeRoutes(
  context: Pick<LocalContext, "operations" | "run" | "shutDownCommand">,
): readonly LocalRoute[] {
  const { operations, run } = context;
  const lock = (what: "lock" | "prepareToShip") => () =>
    started(
      operations.start(what, (progress) =>
        run({ command: "lock", prepareToShip: what === "prepareToShip" }, progress),
      ),
    );
  return [
    does("/api/lock", "session", localNothing, lock("lock")),
    does("/api/prepare-to-ship", "session", localNothing, lock("prepareToShip")),
    does("/api/shut-down", "session", localNothing, async () => {
      await runShutDownCommand(context);
      return { status: 202, json: {} };
    }),
    does(
      "/api/network-test",
      "session",
      localNothing,
      async () => {
        const { checks = [], nextStep } = await operations.run("networkTest", (progress) =>
          run({ command: "doctor" }, progress),
        );
        return done({
          checks: checks.map(({ name, title, status, found, error }) => ({
            name,
            title,
            status,
            found,
            message: error?.detail ?? error?.message,
          })),
          nextStep: nextStep && { text: nextStep.text, command: nextStep.command },
        });
      },
      { isCostly: true },
    ),
    shows("/api/journal", "session", async ({ query }) => {
      const asked = Number(query.get("last"));
      const last = Number.isInteger(asked) && asked > 0 ? Math.min(ROWS_MAX, asked) : ROWS;
      const command = { command: "journal", verify: false, last } as const;
      const { details, rows = [] } = await succeeded(run(command, () => undefined));
      const head = details?.["head"];
      return {
        rows: rows.map(({ sequence, at, event, facts, hash }) => ({
          sequence,
          at,
          event,
          facts,
          hash,
        })),
        head: head === undefined ? undefined : String(head),
      };
    }),
  ];
}

/**
 * Locks, then starts the program that the operator configured; it gets no parameter and none of the
 * agent's environment.
 *
 * @throws {AppError} `ShutDownUnavailable`
 */
async function runShutDownCommand({
  shutDownCommand,
  operations,
  run,
}: Pick<LocalContext, "shutDownCommand" | "operations" | "run">): Promise<void> {
  if (shutDownCommand === undefined) throw new AppError("ShutDownUnavailable");
  await succeeded(
    operations.run("lock", (progress) => run({ command: "lock", prepareToShip: false }, progress)),
  );
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
