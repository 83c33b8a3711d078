import { timingSafeEqual } from "node:crypto";

import { AppError } from "@databox-cmk/errors";

import type { VerifyToken } from "../../callers/verify-token.ts";
import { isSameOrigin } from "../../core/portal/same-origin.ts";
import type { IdentifySession, RouteRequest, Session } from "../../http/route.ts";
import { readSessionId } from "./cookies.ts";
import type { Sessions } from "./sessions.ts";
import type { UserTokens } from "./user-tokens.ts";

/**
 * The session's cookie proves the browser; the origin and the CSRF token prove the page. The
 * person's own access token is verified like a bearer token, so the portal can do nothing that its
 * caller cannot do without it.
 */
export function createIdentifySession(deps: {
  readonly sessions: Pick<Sessions, "find">;
  readonly tokens: UserTokens;
  readonly verifyToken: VerifyToken;
  readonly portalUrl: string;
}): IdentifySession {
  return async (request) => {
    const id = readSessionId(request);
    const session = id === undefined ? undefined : await deps.sessions.find(id);
    if (session === undefined) throw new AppError("AuthenticationFailed", { reason: "no-session" });
    refuseOthersPages(request, session, deps.portalUrl);
    const { accessToken, roles } = await deps.tokens.of(session, "arm");
    const caller = await deps.verifyToken(`Bearer ${accessToken}`);
    if (caller.own?.tenantId !== session.content.tenantId)
      throw new AppError("AuthenticationFailed", { reason: "wrong-issuer" });
    // App roles count only from the service's own tenant.
    const appRoles = caller.own === undefined ? [...caller.roles, ...roles] : [];
    return { session, caller: { ...caller, roles: [...new Set(appRoles)] } };
  };
}

function refuseOthersPages(request: RouteRequest, session: Session, portalUrl: string): void {
  const isOwnPage = isSameOrigin(
    {
      method: request.method,
      origin: request.header("origin"),
      fetchSite: request.header("sec-fetch-site"),
    },
    portalUrl,
  );
  if (!isOwnPage) throw new AppError("CrossSiteRequest", { reason: "origin" });
  if (request.method !== "GET" && !isEqual(request.header("x-csrf-token"), session.csrfToken))
    throw new AppError("CrossSiteRequest", { reason: "token" });
}

function isEqual(shown: string | undefined, expected: string): boolean {
  const left = Buffer.from(shown ?? "");
  const right = Buffer.from(expected);
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
