import type { Tenant, User } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import type { HttpRequest } from "../http/message.ts";
import type { Grant, Grants } from "./authorization-code.ts";
import {
  authenticateClient,
  readClientCredentials,
  equalSecrets,
} from "./client-authentication.ts";
import { openIdIssuer } from "./discovery.ts";
import { EntraError } from "./entra-error.ts";
import { type OAuthParameters, parseFormParameters, requireParameter } from "./form-parameters.ts";
import { findServicePrincipal, type ServicePrincipal } from "./principals.ts";
import { newTokenId, signToken } from "./sign-token.ts";
import {
  appAccessTokenClaims,
  clientInfo,
  type ClientProof,
  idTokenClaims,
  stsIssuer,
  userAccessTokenClaims,
} from "./token-claims.ts";
import {
  isKnownResource,
  resourceOfDefaultScope,
  resourceOfDelegatedScopes,
} from "./token-resource.ts";

export type TokenEndpointContext = {
  readonly deps: EmulatorDependencies;
  readonly grants: Grants;
  readonly lifetimeSeconds: number;
};

type TokenExchange = TokenEndpointContext & {
  readonly tenant: Tenant;
  readonly version: "v1" | "v2";
  readonly parameters: OAuthParameters;
  readonly principal: ServicePrincipal;
  readonly proof: ClientProof;
};

const GRANT_TYPES: Readonly<Record<string, (exchange: TokenExchange) => Promise<object>>> = {
  client_credentials: clientCredentialsGrant,
  authorization_code: authorizationCodeGrant,
  refresh_token: refreshTokenGrant,
  password: passwordGrant,
};

/**
 * POST `/{tenant}/oauth2/v2.0/token` and, with `resource` for `scope`, `/{tenant}/oauth2/token`.
 *
 * @throws EntraError for every refusal.
 */
export async function answerTokenRequest(
  request: HttpRequest,
  tenant: Tenant,
  version: "v1" | "v2",
  context: TokenEndpointContext,
): Promise<object> {
  const { deps } = context;
  const parameters = parseFormParameters(request);
  const grantType = requireParameter(parameters, "grant_type");
  const answer = Object.hasOwn(GRANT_TYPES, grantType) ? GRANT_TYPES[grantType] : undefined;
  if (answer === undefined) throw new EntraError(70003, { grantType });
  const credentials = readClientCredentials(request, parameters);
  const principal = findServicePrincipal(deps.state, tenant.id, credentials.clientId);
  if (principal === undefined)
    throw new EntraError(700016, { appId: credentials.clientId, tenant: tenant.displayName });
  const proof = await authenticateClient(credentials, principal, {
    fetchIssuerJson: deps.fetchIssuerJson,
    nowMs: deps.systemNow(),
    grantType,
  });
  return answer({ ...context, tenant, version, parameters, principal, proof });
}

async function clientCredentialsGrant(exchange: TokenExchange): Promise<object> {
  const { deps, parameters, version } = exchange;
  const resource =
    version === "v1"
      ? requireParameter(parameters, "resource")
      : resourceOfDefaultScope(requireParameter(parameters, "scope"));
  requireKnownResource(exchange, resource);
  const accessToken = await signToken(
    deps.issuerKeys,
    "JWT",
    appAccessTokenClaims({
      cloud: deps.endpoints.cloud,
      principal: exchange.principal,
      audience: resource,
      proof: exchange.proof,
      times: timesOf(exchange),
      tokenId: newTokenId(),
    }),
  );
  return tokenAnswer(exchange, resource, { access_token: accessToken });
}

async function authorizationCodeGrant(exchange: TokenExchange): Promise<object> {
  const { parameters } = exchange;
  const grant = await exchange.grants.redeemCode(requireParameter(parameters, "code"), {
    tenantId: exchange.tenant.id,
    clientId: exchange.principal.clientId,
    redirectUri: requireParameter(parameters, "redirect_uri"),
    verifier: parameters.code_verifier,
  });
  return userAnswer(exchange, grant, parameters.scope ?? grant.scope, grant.nonce);
}

async function refreshTokenGrant(exchange: TokenExchange): Promise<object> {
  const grant = await exchange.grants.redeemRefreshToken(
    requireParameter(exchange.parameters, "refresh_token"),
    { tenantId: exchange.tenant.id, clientId: exchange.principal.clientId },
  );
  return userAnswer(exchange, grant, exchange.parameters.scope ?? grant.scope);
}

