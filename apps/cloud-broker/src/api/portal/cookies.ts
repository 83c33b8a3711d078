import { isIdentifier } from "@databox-cmk/protocol";
import { parseCookie, stringifySetCookie } from "cookie";

import type { RouteRequest } from "../../http/route.ts";

/**
 * `__Host-`: only this very host can have set it, over TLS, for all paths (RFC 6265bis §4.1.3.2).
 */
const SESSION_COOKIE = "__Host-databox";
const ATTEMPT_COOKIE = "__Host-databox-sign-in-";
const TENANT_COOKIE = "__Host-databox-tenant";
const TENANT_SECONDS = 365 * 86_400;
/** 32 random bytes, base64url. */
const SESSION_ID = /^[\w-]{43}$/;
/** Concurrent sign-ins of one browser; the oldest ones are dropped. */
const ATTEMPTS_MAX = 4;
const ATTRIBUTES = { path: "/", httpOnly: true, secure: true, sameSite: "lax" } as const;

export function readSessionId(request: Pick<RouteRequest, "header">): string | undefined {
  const value = cookiesOf(request)[SESSION_COOKIE];
  return value !== undefined && SESSION_ID.test(value) ? value : undefined;
}

/** The cookie ends with the browser; the server decides how long the session lasts. */
export const sessionCookie = (id: string): string =>
  stringifySetCookie({ ...ATTRIBUTES, name: SESSION_COOKIE, value: id });

export const noSessionCookie = (): string => clear(SESSION_COOKIE);

/** The tenant of the last sign-in, so that the person does not name it again. */
export function readTenant(request: Pick<RouteRequest, "header">): string | undefined {
  const value = cookiesOf(request)[TENANT_COOKIE];
  return value !== undefined && isIdentifier("tenantId", value) ? value : undefined;
}

export const tenantCookie = (tenantId: string): string =>
  stringifySetCookie({
    ...ATTRIBUTES,
    name: TENANT_COOKIE,
    value: tenantId,
    maxAge: TENANT_SECONDS,
  });

export const noTenantCookie = (): string => clear(TENANT_COOKIE);

/** A sign-in in progress, by the start of its state: several tabs may sign in at once. */
export function readAttempt(
  request: Pick<RouteRequest, "header">,
  state: string,
): string | undefined {
  return cookiesOf(request)[attemptName(state)];
}

export const attemptCookie = (state: string, sealed: string, maxAgeSeconds: number): string =>
  stringifySetCookie({
    ...ATTRIBUTES,
    name: attemptName(state),
    value: sealed,
    maxAge: maxAgeSeconds,
  });

export const noAttemptCookie = (state: string): string => clear(attemptName(state));

/**
 * Makes room for another sign-in; otherwise a browser that never completes one would fill its
 * headers.
 */
export function surplusAttempts(request: Pick<RouteRequest, "header">): readonly string[] {
  const names = Object.keys(cookiesOf(request)).filter((name) => name.startsWith(ATTEMPT_COOKIE));
  return names.length < ATTEMPTS_MAX ? [] : names.map(clear);
}

const clear = (name: string): string =>
  stringifySetCookie({ ...ATTRIBUTES, name, value: "", maxAge: 0 });

const attemptName = (state: string): string =>
  `${ATTEMPT_COOKIE}${state.replaceAll(/[^\w-]/g, "").slice(0, 16)}`;

function cookiesOf(request: Pick<RouteRequest, "header">): Record<string, string | undefined> {
  return parseCookie(request.header("cookie") ?? "");
}
