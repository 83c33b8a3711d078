import type { Tenant } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";
import type { Grants } from "./authorization-code.ts";
import { EntraError } from "./entra-error.ts";
import {
  type OAuthParameters,
  parseFormParameters,
  parseParameters,
  requireParameter,
} from "./form-parameters.ts";
import { findServicePrincipal, type ServicePrincipal } from "./principals.ts";
import { renderFormPostPage, renderSignInPage } from "./sign-in-page.ts";

/** RFC 7636 §4.2: a challenge has 43 to 128 characters. */
const CODE_CHALLENGE = /^[A-Za-z0-9._~-]{43,128}$/;

type AuthorizationRequest = {
  readonly principal: ServicePrincipal;
  readonly redirectUri: string;
  readonly scope: string;
  readonly responseMode: "query" | "fragment" | "form_post";
  readonly codeChallengeMethod: "S256" | "plain";
};

/**
 * `/{tenant}/oauth2/v2.0/authorize`: GET shows the sign-in page, POST (from that page) signs the
 * chosen user in.
 *
 * @throws EntraError when the client or its redirect URI is wrong: then the browser is not
 * redirected.
 */
export async function answerAuthorizeRequest(
  request: HttpRequest,
  tenant: Tenant,
  context: { deps: EmulatorDependencies; grants: Grants },
): Promise<HttpAnswer> {
  const { deps } = context;
  const parameters =
    request.method === "POST" ? parseFormParameters(request) : parseParameters(request.query);
  const authorization = checkAuthorizationRequest(parameters, tenant, deps);
  if (request.method === "POST" && parameters.cancel !== undefined)
    return answerClient(authorization, withState(parameters, CANCELLED));
  const userName = request.method === "POST" ? parameters.username?.trim() : undefined;
  const user = userName === undefined ? undefined : deps.state.get("user", userName);
  if (user === undefined || user.tenantId !== tenant.id) {
    return renderSignInPage({
      parameters,
      applicationName: authorization.principal.displayName,
      users: deps.state.list("user").filter((candidate) => candidate.tenantId === tenant.id),
      redirectOrigin: new URL(authorization.redirectUri).origin,
      problem:
        userName === undefined
          ? undefined
          : `There is no user ${userName} in ${tenant.displayName}. Choose one of the list, or check the spelling.`,
    });
  }
  const code = await context.grants.issueCode({
    tenantId: tenant.id,
    clientId: authorization.principal.clientId,
    userName: user.userName,
    scope: authorization.scope,
    redirectUri: authorization.redirectUri,
    nonce: parameters.nonce,
    codeChallenge: parameters.code_challenge,
    codeChallengeMethod: authorization.codeChallengeMethod,
  });
  return answerClient(authorization, withState(parameters, [["code", code]]));
}

/**
 * The client's answer for a person who cancelled (Microsoft identity platform, "Error response" of
 * the code flow).
 */
const CANCELLED = [
  ["error", "access_denied"],
  ["error_description", "AADSTS65004: User declined to consent to access the app."],
  ["error_subcode", "cancel"],
] as const;

function withState(
  { state }: OAuthParameters,
  fields: Iterable<readonly [string, string]>,
): ReadonlyMap<string, string> {
  return new Map([...fields, ...(state === undefined ? [] : [["state", state] as const])]);
}

function checkAuthorizationRequest(
  parameters: OAuthParameters,
  tenant: Tenant,
  deps: Pick<EmulatorDependencies, "state">,
): AuthorizationRequest {
  const clientId = requireParameter(parameters, "client_id");
  const principal = findServicePrincipal(deps.state, tenant.id, clientId);
  if (principal === undefined)
    throw new EntraError(700016, { appId: clientId, tenant: tenant.displayName });
  const redirectUri = requireParameter(parameters, "redirect_uri");
  if (!principal.redirectUris.some((registered) => matchesRedirectUri(registered, redirectUri)))
    throw new EntraError(50011, { redirectUri, appId: clientId });
  const responseType = requireParameter(parameters, "response_type");
  if (responseType !== "code") throw new EntraError(700054, { responseType });
  const scope = requireParameter(parameters, "scope");
  const challenge = parameters.code_challenge;
  if (challenge !== undefined && !CODE_CHALLENGE.test(challenge)) throw new EntraError(501491);
  const responseMode = parameters.response_mode ?? "query";
  if (responseMode !== "query" && responseMode !== "fragment" && responseMode !== "form_post")
    throw new EntraError(90023, {
      detail: `response_mode '${responseMode}' is not one of query, fragment, form_post.`,
    });
  const method = parameters.code_challenge_method ?? "plain";
  if (method !== "S256" && method !== "plain")
    throw new EntraError(90023, {
      detail: `code_challenge_method '${method}' is not one of S256, plain.`,
    });
  return { principal, redirectUri, scope, responseMode, codeChallengeMethod: method };
}

/** Exact, except that the port of a loopback URI is free (RFC 8252 §7.3). */
export function matchesRedirectUri(registered: string, presented: string): boolean {
  if (registered === presented) return true;
  if (!URL.canParse(registered) || !URL.canParse(presented)) return false;
  const expected = new URL(registered);
  const actual = new URL(presented);
  const isLoopback = expected.hostname === "localhost" || expected.hostname === "127.0.0.1";
  expected.port = actual.port;
  return isLoopback && expected.protocol === "http:" && expected.href === actual.href;
}

function answerClient(
  authorization: AuthorizationRequest,
  fields: ReadonlyMap<string, string>,
): HttpAnswer {
  if (authorization.responseMode === "form_post")
    return renderFormPostPage(authorization.redirectUri, fields);
  const location = new URL(authorization.redirectUri);
  if (authorization.responseMode === "fragment")
    location.hash = new URLSearchParams([...fields]).toString();
  else for (const [name, value] of fields) location.searchParams.set(name, value);
  return {
    status: 302,
    headers: {
      location: location.href,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
  };
}
