import { zero } from "@databox-cmk/crypto";
import { localNothing, localSignIn } from "@databox-cmk/protocol";

import { does, done, type LocalContext, type LocalRoute, succeeded } from "./route.ts";
import { sessionCookie } from "./session-store.ts";

const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict";

/** Signing in means proving the passkey, with the same five tries as everywhere. */
export function createSessionRoutes({
  sessions,
  operations,
  run,
  provePasskey,
  settings,
}: LocalContext): readonly LocalRoute[] {
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
