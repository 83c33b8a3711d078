import { spawn } from "node:child_process";
import { once } from "node:events";

import { AppError } from "@databox-cmk/errors";
import { localNothing } from "@databox-cmk/protocol";

import { isFailure } from "../core/agent-event.ts";
import { LocalFailureAnswer } from "./describe-failure.ts";
import { parseBody } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";

const MAX_BYTES = 1024;
const ROWS_MAX = 1_000;
const ROWS = 100;

/** Routes that change or show more than the lock state: for signed-in people. */
export function createNodeRoutes(context: LocalContext): readonly LocalRoute[] {
  const { operations, run } = context;
  const change = { method: "POST", authentication: "session", maxBytes: MAX_BYTES } as const;
  return [
    {
      ...change,
      path: "/api/lock",
      handle({ body }) {
        parseBody(localNothing, body);
        const operation = operations.start("lock", (progress) =>
          run({ command: "lock", prepareToShip: false }, progress),
        );
        return { status: 202, json: { operation } };
      },
    },
    {
      ...change,
      path: "/api/prepare-to-ship",
      handle({ body }) {
        parseBody(localNothing, body);
        const operation = operations.start("prepareToShip", (progress) =>
          run({ command: "lock", prepareToShip: true }, progress),
        );
        return { status: 202, json: { operation } };
      },
    },
    {
      ...change,
      path: "/api/shut-down",
      async handle({ body }) {
        parseBody(localNothing, body);
        await runShutDownCommand(context);
        return { status: 202, json: {} };
      },
    },
    {
      ...change,
      path: "/api/network-test",
      isCostly: true,
      async handle({ body }) {
        parseBody(localNothing, body);
        const { checks = [], nextStep } = await operations.run("networkTest", (progress) =>
          run({ command: "doctor" }, progress),
        );
        return {
          status: 200,
          json: {
            checks: checks.map(({ name, title, status, found, error }) => ({
              name,
              title,
              status,
              found,
              message: error?.detail ?? error?.message,
            })),
            nextStep: nextStep && stepOf(nextStep),
          },
        };
      },
    },
    {
      method: "GET",
      path: "/api/journal",
      authentication: "session",
      maxBytes: 0,
      async handle({ query }) {
        const last = Math.min(ROWS_MAX, Number(query.get("last") ?? ROWS) || ROWS);
        const event = await run({ command: "journal", verify: false, last }, () => undefined);
        if (isFailure(event)) throw new LocalFailureAnswer(event);
        const head = event.details?.["head"];
        const rows = event.rows ?? [];
        return {
          status: 200,
          json: {
            rows: rows.map(({ sequence, at, event: what, facts, hash }) => ({
              sequence,
              at,
              event: what,
              facts,
              hash,
            })),
            head: head === undefined ? undefined : String(head),
          },
        };
      },
    },
  ];
}

function stepOf({
  text,
  command,
}: {
  readonly text: string;
  readonly command?: string | undefined;
}) {
  return { text, command };
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
