import { randomUUID } from "node:crypto";

import type { EmulatorDependencies } from "../dependencies.ts";
import { answerWithFaults } from "../faults/answer-with-faults.ts";
import type { FaultTarget } from "../faults/faults.ts";
import type { HttpAnswer, HttpHandler, HttpRequest } from "../http/message.ts";
import { createRouteMatcher } from "../http/route-table.ts";
import { type ArmContext, requireScope } from "./arm-context.ts";
import {
  ArmError,
  invalidResourceNamespace,
  invalidResourceType,
  renderArmError,
  methodNotAllowed,
} from "./arm-error.ts";
import { authenticate } from "./authenticate.ts";
import { answerAuthorizationRequest } from "./authorization/answer-authorization-request.ts";
import { refuseLocked } from "./authorization/locks.ts";
import { createDataBoxForwarder, DATA_BOX_NAMESPACE } from "./data-box/forward-request.ts";
import { lockAccounts } from "./data-box/lock-accounts.ts";
import { requireLocation } from "./data-box/require-location.ts";
import { federatedCredentialRoutes } from "./identities/federated-credential-routes.ts";
import { associatedResourceRoutes, identityRoutes } from "./identities/identity-routes.ts";
import { answerMetadataEndpoints } from "./metadata-endpoints.ts";
import {
  findProvider,
  type ProviderNamespace,
  requireApiVersion,
  versionJudgement,
} from "./providers.ts";
import { type ArmPath, parseArmPath } from "./resource-id.ts";
import { storageRoutes } from "./storage/storage-routes.ts";
import { providerRoutes, subscriptionRoutes } from "./subscriptions/subscription-routes.ts";
import { answerTagsRequest } from "./subscriptions/tags.ts";
import { deletedVaultRoutes } from "./vaults/deleted-vault-routes.ts";
import { managedHsmRoutes } from "./vaults/managed-hsm-routes.ts";
import { vaultKeyRoutes } from "./vaults/vault-key-routes.ts";
import { vaultRoutes } from "./vaults/vault-routes.ts";

/**
 * Resource Manager: `arm.localhost`. The last provider in the path decides who answers.
 * Subscription and group must exist; Microsoft.DataBox then goes to the broker unchanged,
 * everything else needs a token of this cloud and an api-version.
 */
export function createResourceManagerRouter(deps: EmulatorDependencies): HttpHandler {
  const match = createRouteMatcher([
    ...vaultRoutes,
    ...vaultKeyRoutes,
    ...deletedVaultRoutes,
    ...managedHsmRoutes,
    ...identityRoutes,
    ...federatedCredentialRoutes,
    ...associatedResourceRoutes,
    ...storageRoutes,
    ...subscriptionRoutes,
    ...providerRoutes,
  ]);
  const forwardToDataBox = createDataBoxForwarder(deps);

  const answer = async (request: HttpRequest): Promise<HttpAnswer> => {
    if (request.method === "GET" && request.path.replace(/\/$/, "") === "/metadata/endpoints")
      return answerMetadataEndpoints(request, deps.endpoints, deps.cloud.tenantId);
    const path = parseArmPath(request.path);
    if (path.namespace?.toLowerCase() === DATA_BOX_NAMESPACE && isServed(path)) {
      await requireScopeForKnown(request, path, deps);
      const answered = await forwardToDataBox(request);
      lockAccounts(request, path, answered, deps.state);
      return answered;
    }
    const caller = await authenticate(request, deps);
    const namespace = requireProvider(path);
    const context: ArmContext = {
      request,
      parameters: {},
      deps,
      caller,
      dataBox: forwardToDataBox,
      apiVersion: requireApiVersion(
        request.query,
        { namespace, type: typeOf(path) },
        { ...versionJudgement(deps), location: deps.cloud.location },
      ),
    };
    refuseLocked(request, path, deps.state);
    if (namespace === "Microsoft.Resources" && path.segments[0]?.toLowerCase() === "tags") {
      requireScope(path.scope, deps);
      return answerTagsRequest(path, context);
    }
    if (namespace === "Microsoft.Authorization" && isServed(path)) {
      requireScope(path.scope, deps);
      return answerAuthorizationRequest(path, context);
    }
    const found = match(request.method, request.path);
    if (found.kind !== "found") throw notServed(path, namespace, context, found.kind);
    const createsGroup = request.method !== "GET" && path.namespace === undefined;
    requireScope(createsGroup ? subscriptionPart(request.path) : request.path, deps);
    return found.route.handle({ ...context, parameters: found.parameters });
  };

  const answerOrRefuse = async (request: HttpRequest): Promise<HttpAnswer> => {
    try {
      return await answer(request);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return renderArmError(error);
    }
  };
  return async (sent) => {
    const request = withoutDoubleSlashes(sent);
    const effects = deps.faults.strike(faultTargetOf(request));
    return withHeaders(
      request,
      await answerWithFaults(effects, renderInjected, () => answerOrRefuse(request)),
    );
  };
}

