import type { StruckEffect } from "../core/faults.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import { answerWithFaults } from "../faults/answer-with-faults.ts";
import type { HttpAnswer, HttpHandler, HttpRequest } from "../http/message.ts";
import { row, createRouter, type Route, type RouteParameters } from "../http/route-table.ts";
import { isAadstsCode } from "./aadsts.ts";
import { createGrants } from "./authorization-code.ts";
import { answerAuthorizeRequest, answerLogoutRequest } from "./authorize-endpoint.ts";
import { instanceDiscovery, openIdConfiguration } from "./discovery.ts";
import { EntraError, renderEntraError } from "./entra-error.ts";
import {
  type Authority,
  domainOf,
  findAuthority,
  findTenantOfDomain,
  GUID,
} from "./find-tenant.ts";
import { graphRoutes } from "./graph/graph-routes.ts";
import { renderMessagePage } from "./sign-in-page.ts";
import { DEFAULT_TOKEN_LIFETIME_SECONDS } from "./token-claims.ts";
import { answerTokenRequest } from "./token-endpoint.ts";

const CACHEABLE = { "cache-control": "max-age=86400, private" };
const NEVER_STORED = {
  "cache-control": "no-store, no-cache",
  pragma: "no-cache",
  expires: "-1",
  "x-content-type-options": "nosniff",
};

/**
 * Entra ID: the authority `login.localhost`. Operations, as faults name them: discovery, keys,
 * token, authorize, logout.
 *
 * @param lifetimeSeconds - of access tokens and id_tokens; Azure: an hour or a little more
 */
export function createEntraRouter(
  deps: EmulatorDependencies,
  lifetimeSeconds = DEFAULT_TOKEN_LIFETIME_SECONDS,
): HttpHandler {
  const grants = createGrants(deps.issuerKeys, deps.systemNow);
  const { authorityUrl } = deps.endpoints;

  const authorityOf = (parameters: RouteParameters) =>
    findAuthority(deps, parameters["tenant"] ?? "");
  const tenantOf = (parameters: RouteParameters) => authorityOf(parameters).tenant;

  const discovery = (version: "v1" | "v2") => (_: HttpRequest, parameters: RouteParameters) => ({
    status: 200,
    headers: CACHEABLE,
    body: openIdConfiguration(
      findDescribed(() => authorityOf(parameters), parameters["tenant"]),
      version,
      deps.endpoints,
    ),
  });
  const keys = async (_: HttpRequest, parameters: RouteParameters): Promise<HttpAnswer> => {
    tenantOf(parameters);
    return { status: 200, headers: CACHEABLE, body: { keys: await deps.issuerKeys.publicJwks() } };
  };
  const token =
    (version: "v1" | "v2") =>
    async (request: HttpRequest, parameters: RouteParameters): Promise<HttpAnswer> => ({
      status: 200,
      headers: NEVER_STORED,
      body: await answerTokenRequest(request, tenantOf(parameters), version, {
        deps,
        grants,
        lifetimeSeconds,
      }),
    });
  const authorize = (request: HttpRequest, parameters: RouteParameters) =>
    answerAuthorizeRequest(request, tenantOf(parameters), {
      deps,
      grants,
      describe: (error) => renderEntraError(error, renderContext(request, deps)).body,
    });

  const logout = (request: HttpRequest, parameters: RouteParameters) =>
    answerLogoutRequest(request, tenantOf(parameters), deps);

  /** Whether a user signs in here or at a federated server: MSAL asks before it sends a password. */
  const userRealm = (_: HttpRequest, { user = "" }: RouteParameters): HttpAnswer => {
    const domain = domainOf(user);
    const isKnown = findTenantOfDomain(deps, domain) !== undefined;
    return {
      status: 200,
      headers: NEVER_STORED,
      body: {
        ver: "1.0",
        account_type: isKnown ? "Managed" : "Unknown",
        domain_name: isKnown ? domain : undefined,
        cloud_instance_name: new URL(authorityUrl).host,
        cloud_audience_urn: "urn:federation:MicrosoftOnline",
      },
    };
  };

  const routes: readonly Route<undefined>[] = [
    row("GET", "/common/discovery/instance", () => ({
      status: 200,
      headers: CACHEABLE,
      body: instanceDiscovery(authorityUrl, deps.cloud.tenantId),
    })),
    row("GET", "/common/userrealm/{user}", userRealm),
    row("GET", "/{tenant}/v2.0/.well-known/openid-configuration", discovery("v2")),
    row("GET", "/{tenant}/.well-known/openid-configuration", discovery("v1")),
    row("GET", "/{tenant}/discovery/v2.0/keys", keys),
    row("GET", "/{tenant}/discovery/keys", keys),
    row("POST", "/{tenant}/oauth2/v2.0/token", token("v2")),
    row("POST", "/{tenant}/oauth2/token", token("v1")),
    row("GET", "/{tenant}/oauth2/v2.0/authorize", authorize),
    row("POST", "/{tenant}/oauth2/v2.0/authorize", authorize),
    row("GET", "/{tenant}/oauth2/authorize", authorize),
    row("POST", "/{tenant}/oauth2/authorize", authorize),
    row("GET", "/{tenant}/oauth2/v2.0/logout", logout),
    row("GET", "/{tenant}/oauth2/logout", logout),
    ...graphRoutes(deps),
  ];
  const route = createRouter(routes, (request, match) => {
    if (match.kind === "wrong-method")
      throw new EntraError(900561, {
        accepted: match.allowed.join(", "),
        received: request.method,
      });
    return { status: 404, headers: NEVER_STORED };
  });

  const answer = async (request: HttpRequest): Promise<HttpAnswer> => {
    try {
      return await route(request);
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      return renderRefusal(request, error, deps);
    }
  };
  return async (request) => {
    const effects = deps.faults.strike({ service: "entra", operation: operationOf(request.path) });
    const renderStatus = (effect: StatusEffect) => renderInjected(request, effect, deps);
    return withHeaders(
      request,
      await answerWithFaults(effects, renderStatus, () => answer(request)),
    );
  };
}

