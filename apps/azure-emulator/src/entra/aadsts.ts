/**
 * Every AADSTS error that this Entra ID can answer: number → OAuth error, HTTP status, text.
 * Placeholders in braces are filled from the values of the refusal.
 *
 * Sources: Microsoft Entra "authentication and authorization error codes" and answers quoted in
 * public issue threads. Rows marked `cause: "fault"` are never decided here; the fault table can
 * inject them, since clients have to tell them apart from refusals.
 */
export type AadstsRow = {
  readonly error: string;
  readonly status: 400 | 401 | 404 | 405 | 429 | 503;
  readonly text: string;
  readonly cause: "request" | "fault";
};

/** A refused request: 401 for `invalid_client`, otherwise 400 (RFC 6749 §5.2). */
const row = (
  error: string,
  text: string,
  other: Partial<Pick<AadstsRow, "status" | "cause">> = {},
): AadstsRow => ({
  error,
  status: error === "invalid_client" ? 401 : 400,
  text,
  cause: "request",
  ...other,
});

const UNAVAILABLE = { status: 503, cause: "fault" } as const;

export const AADSTS = {
  50011: row(
    "invalid_request",
    "The redirect URI '{redirectUri}' specified in the request does not match the redirect URIs configured for the application '{appId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this issue.",
  ),
  50027: row("invalid_request", "JWT token is invalid or malformed."),
  50034: row(
    "invalid_grant",
    "The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.",
  ),
  50058: row("login_required", "A silent sign-in request was sent but no user is signed in."),
  50126: row("invalid_grant", "Error validating credentials due to invalid username or password."),
  53003: row(
    "invalid_grant",
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    { cause: "fault" },
  ),
  54005: row(
    "invalid_grant",
    "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
  ),
  70000: row("invalid_grant", "Provided grant is invalid or malformed."),
  70003: row(
    "unsupported_grant_type",
    "The app requested an unsupported grant type '{grantType}'.",
  ),
  70008: row(
    "invalid_grant",
    "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
  ),
  70011: row(
    "invalid_scope",
    "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
  ),
  70021: row(
    "invalid_request",
    "No matching federated identity record found for presented assertion. Assertion Issuer: '{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{audience}'. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    { cause: "fault" },
  ),
  70025: row(
    "invalid_client",
    "The client '{appId}'({appName}) has no configured federated identity credentials.",
  ),
  90002: row(
    "invalid_request",
    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  ),
  90006: row(
    "temporarily_unavailable",
    "The service is temporarily unavailable. Try again.",
    UNAVAILABLE,
  ),
  90012: row("temporarily_unavailable", "The request has timed out.", UNAVAILABLE),
  90014: row(
    "invalid_request",
    "The required field '{parameter}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
  ),
  90023: row("invalid_request", "The authentication service request isn't valid. {detail}"),
  90024: row("temporarily_unavailable", "A transient error has occurred. Try again.", UNAVAILABLE),
  90033: row(
    "temporarily_unavailable",
    "A transient error has occurred. Please try again.",
    UNAVAILABLE,
  ),
  90055: row("temporarily_unavailable", "There are too many incoming requests. Try again later.", {
    status: 429,
    cause: "fault",
  }),
  500011: row(
    "invalid_resource",
    "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
  ),
  501481: row(
    "invalid_grant",
    "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
  ),
  501491: row("invalid_request", "Invalid size of Code_Challenge parameter."),
  501661: row("invalid_request", "Request to External OIDC endpoint failed."),
  530032: row("invalid_grant", "The tenant has security policy blocking this request.", {
    cause: "fault",
  }),
  700016: row(
    "unauthorized_client",
    "Application with identifier '{appId}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
  ),
  700024: row(
    "invalid_client",
    "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {validFrom}, expiry time of assertion {expiry}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
  ),
  700027: row(
    "invalid_client",
    "Client assertion contains an invalid signature. [Reason - {reason}]",
  ),
  700051: row(
    "unsupported_response_type",
    "response_type '{responseType}' is not enabled for the application.",
  ),
  700054: row(
    "unsupported_response_type",
    "response_type '{responseType}' is not enabled for the application.",
  ),
  700082: row("invalid_grant", "The refresh token has expired due to inactivity."),
  700211: row(
    "invalid_client",
    "No matching federated identity record found for presented assertion issuer '{issuer}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
  ),
  700212: row(
    "invalid_client",
    "No matching federated identity record found for presented assertion audience '{audience}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
  ),
  700213: row(
    "invalid_client",
    "No matching federated identity record found for presented assertion subject '{subject}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
  ),
  900023: row(
    "invalid_request",
    "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
  ),
  900144: row(
    "invalid_request",
    "The request body must contain the following parameter: '{parameter}'.",
  ),
  900561: row(
    "invalid_request",
    "The endpoint only accepts {accepted} requests. Received a {received} request.",
    { status: 405 },
  ),
  1002012: row(
    "invalid_scope",
    "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).",
  ),
  7000215: row(
    "invalid_client",
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{appId}'.",
  ),
  7000216: row(
    "invalid_client",
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  ),
  7000218: row(
    "invalid_client",
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ),
  7000222: row(
    "invalid_client",
    "The provided client secret keys for app '{appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
  ),
  7000272: row(
    "invalid_client",
    "The certificate with identifier {keyId} used to sign the federated credential could not be found in the metadata of identity provider {issuer}.",
  ),
  9002313: row("invalid_request", "Invalid request. Request is malformed or invalid."),
} satisfies Record<number, AadstsRow>;

export type AadstsCode = keyof typeof AADSTS;

/** Whether the table has this number; for fault rules, which name any. */
export function isAadstsCode(number: number): number is AadstsCode {
  return Object.hasOwn(AADSTS, number);
}
