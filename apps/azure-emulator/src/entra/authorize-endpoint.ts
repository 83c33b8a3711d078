import type { Tenant } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";
import type { Grants } from "./authorization-code.ts";
import { EntraError, type EntraErrorBody } from "./entra-error.ts";
import {
  type OAuthParameters,
  parseFormParameters,
  parseParameters,
  requireParameter,
} from "./form-parameters.ts";
import {
  consent,
  findServicePrincipal,
  needsConsent,
  principalIn,
  type ServicePrincipal,
} from "./principals.ts";
import { renderFormPostPage, renderSignInPage, renderMessagePage } from "./sign-in-page.ts";
import { clientInfo } from "./token-claims.ts";

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
  context: {
    deps: EmulatorDependencies;
    grants: Grants;
    describe: (error: EntraError) => EntraErrorBody;
  },
): Promise<HttpAnswer> {
  const { deps } = context;
  const parameters =
    request.method === "POST" ? parseFormParameters(request) : parseParameters(request.query);
  const client = checkClient(parameters, tenant, deps);
  const returned = refuseToClient(parameters);
  if (returned !== undefined) {
    const { error, error_description, error_uri } = context.describe(returned);
    const fields = Object.entries({ error, error_description, error_uri });
    const usual = parameters.response_type === "code" ? "query" : "fragment";
    const responseMode = findResponseMode(parameters) ?? usual;
    return answerClient({ ...client, responseMode }, withState(parameters, fields));
  }
  const isVersion1 = !request.path.toLowerCase().includes("/v2.0/");
  const authorization = {
    ...client,
    ...checkAuthorizationRequest(isVersion1 ? asVersion2(parameters) : parameters),
  };
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
      consentsFor: needsConsent(deps.state, tenant.id, authorization.principal.clientId)
        ? tenant.displayName
        : undefined,
      problem:
        userName === undefined
          ? undefined
          : `There is no user ${userName} in ${tenant.displayName}. Choose one of the list, or check the spelling.`,
    });
  }
  consent(deps.state, tenant.id, authorization.principal.clientId);
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
  const info = parameters.client_info === "1" ? clientInfo(user) : undefined;
  return answerClient(
    authorization,
    withState(parameters, [
      ["code", code],
      ...(info === undefined ? [] : [["client_info", info] as const]),
    ]),
  );
}

/**
 * A refusal that the client gets: of a silent sign-in, since users do not stay signed in here, and
 * of tokens without a code, which an application gets only if it is registered for them.
 */
function refuseToClient({
  prompt,
  response_type: responseType = "code",
}: OAuthParameters): EntraError | undefined {
  const types = responseType.split(" ");
  if (types.includes("id_token")) return new EntraError(700054, { responseType: "id_token" });
  if (types.includes("token")) return new EntraError(700051, { responseType: "token" });
  return prompt?.split(" ").includes("none") === true ? new EntraError(50058) : undefined;
}

/** Version 1 names a resource instead of scopes, and always gives an id_token and a refresh token. */
function asVersion2(parameters: OAuthParameters): OAuthParameters {
  const scopes = new Set([...(parameters.scope ?? "").split(" "), "openid", "offline_access"]);
  if (parameters.resource) scopes.add(`${parameters.resource}/user_impersonation`);
  return { ...parameters, scope: [...scopes].join(" ").trim() };
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

/** @throws EntraError for a client that is not registered here, or not at this address. */
function checkClient(
  parameters: OAuthParameters,
  tenant: Tenant,
  deps: Pick<EmulatorDependencies, "state">,
): Pick<AuthorizationRequest, "principal" | "redirectUri"> {
  const clientId = requireParameter(parameters, "client_id");
  const principal = needsConsent(deps.state, tenant.id, clientId)
    ? deps.state.get("application", clientId)
    : findServicePrincipal(deps.state, tenant.id, clientId);
  if (principal === undefined)
    throw new EntraError(700016, { appId: clientId, tenant: tenant.displayName });
  const redirectUri = requireParameter(parameters, "redirect_uri");
  if (!principal.redirectUris.some((registered) => matchesRedirectUri(registered, redirectUri)))
    throw new EntraError(50011, { redirectUri, appId: clientId });
  return { principal, redirectUri };
}

function checkAuthorizationRequest(
  parameters: OAuthParameters,
): Omit<AuthorizationRequest, "principal" | "redirectUri"> {
  const responseType = requireParameter(parameters, "response_type");
  if (responseType !== "code") throw new EntraError(700054, { responseType });
  const scope = requireParameter(parameters, "scope");
  const challenge = parameters.code_challenge;
  if (challenge !== undefined && !CODE_CHALLENGE.test(challenge)) throw new EntraError(501491);
  const responseMode = findResponseMode({ response_mode: "query", ...parameters });
  if (responseMode === undefined)
    throw new EntraError(90023, {
      detail: `response_mode '${parameters.response_mode}' is not one of query, fragment, form_post.`,
    });
  const method = parameters.code_challenge_method ?? "plain";
  if (method !== "S256" && method !== "plain")
    throw new EntraError(90023, {
      detail: `code_challenge_method '${method}' is not one of S256, plain.`,
    });
  return { scope, responseMode, codeChallengeMethod: method };
}

function findResponseMode({
  response_mode: mode,
}: Pick<OAuthParameters, "response_mode">): AuthorizationRequest["responseMode"] | undefined {
  return mode === "query" || mode === "fragment" || mode === "form_post" ? mode : undefined;
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
  authorization: Pick<AuthorizationRequest, "redirectUri" | "responseMode">,
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

/**
 * OpenID Connect RP-initiated logout. There is no session to end, since the sign-in page asks each
 * time; the browser is sent on only to the origin of a registered redirect URI: anything else would
 * be an open redirect.
 */
export function answerLogoutRequest(
  request: HttpRequest,
  tenant: Tenant,
  deps: Pick<EmulatorDependencies, "state">,
): HttpAnswer {
  const { post_logout_redirect_uri: target, state } = parseParameters(request.query);
  if (target === undefined || !URL.canParse(target))
    return renderMessagePage("Signed out", "You are signed out. You can close this page.", 200);
  const location = new URL(target);
  const isRegistered = deps.state
    .list("application")
    .filter((application) => principalIn(application, tenant.id) !== undefined)
    .flatMap((application) => application.redirectUris)
    .some((uri) => URL.canParse(uri) && new URL(uri).origin === location.origin);
  if (!isRegistered)
    return renderMessagePage(
      "Signed out",
      "You are signed out. The application asked to go to an address that no application has registered.",
      200,
      location.origin,
    );
  if (state !== undefined) location.searchParams.set("state", state);
  return { status: 302, headers: { location: location.href, "cache-control": "no-store" } };
}
