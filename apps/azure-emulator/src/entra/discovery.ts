/**
 * OpenID Connect metadata; the issuer shares scheme, host and port with the authority, which msal
 * insists on.
 */
export function openIdConfiguration(input: {
  authorityUrl: string;
  /** As the client wrote it: a tenant id, `common` or `organizations`. */
  tenantSegment: string;
  /** `{tenantid}` when the authority is not one tenant's. */
  issuerTenant: string;
  version: "v1" | "v2";
}): object {
  const { authorityUrl, version } = input;
  const base = `${authorityUrl}/${input.tenantSegment}`;
  const oauth = version === "v2" ? `${base}/oauth2/v2.0` : `${base}/oauth2`;
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: [
      "client_secret_post",
      "private_key_jwt",
      "client_secret_basic",
    ],
    jwks_uri: `${base}/discovery${version === "v2" ? "/v2.0" : ""}/keys`,
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
    issuer: openIdIssuer(authorityUrl, input.issuerTenant),
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

/** The `iss` of id_tokens. */
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
