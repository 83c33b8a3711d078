import { AppError, toAppError } from "@databox-cmk/errors";
import {
  asciiLowerCase,
  type AuditAction,
  isSameIdentifier,
  SESSION_CALLS,
  type SignedOut,
} from "@databox-cmk/protocol";
import * as z from "zod";

import { type Auditing, note } from "../../audit/record.ts";
import type { ReadConnected } from "../../callers/tenants.ts";
import type { BrokerConfig } from "../../config/config.ts";
import { decideReturnPath } from "../../core/portal/return-path.ts";
import type { Clock } from "../../core/ports.ts";
import type { Answer, ServedRoute, RouteRequest, SessionRequest } from "../../http/route.ts";
import {
  attemptCookie,
  noAttemptCookie,
  noSessionCookie,
  noTenantCookie,
  readAttempt,
  readSessionId,
  readTenant,
  sessionCookie,
  surplusAttempts,
  tenantCookie,
} from "./cookies.ts";
import type { IdentityProvider, SignedIn } from "./identity-provider.ts";
import type { Seal } from "./seal.ts";
import { hashOfSessionId, type Sessions } from "./sessions.ts";
import { renderSignInFailure, renderTenantQuestion } from "./sign-in-pages.ts";

export type SignInDependencies = Auditing & {
  readonly config: Pick<BrokerConfig, "AZURE_CLOUD" | "TENANT_ID">;
  /** Without other tenants than the service's own, people name none. */
  readonly readConnected: ReadConnected;
  readonly provider: IdentityProvider;
  readonly sessions: Pick<Sessions, "open" | "end">;
  readonly seal: Seal;
  readonly now: Clock;
};

const attemptSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  tenantId: z.string().optional(),
  returnTo: z.string(),
  expiresAtMs: z.number(),
});
type Attempt = z.output<typeof attemptSchema>;

/** Time for a password, a second factor and a phone. */
const ATTEMPT_SECONDS = 900;
const TENANT_MAX_CHARACTERS = 320;
const STATE_MAX_CHARACTERS = 256;

/**
 * Signing in and out. A browser navigates to the first two, so their failures are pages, not JSON.
 */
export function createSignInRoutes(dependencies: SignInDependencies): readonly ServedRoute[] {
  return [
    {
      method: "GET",
      path: "/portal/auth/sign-in",
      authentication: "public",
      reads: "nothing",
      handle: page(dependencies, (request) => beginSignIn(dependencies, request)),
    },
    {
      method: "GET",
      path: "/portal/auth/callback",
      authentication: "public",
      reads: "nothing",
      handle: page(dependencies, (request) => completeSignIn(dependencies, request)),
    },
    {
      method: SESSION_CALLS.signOut.at[0],
      path: SESSION_CALLS.signOut.at[1],
      authentication: "session",
      reads: "nothing",
      handle: (request) => signOut(dependencies, request),
    },
  ];
}

function page(
  { config }: Pick<SignInDependencies, "config">,
  handle: (request: RouteRequest) => Promise<Answer>,
): (request: RouteRequest) => Promise<Answer> {
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      const failure = toAppError(error);
      const answer = renderSignInFailure(failure, request.requestId, config);
      return failure.reason === "tenant-not-connected"
        ? { ...answer, headers: { ...answer.headers, "set-cookie": [noTenantCookie()] } }
        : answer;
    }
  };
}

async function beginSignIn(
  dependencies: SignInDependencies,
  request: RouteRequest,
): Promise<Answer> {
  const { provider, seal, now } = dependencies;
  const returnTo = decideReturnPath(request.query.get("returnTo"));
  const named = await nameTenant(dependencies, request);
  if (named === "") return renderTenantQuestion(returnTo);
  const tenantId = named && (await findTenant(dependencies, named));
  const loginHint = named?.includes("@") === true ? named : undefined;
  const { url, attempt } = await provider.begin(tenantId, loginHint);
  const kept: Attempt = {
    ...attempt,
    returnTo,
    expiresAtMs: now() + ATTEMPT_SECONDS * 1000,
  };
  const sealed = await seal.close(purposeOf(attempt.state), kept);
  return {
    status: 302,
    headers: {
      location: url,
      "set-cookie": [
        ...surplusAttempts(request),
        attemptCookie(attempt.state, sealed, ATTEMPT_SECONDS),
      ],
    },
  };
}

