import { zero } from "@databox-cmk/crypto";
import { localNothing, localPasskey, localUnlock } from "@databox-cmk/protocol";

import { does, done, started, succeeded } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";

/**
 * Ways to open the volume. Each is authenticated by itself: the network way by the broker's
 * decision, the passkey by being right. So none needs a session, which only a passkey gives. A
 * passer-by must not be able to invalidate a request that waits for approvers, so dropping it needs
 * a session.
 */
export function createUnlockRoutes(context: LocalContext): readonly LocalRoute[] {
  const { operations, run, waiter } = context;
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
              (event, waiting) => {
                waiter.begin(event, waiting);
              },
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
