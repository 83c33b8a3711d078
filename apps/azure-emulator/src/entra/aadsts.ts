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

export const AADSTS = {
  50011: {
    error: "invalid_request",
    status: 400,
    text: "The redirect URI '{redirectUri}' specified in the request does not match the redirect URIs configured for the application '{appId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this issue.",
    cause: "request",
  },
  50027: {
    error: "invalid_request",
    status: 400,
    text: "JWT token is invalid or malformed.",
    cause: "request",
  },
  50034: {
    error: "invalid_grant",
    status: 400,
    text: "The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.",
    cause: "request",
  },
  50126: {
    error: "invalid_grant",
    status: 400,
    text: "Error validating credentials due to invalid username or password.",
    cause: "request",
  },
  53003: {
    error: "invalid_grant",
    status: 400,
    text: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    cause: "fault",
  },
  54005: {
    error: "invalid_grant",
    status: 400,
    text: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    cause: "request",
  },
  70000: {
    error: "invalid_grant",
    status: 400,
    text: "Provided grant is invalid or malformed.",
    cause: "request",
  },
  70003: {
    error: "unsupported_grant_type",
    status: 400,
    text: "The app requested an unsupported grant type '{grantType}'.",
    cause: "request",
  },
  70008: {
    error: "invalid_grant",
    status: 400,
    text: "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
    cause: "request",
  },
  70011: {
    error: "invalid_scope",
    status: 400,
    text: "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
    cause: "request",
  },
  70021: {
    error: "invalid_request",
    status: 400,
    text: "No matching federated identity record found for presented assertion. Assertion Issuer: '{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{audience}'. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    cause: "fault",
  },
  70025: {
    error: "invalid_client",
    status: 401,
    text: "The client '{appId}'({appName}) has no configured federated identity credentials.",
    cause: "request",
  },
  90002: {
    error: "invalid_request",
    status: 400,
    text: "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    cause: "request",
  },
  90006: {
    error: "temporarily_unavailable",
    status: 503,
    text: "The service is temporarily unavailable. Try again.",
    cause: "fault",
  },
  90012: {
    error: "temporarily_unavailable",
    status: 503,
    text: "The request has timed out.",
    cause: "fault",
  },
  90014: {
    error: "invalid_request",
    status: 400,
    text: "The required field '{parameter}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
    cause: "request",
  },
  90023: {
    error: "invalid_request",
    status: 400,
    text: "The authentication service request isn't valid. {detail}",
    cause: "request",
  },
  90024: {
    error: "temporarily_unavailable",
    status: 503,
    text: "A transient error has occurred. Try again.",
    cause: "fault",
  },
  90033: {
    error: "temporarily_unavailable",
    status: 503,
    text: "A transient error has occurred. Please try again.",
    cause: "fault",
  },
  90055: {
    error: "temporarily_unavailable",
    status: 429,
    text: "There are too many incoming requests. Try again later.",
    cause: "fault",
  },
  500011: {
    error: "invalid_resource",
    status: 400,
    text: "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
    cause: "request",
  },
  501481: {
    error: "invalid_grant",
    status: 400,
    text: "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    cause: "request",
  },
  501491: {
    error: "invalid_request",
    status: 400,
    text: "Invalid size of Code_Challenge parameter.",
    cause: "request",
  },
  501661: {
    error: "invalid_request",
    status: 400,
    text: "Request to External OIDC endpoint failed.",
    cause: "request",
  },
  530032: {
    error: "invalid_grant",
    status: 400,
    text: "The tenant has security policy blocking this request.",
    cause: "fault",
  },
  700016: {
    error: "unauthorized_client",
    status: 400,
    text: "Application with identifier '{appId}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
    cause: "request",
  },
  700024: {
    error: "invalid_client",
    status: 401,
    text: "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {validFrom}, expiry time of assertion {expiry}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    cause: "request",
  },
  700027: {
    error: "invalid_client",
    status: 401,
    text: "Client assertion contains an invalid signature. [Reason - {reason}]",
    cause: "request",
  },
  700054: {
    error: "unsupported_response_type",
    status: 400,
    text: "response_type '{responseType}' is not enabled for the application.",
    cause: "request",
  },
  700082: {
    error: "invalid_grant",
    status: 400,
    text: "The refresh token has expired due to inactivity.",
    cause: "request",
  },
  700211: {
    error: "invalid_client",
    status: 401,
    text: "No matching federated identity record found for presented assertion issuer '{issuer}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    cause: "request",
  },
  700212: {
    error: "invalid_client",
    status: 401,
    text: "No matching federated identity record found for presented assertion audience '{audience}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    cause: "request",
  },
  700213: {
    error: "invalid_client",
    status: 401,
    text: "No matching federated identity record found for presented assertion subject '{subject}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    cause: "request",
  },
  900144: {
    error: "invalid_request",
    status: 400,
    text: "The request body must contain the following parameter: '{parameter}'.",
    cause: "request",
  },
  900561: {
    error: "invalid_request",
    status: 405,
    text: "The endpoint only accepts {accepted} requests. Received a {received} request.",
    cause: "request",
  },
  1002012: {
    error: "invalid_scope",
    status: 400,
    text: "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).",
    cause: "request",
  },
  7000215: {
    error: "invalid_client",
    status: 401,
    text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{appId}'.",
    cause: "request",
  },
  7000216: {
    error: "invalid_client",
    status: 401,
    text: "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    cause: "request",
  },
  7000218: {
    error: "invalid_client",
    status: 401,
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    cause: "request",
  },
  7000222: {
    error: "invalid_client",
    status: 401,
    text: "The provided client secret keys for app '{appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
    cause: "request",
  },
  7000272: {
    error: "invalid_client",
    status: 401,
    text: "The certificate with identifier {keyId} used to sign the federated credential could not be found in the metadata of identity provider {issuer}.",
    cause: "request",
  },
  9002313: {
    error: "invalid_request",
    status: 400,
    text: "Invalid request. Request is malformed or invalid.",
    cause: "request",
  },
} as const satisfies Record<number, AadstsRow>;

export type AadstsCode = keyof typeof AADSTS;

/** Whether the table has this number; for fault rules, which name any. */
export function isAadstsCode(number: number): number is AadstsCode {
  return Object.hasOwn(AADSTS, number);
}
