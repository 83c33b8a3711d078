import type { Endpoints } from "../dependencies.ts";
import type { Authority } from "./find-tenant.ts";
import { stsIssuer } from "./token-claims.ts";

/**
 * OpenID Connect metadata. The issuer of version 2 shares scheme, host and port with the authority,
 * which msal insists on; that of version 1 is the one of access tokens.
 */
export function openIdConfiguration(
  { segment, issuerTenant }: Authority,
  version: "v1" | "v2",
  { authorityUrl, cloud }: Pick<Endpoints, "authorityUrl" | "cloud">,
): object {
  const base = `${authorityUrl}/${segment}`;
  const oauth = version === "v2" ? `${base}/oauth2/v2.0` : `${base}/oauth2`;
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: [
      "client_secret_post",
      "private_key_jwt",
      "client_secret_basic",
    ],
    jwks_uri:
      version === "v2" ? `${base}/discovery/v2.0/keys` : `${authorityUrl}/common/discovery/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code"],
    grant_types_supported: [
      "authorization_code",
      "client_credentials",
      "password",
      "refresh_token",
    ],
    code_challenge_methods_supported: ["plain", "S256"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer:
      version === "v2" ? openIdIssuer(authorityUrl, issuerTenant) : stsIssuer(cloud, issuerTenant),
    request_uri_parameter_supported: false,
    authorization_endpoint: `${oauth}/authorize`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported: [
      "sub",
      "iss",
      "aud",
      "exp",
      "iat",
      "nonce",
      "preferred_username",
      "name",
      "tid",
      "ver",
      "oid",
      "roles",
    ],
    tenant_region_scope: null,
    cloud_instance_name: new URL(authorityUrl).host,
  };
}

/** The `iss` of id_tokens of version 2. */
export function openIdIssuer(authorityUrl: string, tenantId: string): string {
  return `${authorityUrl}/${tenantId}/v2.0`;
}

/**
 * `/common/discovery/instance`: this cloud's only authority is its own host, so that msal need not
 * be told to skip the question.
 */
export function instanceDiscovery(authorityUrl: string, tenantSegment: string): object {
  const { host } = new URL(authorityUrl);
  return {
    tenant_discovery_endpoint: `${authorityUrl}/${tenantSegment}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