/** The name of a path for faults: its last segment, except for the documents. */
function operationOf(path: string): string {
  if (/^\/common\/userrealm\//iu.test(path)) return "discovery";
  const last = path.replace(/\/$/, "").split("/").at(-1)?.toLowerCase() ?? "";
  return last === "openid-configuration" || last === "instance" ? "discovery" : last;
}

type StatusEffect = Extract<StruckEffect, { kind: "status" }>;

/**
 * An injected error: `code` is an AADSTS number of the table, with or without its prefix, or any
 * OAuth error.
 */
function renderInjected(
  request: HttpRequest,
  effect: StatusEffect,
  deps: Pick<EmulatorDependencies, "endpoints" | "systemNow">,
): Omit<HttpAnswer, "status"> {
  const number = Number(/^(?:AADSTS)?(\d+)$/i.exec(effect.code ?? "90033")?.[1]);
  const isKnown = isAadstsCode(number);
  const { body } = renderEntraError(
    new EntraError(isKnown ? number : 90033),
    renderContext(request, deps),
  );
  return {
    headers: NEVER_STORED,
    body: {
      ...body,
      error: isKnown ? body.error : effect.code,
      error_codes: isKnown ? body.error_codes : [],
      error_description: effect.message ?? body.error_description,
    },
  };
}

function renderRefusal(
  request: HttpRequest,
  error: EntraError,
  deps: Pick<EmulatorDependencies, "endpoints" | "systemNow">,
): HttpAnswer {
  const { status, body } = renderEntraError(error, renderContext(request, deps));
  const isPage = request.path.toLowerCase().endsWith("/authorize");
  if (isPage)
    return renderMessagePage("Sign-in failed", body.error_description, status, body.error);
  return { status, headers: NEVER_STORED, body };
}

function renderContext(
  request: HttpRequest,
  deps: Pick<EmulatorDependencies, "endpoints" | "systemNow">,
) {
  return {
    nowMs: deps.systemNow(),
    traceId: request.requestId,
    correlationId: correlationIdOf(request),
    authorityUrl: deps.endpoints.authorityUrl,
  };
}

function correlationIdOf(request: HttpRequest): string {
  const sent = request.headers["client-request-id"];
  return typeof sent === "string" && GUID.test(sent) ? sent : request.requestId;
}

function withHeaders(request: HttpRequest, answer: HttpAnswer): HttpAnswer {
  return {
    ...answer,
    headers: {
      ...answer.headers,
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-ms-request-id": request.requestId,
      "client-request-id": correlationIdOf(request),
    },
  };
}

/** Metadata of a tenant that is not there has another error than its token endpoint. */
function findDescribed(find: () => Authority, tenant = ""): Authority {
  try {
    return find();
  } catch (error) {
    throw error instanceof EntraError ? new EntraError(90002, { tenant }, "invalid_tenant") : error;
  }
}
