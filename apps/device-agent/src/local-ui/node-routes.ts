import { spawn } from "node:child_process";
import { once } from "node:events";

import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { localCertificateUpload, localNothing, localSignIn } from "@databox-cmk/protocol";

import { does, done, shows, started, succeeded } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";
import { sessionCookie } from "./session-store.ts";

const ROWS_MAX = 1_000;
const ROWS = 100;

/** Routes that change or show more than the lock state: for signed-in people. */
export function createNodeRoutes(context: LocalContext): readonly LocalRoute[] {
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
async function runShutDownCommand(context: LocalContext): Promise<void> {
  const { shutDownCommand, operations, run } = context;
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

/** 64 KiB of .pfx in base64, and the JSON around it. */
const UPLOAD_MAX_BYTES = 96 * 1024;

export function createCertificateRoutes({ certificates }: LocalContext): readonly LocalRoute[] {
  const path = "/api/certificate";
  return [
    shows(path, "session", () => certificates.view()),
    does(
      path,
      "session",
      localCertificateUpload,
      async ({ body: { pkcs12, ...upload }, address }) => {
        const bytes = new Uint8Array(Buffer.from(pkcs12, "base64"));
        return done(await certificates.judge({ ...upload, pkcs12: bytes, address }));
      },
      { maxBytes: UPLOAD_MAX_BYTES, isCostly: true },
    ),
    does(`${path}/revert`, "session", localNothing, () => {
      certificates.revert();
      return done(certificates.view());
    }),
  ];
}

const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict";

/** Signing in means proving the passkey, with the same five tries as everywhere. */
export function createSessionRoutes(context: LocalContext): readonly LocalRoute[] {
  const { sessions, operations, run, provePasskey, settings } = context;
  const cookieName = sessionCookie(settings.serial);
  const path = "/api/session";
  return [
    does(
      path,
      "public",
      localSignIn,
      async ({ body, token }) => {
        const passkey = new TextEncoder().encode(body.passkey);
        try {
          if (body.unlock === true)
            await succeeded(
              operations.run("passkey", (progress) =>
                run({ command: "passkey" }, progress, { passkey }),
              ),
            );
          else await provePasskey(passkey);
        } finally {
          zero(passkey);
        }
        sessions.close(token); // A new session ends the earlier one.
        const { token: opened, session } = sessions.open();
        const cookie = `${cookieName}=${opened}; ${ATTRIBUTES}`;
        return { ...done({ csrfToken: session.csrfToken }), cookie };
      },
      { isCostly: true },
    ),
    does(
      path,
      "session",
      localNothing,
      ({ token }) => {
        sessions.close(token);
        return { ...done(), cookie: `${cookieName}=; ${ATTRIBUTES}; Max-Age=0` };
      },
      { method: "DELETE" },
    ),
  ];
}
