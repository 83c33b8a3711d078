import { zero } from "@databox-cmk/crypto";
import { localNothing, localPasskey } from "@databox-cmk/protocol";

import type { LocalContext } from "./local-context.ts";
import { parseBody } from "./parse-body.ts";
import type { LocalRoute } from "./route.ts";

const MAX_BYTES = 1024;

/**
 * Ways to open the volume. Each proves itself: the network way by the broker's decision, the passkey by being right. So none needs a
 * session, which only a passkey gives.
 */
export function createUnlockRoutes({ operations, run }: LocalContext): readonly LocalRoute[] {
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
        parseBody(localNothing, body);
        const operation = operations.start("unlock", (progress) =>
          run({ command: "unlock", approval: "keep" }, progress),
        );
        return { status: 202, json: { operation } };
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