/** The only grant that checks a local user's password; the sign-in page requests none. */
async function passwordGrant(exchange: TokenExchange): Promise<object> {
  const userName = requireParameter(exchange.parameters, "username");
  const password = requireParameter(exchange.parameters, "password");
  const user = requireUser(exchange, userName);
  if (!equalSecrets(user.password, password)) throw new EntraError(50126);
  const scope = exchange.parameters.scope ?? "openid";
  const grant = {
    tenantId: exchange.tenant.id,
    clientId: exchange.principal.clientId,
    userName,
    scope,
  };
  return userAnswer(exchange, grant, scope);
}

async function userAnswer(
  exchange: TokenExchange,
  grant: Grant,
  scope: string,
  nonce?: string,
): Promise<object> {
  const { deps, principal, parameters } = exchange;
  const user = requireUser(exchange, grant.userName);
  const scopes = scope.split(" ").filter((part) => part !== "");
  const resource =
    exchange.version === "v1" && parameters.resource !== undefined
      ? parameters.resource
      : resourceOfDelegatedScopes(scopes);
  requireKnownResource(exchange, resource);
  const times = timesOf(exchange);
  const accessToken = await signToken(
    deps.issuerKeys,
    "JWT",
    userAccessTokenClaims({
      cloud: deps.endpoints.cloud,
      user,
      clientId: principal.clientId,
      proof: exchange.proof,
      audience: resource,
      times,
      tokenId: newTokenId(),
    }),
  );
  const idToken = scopes.includes("openid")
    ? await signToken(
        deps.issuerKeys,
        "JWT",
        idTokenClaims({
          user,
          clientId: principal.clientId,
          version: exchange.version,
          issuer:
            exchange.version === "v2"
              ? openIdIssuer(deps.endpoints.authorityUrl, user.tenantId)
              : stsIssuer(deps.endpoints.cloud, user.tenantId),
          nonce,
          times,
          tokenId: newTokenId(),
        }),
      )
    : undefined;
  // A client that redeems a refresh token gets the next one, also if it names other scopes.
  const isRefreshed = parameters.grant_type === "refresh_token";
  const refreshToken =
    isRefreshed || scopes.includes("offline_access")
      ? await exchange.grants.issueRefreshToken({
          tenantId: grant.tenantId,
          clientId: grant.clientId,
          userName: grant.userName,
          scope,
        })
      : undefined;
  return tokenAnswer(exchange, resource, {
    scope: scopes.join(" "),
    access_token: accessToken,
    refresh_token: refreshToken,
    id_token: idToken,
    client_info: parameters.client_info === "1" ? clientInfo(user) : undefined,
  });
}

function requireUser(exchange: Pick<TokenExchange, "deps" | "tenant">, userName: string): User {
  const user = exchange.deps.state.get("user", userName);
  if (user === undefined || user.tenantId !== exchange.tenant.id)
    throw new EntraError(50034, { user: userName, tenant: exchange.tenant.displayName });
  return user;
}

function requireKnownResource(
  exchange: Pick<TokenExchange, "deps" | "tenant">,
  resource: string,
): void {
  const { deps, tenant } = exchange;
  if (isKnownResource(resource, deps.endpoints, deps.state)) return;
  throw new EntraError(500011, { resource, tenant: tenant.displayName });
}

function timesOf(exchange: Pick<TokenExchange, "deps" | "lifetimeSeconds">) {
  return { nowMs: exchange.deps.systemNow(), lifetimeSeconds: exchange.lifetimeSeconds };
}

/**
 * Version 2 answers numbers; version 1 answers them as text, with the absolute times and the
 * resource.
 */
function tokenAnswer(
  exchange: Pick<TokenExchange, "lifetimeSeconds" | "version" | "deps">,
  resource: string,
  tokens: object,
): object {
  const expiresIn = exchange.lifetimeSeconds - 1;
  if (exchange.version === "v2")
    return { token_type: "Bearer", expires_in: expiresIn, ext_expires_in: expiresIn, ...tokens };
  const nowSeconds = Math.floor(exchange.deps.systemNow() / 1_000);
  return {
    token_type: "Bearer",
    expires_in: String(expiresIn),
    ext_expires_in: String(expiresIn),
    expires_on: String(nowSeconds + exchange.lifetimeSeconds),
    not_before: String(nowSeconds - 300),
    resource,
    ...tokens,
  };
}
