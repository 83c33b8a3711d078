import { zero } from "@databox-cmk/crypto";
import { localNothing, localPasskey, localUnlock } from "@databox-cmk/protocol";

import { isFailure } from "../core/agent-event.ts";
import { LocalFailureAnswer } from "./describe-failure.ts";
import { parseBody } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";

const MAX_BYTES = 1024;

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
  const row = {
    method: "POST",
    authentication: "public",
    maxBytes: MAX_BYTES,
    isCostly: true,
  } as const;
  return [
    {
      ...row,
      path: "/api/unlock",
      handle({ body }) {
        const { reason } = parseBody(localUnlock, body);
        const operation =
          waiter.operation ??
          operations.start(
            "unlock",
            (progress) => run({ command: "unlock", approval: "keep", reason }, progress),
            (event, waiting) => {
              waiter.begin(event, waiting);
            },
          );
        return { status: 202, json: { operation } };
      },
    },
    {
      method: "POST",
      path: "/api/unlock/cancel",
      authentication: "session",
      maxBytes: MAX_BYTES,
      async handle({ body }) {
        parseBody(localNothing, body);
        const { operation } = waiter;
        waiter.stop();
        const event = await run({ command: "unlock", approval: "drop" }, () => undefined);
        if (isFailure(event)) throw new LocalFailureAnswer(event);
        if (operation !== undefined) operations.forget(operation);
        return { status: 200, json: {} };
      },
    },
    {
      ...row,
      path: "/api/unlock/passkey",
      handle({ body }) {
        const passkey = new TextEncoder().encode(parseBody(localPasskey, body).passkey);
        const operation = operations.start("passkey", (progress) =>
          run({ command: "passkey" }, progress, { passkey }).finally(() => {
            zero(passkey);
          }),
        );
        return { status: 202, json: { operation } };
      },
    },
  ];
}