/** @returns undefined if there is only one tenant; empty if the person has to name theirs */
async function nameTenant(
  { readConnected }: Pick<SignInDependencies, "readConnected">,
  request: RouteRequest,
): Promise<string | undefined> {
  if ((await readConnected()).size === 0) return undefined;
  const named = request.query.get("tenant") ?? readTenant(request) ?? "";
  return named.trim().slice(0, TENANT_MAX_CHARACTERS);
}

/**
 * Every tenant of Entra ID can be named, so the answer does not show which ones are connected.
 *
 * @param named - its id, a domain, or an address of e-mail
 * @returns undefined for the service's own
 */
async function findTenant(
  { provider, readConnected, config }: SignInDependencies,
  named: string,
): Promise<string | undefined> {
  const name = asciiLowerCase(named.slice(named.lastIndexOf("@") + 1));
  const isHome = (id: string) => isSameIdentifier(id, config.TENANT_ID);
  const isKnown = isHome(name) || (await readConnected()).has(name);
  const tenantId = isKnown ? name : await provider.findTenant(name);
  return isHome(tenantId) ? undefined : tenantId;
}

/**
 * Only the browser that began a sign-in holds its sealed cookie, so an attacker cannot sign it in
 * (login CSRF). The id of the session is new, regardless of the browser's earlier cookies (session
 * fixation).
 */
async function completeSignIn(
  dependencies: SignInDependencies,
  request: RouteRequest,
): Promise<Answer> {
  const state = request.query.get("state") ?? "";
  const attempt = await openAttempt(dependencies, request, state);
  const person = await dependencies.provider.complete(request.query, attempt);
  const { tenantId } = person;
  const others = await dependencies.readConnected();
  if (tenantId !== undefined && !others.has(tenantId))
    throw new AppError("SignInFailed", { reason: "tenant-not-connected", facts: { tenantId } });
  const former = readSessionId(request);
  if (former !== undefined) await dependencies.sessions.end(hashOfSessionId(former));
  const id = await dependencies.sessions.open(person.objectId, {
    tenantId,
    name: person.name,
    roles: [...person.roles],
    refreshToken: person.refreshToken,
    tokens: { arm: person.token },
  });
  await audit(dependencies, "portal/sign-in", person, request);
  return {
    status: 303,
    headers: {
      location: attempt.returnTo,
      "set-cookie": [
        noAttemptCookie(state),
        sessionCookie(id),
        ...(others.size === 0 ? [] : [tenantCookie(tenantId ?? dependencies.config.TENANT_ID)]),
      ],
    },
  };
}

async function openAttempt(
  { seal, now }: Pick<SignInDependencies, "seal" | "now">,
  request: RouteRequest,
  state: string,
): Promise<Attempt> {
  const sealed = state.length > STATE_MAX_CHARACTERS ? undefined : readAttempt(request, state);
  const attempt = attemptSchema.safeParse(
    sealed === undefined ? undefined : await seal.open(purposeOf(state), sealed),
  );
  if (!attempt.success || attempt.data.expiresAtMs <= now())
    throw new AppError("SignInFailed", { reason: "attempt-unknown" });
  return attempt.data;
}

/** The page then navigates to `location`, where Entra ID ends its own session. */
async function signOut(
  dependencies: Auditing & Pick<SignInDependencies, "provider" | "sessions">,
  request: SessionRequest,
): Promise<Answer> {
  await dependencies.sessions.end(request.session.idHash);
  const { tenantId } = request.session.content;
  const { objectId, name } = request.caller;
  await audit(dependencies, "portal/sign-out", { objectId, name, tenantId }, request);
  // Sign-out succeeds here even when Entra ID's address cannot be read.
  const location = await dependencies.provider.signOutUrl(tenantId).catch(() => "/portal/");
  return {
    status: 200,
    headers: { "set-cookie": [noSessionCookie()], "clear-site-data": '"cache"' },
    body: { json: { location } satisfies SignedOut },
  };
}

async function audit(
  auditing: Auditing,
  action: AuditAction,
  { objectId, name, tenantId }: Pick<SignedIn, "objectId" | "name" | "tenantId">,
  { address, requestId: correlationId }: RouteRequest,
): Promise<void> {
  const actor = { kind: "caller", objectId, name, address } as const;
  const entry = { chain: "broker", action, context: { actor, correlationId } } as const;
  await note(auditing, entry, {
    outcome: "granted",
    detail: tenantId === undefined ? undefined : { tenant: tenantId },
  });
}

const purposeOf = (state: string): string => `portal-sign-in ${state}`;
