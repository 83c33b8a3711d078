import { AppError } from "@databox-cmk/errors";

import type { Clock } from "../../core/ports.ts";
import type { Audience, Session } from "../../http/route.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import type { Sessions } from "./sessions.ts";

export type UserTokens = ReturnType<typeof createUserTokens>;
export type HeldToken = {
  readonly accessToken: string;
  /** App roles at the last renewal. */
  readonly roles: readonly string[];
};

/**
 * A token that expires within this time is renewed first, so that it does not expire during a
 * request.
 */
const MARGIN_MS = 5 * 60_000;

export function createUserTokens(deps: {
  readonly sessions: Pick<Sessions, "reread" | "replace" | "end">;
  readonly provider: IdentityProvider;
  readonly now: Clock;
}) {
  const renewing = new Map<string, Promise<HeldToken>>();

  function held({ content }: Session, audience: Audience, refused?: string): HeldToken | undefined {
    const token = content.tokens[audience];
    if (token === undefined || token.accessToken === refused) return undefined;
    if (token.expiresAtMs - deps.now() < MARGIN_MS) return undefined;
    return { accessToken: token.accessToken, roles: content.roles };
  }

  async function renew(session: Session, audience: Audience, refused?: string): Promise<HeldToken> {
    // Another replica may have renewed it a moment ago.
    const current = await deps.sessions.reread(session);
    if (current === undefined) throw signedOut();
    const found = held(current, audience, refused);
    if (found !== undefined) return found;
    const { refreshToken } = current.content;
    const refreshed =
      refreshToken === undefined
        ? undefined
        : await deps.provider.refresh(refreshToken, audience, current.content.tenantId);
    // The portal needs no consent to read the directory. Without it, people see object ids.
    if (refreshed === undefined && audience === "graph") throw directoryClosed();
    if (refreshed === undefined) {
      await deps.sessions.end(session.idHash);
      throw signedOut();
    }
    const content = {
      ...current.content,
      roles: [...(refreshed.roles ?? current.content.roles)],
      refreshToken: refreshed.refreshToken ?? refreshToken,
      tokens: { ...current.content.tokens, [audience]: refreshed.token },
    };
    const kept = await deps.sessions.replace(current, content);
    // The person signed out meanwhile: the new token must not be used.
    if (!kept && (await deps.sessions.reread(current)) === undefined) throw signedOut();
    return { accessToken: refreshed.token.accessToken, roles: content.roles };
  }

  return {
    /**
     * The person's token for an audience, renewed when it expires soon or was refused.
     *
     * @param refused - the token that a service has just answered 401 to
     * @throws {AppError} AuthenticationFailed (no-session) once the person has to sign in again;
     * AuthorizationFailed if they cannot read the directory, which ends nothing
     */
    of(session: Session, audience: Audience, refused?: string): Promise<HeldToken> {
      const found = held(session, audience, refused);
      if (found !== undefined) return Promise.resolve(found);
      const key = `${session.idHash} ${audience}`;
      const running = renewing.get(key);
      if (running !== undefined) return running;
      const started = renew(session, audience, refused).finally(() => renewing.delete(key));
      renewing.set(key, started);
      return started;
    },
  };
}

function directoryClosed(): AppError {
  return new AppError("AuthorizationFailed", {
    detail: "the portal's application has no permission to read users in Microsoft Graph",
  });
}

function signedOut(): AppError {
  return new AppError("AuthenticationFailed", { reason: "no-session" });
}