const SLASHES = /\/{2,}/g;

/**
 * Clients join an address and an id that both bring a slash (`//subscriptions/…`). Resource Manager
 * takes such paths; as a URL the second slash would begin another host.
 */
function withoutDoubleSlashes(request: HttpRequest): HttpRequest {
  const [path = "", ...query] = request.target.split("?");
  if (!path.includes("//")) return request;
  const target = [path.replaceAll(SLASHES, "/"), ...query].join("?");
  return { ...request, path: request.path.replaceAll(SLASHES, "/"), target };
}

/**
 * Resource Manager checks subscription, group, locks and the location before a provider; an
 * unauthenticated caller does not learn what exists.
 */
async function requireScopeForKnown(
  request: HttpRequest,
  path: ArmPath,
  deps: EmulatorDependencies,
): Promise<void> {
  try {
    requireScope(request.path, deps);
    refuseLocked(request, path, deps.state);
    requireLocation(request, path, deps.endpoints.cloud);
  } catch (error) {
    await authenticate(request, deps);
    throw error;
  }
}

/**
 * Faults name the method as the operation, or `data-box` for the broker's requests; a vault's URL
 * also has the vault's name.
 */
function faultTargetOf(request: HttpRequest): FaultTarget {
  const path = parseArmPath(request.path);
  const isDataBox = path.namespace?.toLowerCase() === DATA_BOX_NAMESPACE;
  const vault = /\/(?:vaults|deletedVaults)\/([^/]+)/i.exec(request.path)?.[1];
  return {
    service: "resource-manager",
    operation: isDataBox ? "data-box" : request.method,
    vault,
  };
}

function renderInjected(effect: {
  readonly status: number;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}): Omit<HttpAnswer, "status"> {
  return {
    body: {
      error: {
        code: effect.code ?? (effect.status === 429 ? "TooManyRequests" : "InternalServerError"),
        message: effect.message ?? "The request failed because of an injected fault.",
      },
    },
  };
}

/**
 * `/subscriptions/{s}/providers/{namespace}` alone is about the provider, and Resource Manager
 * answers it.
 */
function isServed(path: ArmPath): boolean {
  return path.segments.length > 0 && path.segments[0]?.toLowerCase() !== "register";
}

function requireProvider(path: ArmPath): ProviderNamespace {
  if (path.namespace === undefined || !isServed(path)) return "Microsoft.Resources";
  const namespace = findProvider(path.namespace);
  if (namespace === undefined) throw invalidResourceNamespace(path.namespace);
  return namespace;
}

/** A group that a PUT or HEAD names does not have to exist; its subscription must. */
function subscriptionPart(path: string): string {
  return path.split("/").slice(0, 3).join("/");
}

function notServed(
  path: ArmPath,
  namespace: ProviderNamespace,
  context: Pick<ArmContext, "apiVersion" | "request">,
  kind: "wrong-method" | "not-found",
): ArmError {
  if (kind === "wrong-method")
    return methodNotAllowed(context.request.method, `'${context.request.path}'`);
  if (path.namespace === undefined)
    return new ArmError(
      404,
      "NotFound",
      `No route of Resource Manager matches '${context.request.path}'. Check the path of the request.`,
    );
  return invalidResourceType(typeOf(path), namespace, context.apiVersion);
}

/** `vaults/accessPolicies`: the resource type that a path names, without its namespace. */
function typeOf(path: ArmPath): string {
  return path.segments.filter((_, index) => index % 2 === 0).join("/");
}

/** Headers of every answer of Resource Manager; a provider's own values stay. */
function withHeaders(request: HttpRequest, answer: HttpAnswer): HttpAnswer {
  const correlation = request.headers["x-ms-correlation-request-id"];
  const clientRequest = request.headers["x-ms-client-request-id"];
  const correlationId = typeof correlation === "string" ? correlation : randomUUID();
  return {
    ...answer,
    headers: {
      "cache-control": "no-cache",
      pragma: "no-cache",
      expires: "-1",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-ms-request-id": request.requestId,
      "x-ms-correlation-request-id": correlationId,
      "x-ms-routing-request-id": `EMULATOR:${request.requestId}`,
      ...(request.headers["x-ms-return-client-request-id"] === "true" &&
        typeof clientRequest === "string" && { "x-ms-client-request-id": clientRequest }),
      ...answer.headers,
    },
  };
}
