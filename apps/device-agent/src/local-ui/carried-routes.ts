import { AppError } from "@databox-cmk/errors";
import { localAnswer, localChallengeRequest } from "@databox-cmk/protocol";

import { does, done, started, succeeded } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";

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
