import { AppError, toAppError } from "@databox-cmk/errors";
import { type AuditAction, SESSION_CALLS, type SignedOut } from "@databox-cmk/protocol";
import * as z from "zod";

import { type Auditing, note } from "../../audit/record.ts";
import type { BrokerConfig } from "../../config/config.ts";
import { decideReturnPath } from "../../core/portal/return-path.ts";
import type { Clock } from "../../core/ports.ts";
import type { Answer, ServedRoute, RouteRequest, SessionRequest } from "../../http/route.ts";
import {
  attemptCookie,
  noAttemptCookie,
  noSessionCookie,
  readAttempt,
  readSessionId,
  sessionCookie,
  surplusAttempts,
} from "./cookies.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import type { Seal } from "./seal.ts";
import { hashOfSessionId, type Sessions } from "./sessions.ts";
import { renderSignInFailure } from "./sign-in-failure-page.ts";

export type SignInDependencies = Auditing & {
  readonly config: Pick<BrokerConfig, "AZURE_CLOUD">;
  readonly provider: IdentityProvider;
  readonly sessions: Pick<Sessions, "open" | "end">;
  readonly seal: Seal;
  readonly now: Clock;
};

const attemptSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  expiresAtMs: z.number(),
});
type Attempt = z.output<typeof attemptSchema>;

/** Time for a password, a second factor and a phone. */
const ATTEMPT_SECONDS = 900;
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
      return renderSignInFailure(toAppError(error), request.requestId, config);
    }
  };
}

async function beginSignIn(
  { provider, seal, now }: Pick<SignInDependencies, "provider" | "seal" | "now">,
  request: RouteRequest,
): Promise<Answer> {
  const { url, attempt } = await provider.begin();
  const kept: Attempt = {
    ...attempt,
    returnTo: decideReturnPath(request.query.get("returnTo")),
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
  const former = readSessionId(request);
  if (former !== undefined) await dependencies.sessions.end(hashOfSessionId(former));
  const id = await dependencies.sessions.open(person.objectId, {
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
      "set-cookie": [noAttemptCookie(state), sessionCookie(id)],
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
  await audit(dependencies, "portal/sign-out", request.caller, request);
  // Sign-out succeeds here even when Entra ID's address cannot be read.
  const location = await dependencies.provider.signOutUrl().catch(() => "/portal/");
  return {
    status: 200,
    headers: { "set-cookie": [noSessionCookie()], "clear-site-data": '"cache"' },
    body: { json: { location } satisfies SignedOut },
  };
}

async function audit(
  auditing: Auditing,
  action: AuditAction,
  { objectId, name }: { readonly objectId: string; readonly name: string },
  { address, requestId: correlationId }: RouteRequest,
): Promise<void> {
  const actor = { kind: "caller", objectId, name, address } as const;
  const entry = { chain: "broker", action, context: { actor, correlationId } } as const;
  await note(auditing, entry, { outcome: "granted" });
}

const purposeOf = (state: string): string => `portal-sign-in ${state}`;
