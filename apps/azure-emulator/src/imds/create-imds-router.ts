import { randomUUID } from "node:crypto";

import type { ManagedIdentity } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import { findServicePrincipal } from "../entra/principals.ts";
import { newTokenId, signToken } from "../entra/sign-token.ts";
import { appAccessTokenClaims } from "../entra/token-claims.ts";
import { isKnownResource } from "../entra/token-resource.ts";
import { answerWithFaults } from "../faults/answer-with-faults.ts";
import type { HttpAnswer, HttpHandler, HttpRequest } from "../http/message.ts";
import { row, createRouter } from "../http/route-table.ts";
import { type ImdsRefusal, parseTokenQuery, refuse, selectIdentity } from "./imds-request.ts";

const DEFAULT_LIFETIME_SECONDS = 86_400;
const BACKDATED_SECONDS = 300;

/**
 * The Instance Metadata Service of "this machine", on plain HTTP. Operations, as faults name them:
 * token, instance.
 *
 * @param lifetimeSeconds - Azure: a day. Clients keep managed-identity tokens for the whole
 * process, so tests that remove an identity need less.
 */
export function createImdsRouter(
  deps: EmulatorDependencies,
  lifetimeSeconds = DEFAULT_LIFETIME_SECONDS,
): HttpHandler {
  const answerToken = async (request: HttpRequest): Promise<HttpAnswer> => {
    const parsed = parseTokenQuery(request.query);
    if (parsed.kind === "refused") return renderRefusal(parsed);
    const identity = selectIdentity(parsed.selector, assignedIdentities(deps));
    if ("kind" in identity) return renderRefusal(identity);
    const { resource } = parsed;
    if (!isKnownResource(resource, deps.endpoints, deps.state))
      return renderRefusal(
        refuse(
          "invalid_resource",
          `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ${identity.tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
        ),
      );
    return {
      status: 200,
      body: await issueToken(deps, identity, resource, lifetimeSeconds),
    };
  };
  const route = createRouter(
    [
      row("GET", "/metadata/identity/oauth2/token", answerToken),
      row("GET", "/metadata/instance", () => answerInstance(deps)),
    ],
    (_, match) =>
      match.kind === "wrong-method"
        ? { status: 405, headers: { allow: match.allowed.join(", ") } }
        : { status: 404, body: { error: "Not found" } },
  );
  const answer = (request: HttpRequest) => {
    const refusal = checkMetadataHeader(request);
    return refusal === undefined ? route(request) : renderRefusal(refusal);
  };
  return (request) => {
    const operation = request.path.toLowerCase().startsWith("/metadata/instance")
      ? "instance"
      : "token";
    return answerWithFaults(
      deps.faults.strike({ service: "imds", operation }),
      (effect) => ({
        body: {
          error: effect.code ?? "unknown",
          error_description:
            effect.message ?? "Failed to retrieve token from the Active directory.",
        },
      }),
      () => answer(request),
    );
  };
}

/**
 * The header keeps a server-side request forgery away from tokens; a forwarded request is refused
 * for the same reason.
 */
function checkMetadataHeader(request: HttpRequest): ImdsRefusal | undefined {
  if (request.headers["metadata"] !== "true")
    return refuse("bad_request_102", "Required metadata header not specified");
  if (request.headers["x-forwarded-for"] !== undefined)
    return refuse("bad_request", "Requests must not contain an X-Forwarded-For header");
  return undefined;
}

function assignedIdentities(deps: Pick<EmulatorDependencies, "state">): ManagedIdentity[] {
  const ids = deps.state.get("imdsAssignment", "this-machine")?.identities ?? [];
  return ids.flatMap((id) => deps.state.get("managedIdentity", id) ?? []);
}

async function issueToken(
  deps: Pick<EmulatorDependencies, "endpoints" | "issuerKeys" | "state" | "systemNow">,
  identity: ManagedIdentity,
  resource: string,
  lifetimeSeconds: number,
): Promise<object> {
  const nowMs = deps.systemNow();
  const principal = findServicePrincipal(deps.state, identity.tenantId, identity.clientId);
  if (principal === undefined) throw new Error(`identity ${identity.id} has no service principal`);
  const token = await signToken(
    deps.issuerKeys,
    "JWT",
    appAccessTokenClaims({
      cloud: deps.endpoints.cloud,
      principal,
      audience: resource,
      proof: "2",
      times: { nowMs, lifetimeSeconds },
      tokenId: newTokenId(),
    }),
  );
  const nowSeconds = Math.floor(nowMs / 1_000);
  return {
    access_token: token,
    client_id: identity.clientId,
    refresh_token: "",
    expires_in: String(lifetimeSeconds - 1),
    expires_on: String(nowSeconds + lifetimeSeconds),
    ext_expires_in: String(lifetimeSeconds - 1),
    not_before: String(nowSeconds - BACKDATED_SECONDS),
    resource,
    token_type: "Bearer",
  };
}

function renderRefusal(refusal: ImdsRefusal): HttpAnswer {
  return {
    status: refusal.status,
    body: { error: refusal.error, error_description: refusal.description },
  };
}

/** Programs request this to find out where they run. */
function answerInstance(deps: Pick<EmulatorDependencies, "cloud" | "state">): HttpAnswer {
  const group = deps.state.list("resourceGroup")[0];
  return {
    status: 200,
    body: {
      compute: {
        azEnvironment: "AzureEmulator",
        location: group?.location ?? deps.cloud.location,
        name: "this-machine",
        osType: "Linux",
        resourceGroupName: group?.name ?? "",
        subscriptionId: deps.cloud.subscriptionId,
        vmId: VM_ID,
      },
    },
  };
}

/** One machine per process. */
const VM_ID = randomUUID();
