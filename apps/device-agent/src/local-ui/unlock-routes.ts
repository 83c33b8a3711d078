import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import {
  localAnswer,
  localChallengeRequest,
  localNothing,
  localPasskey,
  localUnlock,
} from "@databox-cmk/protocol";

import { does, done, type LocalContext, type LocalRoute, started, succeeded } from "./route.ts";

/**
 * Ways to open the volume. Each is authenticated by itself: the network way by the broker's
 * decision, the passkey by being right. So none needs a session, which only a passkey gives. A
 * passer-by must not be able to invalidate a request that waits for approvers, so dropping it needs
 * a session.
 */
export function createUnlockRoutes({
  operations,
  run,
  waiter,
}: LocalContext): readonly LocalRoute[] {
  const path = "/api/unlock";
  return [
    does(
      path,
      "public",
      localUnlock,
      ({ body: { reason } }) =>
        started(
          waiter.operation ??
            operations.start(
              "unlock",
              (progress) => run({ command: "unlock", approval: "keep", reason }, progress),
              (event, waiting) => waiter.begin(event, waiting),
            ),
        ),
      { isCostly: true },
    ),
    does(`${path}/cancel`, "session", localNothing, async () => {
      const { operation } = waiter;
      waiter.stop();
      await succeeded(run({ command: "unlock", approval: "drop" }, () => undefined));
      if (operation !== undefined) operations.forget(operation);
      return done();
    }),
    does(
      `${path}/passkey`,
      "public",
      localPasskey,
      ({ body }) => {
        const passkey = new TextEncoder().encode(body.passkey);
        return started(
          operations.start("passkey", (progress) =>
            run({ command: "passkey" }, progress, { passkey }).finally(() => {
              zero(passkey);
            }),
          ),
        );
      },
      { isCostly: true },
    ),
  ];
}

const ANSWER_MAX_BYTES = 72 * 1024;

/**
 * The unlock that a person carries: the broker decides it like any other, so it needs no session.
 */
export function createCarriedRoutes({ operations, run }: LocalContext): readonly LocalRoute[] {
  return [
    does(
      "/api/challenge",
      "public",
      localChallengeRequest,
      async ({ body: { fresh = false }, session }) => {
        // A passer-by must not be able to invalidate an answer that a person is about to bring.
        if (fresh && session === undefined) throw new AppError("LocalSignInRequired");
        const options = { out: undefined, qr: false, fresh };
        const { carried, notes = [] } = await succeeded(
          run({ command: "challenge", ...options }, () => undefined),
        );
        return done({ challenge: carried?.text ?? "", notes });
      },
      { isCostly: true },
    ),
    does(
      "/api/answer",
      "public",
      localAnswer,
      ({ body: { answer: standardInput } }) =>
        started(
          operations.start("answer", (progress) =>
            run({ command: "respond", file: undefined }, progress, { standardInput }),
          ),
        ),
      { maxBytes: ANSWER_MAX_BYTES, isCostly: true },
    ),
  ];
}
