import { zero } from "@databox-cmk/crypto";
import { localNothing, localSignIn } from "@databox-cmk/protocol";

import { isFailure } from "../core/agent-event.ts";
import { provePasskey } from "../passkey/try-passkey.ts";
import { LocalFailureAnswer } from "./describe-failure.ts";
import { parseBody } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";
import { sessionCookie } from "./session-store.ts";

const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict";
const SIGN_IN_MAX_BYTES = 1024;

/** Signing in means proving the passkey, with the same five tries as everywhere. */
export function createSessionRoutes(context: LocalContext): readonly LocalRoute[] {
  const { sessions, operations, run, dependencies, settings } = context;
  const cookieName = sessionCookie(settings.serial);
  return [
    {
      method: "POST",
      path: "/api/session",
      authentication: "public",
      maxBytes: SIGN_IN_MAX_BYTES,
      isCostly: true,
      async handle({ body, token }) {
        const given = parseBody(localSignIn, body);
        const passkey = new TextEncoder().encode(given.passkey);
        try {
          if (given.unlock === true) {
            const event = await operations.run("passkey", (progress) =>
              run({ command: "passkey" }, progress, { passkey }),
            );
            if (isFailure(event)) throw new LocalFailureAnswer(event);
          } else await provePasskey(passkey, dependencies);
        } finally {
          zero(passkey);
        }
        sessions.close(token); // A new session ends the earlier one.
        const opened = sessions.open();
        return {
          status: 200,
          json: { csrfToken: opened.session.csrfToken },
          cookie: `${cookieName}=${opened.token}; ${ATTRIBUTES}`,
        };
      },
    },
    {
      method: "DELETE",
      path: "/api/session",
      authentication: "session",
      maxBytes: SIGN_IN_MAX_BYTES,
      handle({ body, token }) {
        parseBody(localNothing, body);
        sessions.close(token);
        return {
          status: 200,
          json: {},
          cookie: `${cookieName}=; ${ATTRIBUTES}; Max-Age=0`,
        };
      },
    },
  ];
}
