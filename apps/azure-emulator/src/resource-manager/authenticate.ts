import type { EmulatorDependencies, Endpoints } from "../dependencies.ts";
import { type Caller, type TokenVerdict, verifyAccessToken } from "../entra/access-token.ts";
import { stsIssuer } from "../entra/token-claims.ts";
import type { HttpRequest } from "../http/message.ts";
import { ArmError } from "./arm-error.ts";
import { parseScope } from "./resource-id.ts";

/** Resource Manager by its own address, and by the names that clients of the cloud use. */
export function armAudiences({ armUrl, cloud }: Pick<Endpoints, "armUrl" | "cloud">): string[] {
  return [`${armUrl}/`, `${cloud.managementAudience}/`, `${cloud.armUrl}/`];
}

/** @throws ArmError 401 with the challenge of RFC 6750 §3, one code for each cause. */
export async function authenticate(
  request: HttpRequest,
  deps: Pick<EmulatorDependencies, "cloud" | "state" | "endpoints" | "issuerKeys" | "systemNow">,
): Promise<Caller> {
  const tenantId = tenantOf(request.path, deps);
  const header = request.headers.authorization;
  if (header === undefined)
    throw unauthorized(
      deps,
      tenantId,
      "AuthenticationFailed",
      "Authentication failed. The 'Authorization' header is missing.",
      "The authentication failed because of missing 'Authorization' header.",
    );
  const token = /^bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header)?.[1];
  if (token === undefined)
    throw unauthorized(
      deps,
      tenantId,
      "AuthenticationFailedInvalidHeader",
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    );
  const verdict = await verifyAccessToken(
    token,
    {
      audiences: armAudiences(deps.endpoints),
      issuerOf: (own) => stsIssuer(deps.endpoints.cloud, isAbove(request.path) ? own : tenantId),
    },
    { issuerKeys: deps.issuerKeys, nowMs: deps.systemNow() },
  );
  if (verdict.kind === "valid") return verdict.caller;
  throw unauthorized(deps, tenantId, ...refusalOf(verdict, tenantId, deps));
}

/** Above subscriptions, each caller is answered in their own tenant. */
const isAbove = (path: string): boolean => parseScope(path).subscriptionId === undefined;

/** A subscription trusts one tenant, which is another one after a transfer. */
function tenantOf(
  path: string,
  { state, cloud }: Pick<EmulatorDependencies, "cloud" | "state">,
): string {
  const { subscriptionId } = parseScope(path);
  return (
    (subscriptionId === undefined ? undefined : state.get("subscription", subscriptionId))
      ?.tenantId ?? cloud.tenantId
  );
}

function refusalOf(
  verdict: Exclude<TokenVerdict, { kind: "valid" }>,
  tenantId: string,
  deps: Pick<EmulatorDependencies, "endpoints" | "systemNow">,
): [code: string, message: string] {
  switch (verdict.kind) {
    case "malformed":
    case "bad-signature":
      return ["InvalidAuthenticationToken", "The access token is invalid."];
    case "expired":
      return [
        "ExpiredAuthenticationToken",
        `The access token expiry UTC time is earlier than current UTC time '${new Date(deps.systemNow()).toISOString()}'.`,
      ];
    case "wrong-audience":
      return [
        "InvalidAuthenticationTokenAudience",
        `The access token has been obtained for wrong audience or resource '${verdict.found}'. It should exactly match with one of the allowed audiences '${armAudiences(deps.endpoints).join("','")}'.`,
      ];
    case "wrong-issuer":
      return [
        "InvalidAuthenticationTokenTenant",
        `The access token is from the wrong issuer '${verdict.found}'. It must match the tenant '${stsIssuer(deps.endpoints.cloud, tenantId)}' associated with this subscription. Please use the authority (URL) '${deps.endpoints.authorityUrl}/${tenantId}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
      ];
  }
}

function unauthorized(
  deps: Pick<EmulatorDependencies, "endpoints">,
  tenantId: string,
  code: string,
  message: string,
  description = message,
): ArmError {
  const authority = `${deps.endpoints.authorityUrl}/${tenantId}`;
  return new ArmError(401, code, message, {
    "www-authenticate": `Bearer authorization_uri="${authority}", error="invalid_token", error_description="${description.replaceAll('"', "'")}"`,
    "x-ms-failure-cause": "gateway",
  });
}
