import { AppError } from "@databox-cmk/errors";
import { localAnswer, localChallengeRequest } from "@databox-cmk/protocol";

import { isFailure } from "../core/agent-event.ts";
import { LocalFailureAnswer } from "./describe-failure.ts";
import { parseBody } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";

const ANSWER_MAX_BYTES = 72 * 1024;

/**
 * The unlock that a person carries: the broker decides it like any other, so it needs no session.
 */
export function createCarriedRoutes({ operations, run }: LocalContext): readonly LocalRoute[] {
  const row = { method: "POST", authentication: "public", isCostly: true } as const;
  return [
    {
      ...row,
      path: "/api/challenge",
      maxBytes: 1024,
      async handle({ body, session }) {
        const { fresh = false } = parseBody(localChallengeRequest, body);
        // A passer-by must not be able to invalidate an answer that a person is about to bring.
        if (fresh && session === undefined) throw new AppError("LocalSignInRequired");
        const options = { out: undefined, qr: false, fresh };
        const event = await run({ command: "challenge", ...options }, () => undefined);
        if (isFailure(event)) throw new LocalFailureAnswer(event);
        const { carried, notes = [] } = event;
        return { status: 200, json: { challenge: carried?.text ?? "", notes } };
      },
    },
    {
      ...row,
      path: "/api/answer",
      maxBytes: ANSWER_MAX_BYTES,
      handle({ body }) {
        const { answer: standardInput } = parseBody(localAnswer, body);
        const operation = operations.start("answer", (progress) =>
          run({ command: "respond", file: undefined }, progress, { standardInput }),
        );
        return { status: 202, json: { operation } };
      },
    },
  ];
}
