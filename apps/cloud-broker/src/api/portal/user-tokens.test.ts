import { expect, test } from "vitest";

import type { Audience, Session } from "../../http/route.ts";
import type { Sessions } from "./sessions.ts";
import { createUserTokens } from "./user-tokens.ts";

/** A session whose refresh token Entra ID refuses, for every audience. */
function openRefused() {
  const ended: string[] = [];
  const session = {
    idHash: "hash",
    content: { refreshToken: "refused", roles: [], tokens: {} },
  } as unknown as Session;
  const sessions = {
    reread: () => Promise.resolve(session),
    end: (idHash: string) => Promise.resolve(void ended.push(idHash)),
  } as unknown as Sessions;
  const provider = {
    findTenant: () => Promise.reject(new Error("not called")),
    begin: () => Promise.reject(new Error("not called")),
    complete: () => Promise.reject(new Error("not called")),
    signOutUrl: () => Promise.reject(new Error("not called")),
    refresh: () => Promise.resolve(undefined),
  };
  const tokens = createUserTokens({ sessions, provider, now: () => 0 });
  return { ended, ask: (audience: Audience) => tokens.of(session, audience) };
}

test.each([
  ["graph", "AuthorizationFailed", []],
  ["arm", "AuthenticationFailed", ["hash"]],
  ["vault", "AuthenticationFailed", ["hash"]],
] as const)("a refused token for %s is %s", async (audience, code, expected) => {
  const { ended, ask } = openRefused();
  await expect(ask(audience)).rejects.toMatchObject({ code });
  expect(ended).toEqual(expected);
});
