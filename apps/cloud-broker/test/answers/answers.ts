import { type Answer, AUTHORITY, CHALLENGE, errorOf, json, type Kind, NO_TOKEN } from "./calls.ts";
import { type Delivery, DELIVERY_NAMES } from "./deliver.ts";

/**
 * What an answer means, from Azure's documentation and not from the broker's classifiers:
 *
 * - `right`: the call succeeds;
 * - `junk`: nobody with authority said it; it proves nothing, and somebody may have to act;
 * - `passes`: an outage that ends without action;
 * - `act`: it lasts until a person acts, and refuses nothing;
 * - `forbids`: the same, and a word of the resource's owner, so that it may be called a refusal;
 * - `refuses`: the final word of the party that may refuse;
 * - `open`: the party's own word, of which more than one reading is right.
 */
export type Meaning = "right" | "junk" | "passes" | "act" | "forbids" | "refuses" | "open";

export type KindOfAnswer = Answer & {
  readonly name: string;
  readonly meaning: Meaning;
  readonly delivery?: Delivery;
  /** Its body is the right one for the request. */
  readonly isRight?: boolean;
  /** What its Retry-After asks for, bounded to an hour. */
  readonly retryAfterSeconds?: number;
};
type Row = readonly [status: number, code: string, meaning: Meaning];

const STATUSES = [
  200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413,
  418, 421, 425, 429, 431, 451, 500, 502, 503, 504, 511,
];

/** Bodies that are not an error of any party: nothing in them can refuse. */
function junkBodies(right: string): Readonly<Record<string, string | Buffer>> {
  return {
    right,
    empty: "",
    "{}": "{}",
    null: "null",
    "[]": "[]",
    number: "123",
    text: '"x"',
    page: "<!DOCTYPE html><html><head><title>Sign in</title></head><body>blocked</body></html>",
    cut: right.slice(0, Math.floor(right.length / 2)),
    "wrong types": right.replaceAll(/:\s*"[^"]*"/gu, ":7"),
    huge: `{"pad":"${"x".repeat(300_000)}"}`,
    "a byte order mark": `\u{FEFF}${right}`,
    "utf-16": Buffer.from(right, "utf16le"),
    "latin-1": Buffer.from([0xff, 0xfe, 0xe9, 0x22]),
    deep: "[".repeat(20_000),
    zeros: "\0".repeat(50),
    "error null": '{"error":null}',
    "error text": '{"error":"Forbidden"}',
    "error number": '{"error":{"code":403,"message":"Forbidden"}}',
    "error list": '[{"error":{"code":"Forbidden"}}]',
    "error flat": '{"code":"Forbidden","message":"x"}',
    "error with holes": errorOf("<code>", "<message> <vaultName>", "<inner>"),
  };
}

const VAULT: readonly (readonly [...Row, innerCode?: string | undefined, message?: string])[] = [
  ...[
    "AccessDenied",
    "ForbiddenByPolicy",
    "ForbiddenByRbac",
    "ForbiddenByFirewall",
    "ForbiddenByConnection",
    "KeyDisabled",
    "KeyOperationForbidden",
    "SomethingNew",
  ].map((inner) => [403, "Forbidden", "refuses", inner] as const),
  [403, "Forbidden", "refuses"],
  [403, "AccessDenied", "refuses"],
  [403, "RequestDisallowedByPolicy", "act"],
  [404, "KeyNotFound", "open"],
  [404, "VaultNotFound", "act"],
  [404, "SecretNotFound", "act"],
  [401, "Unauthorized", "refuses", undefined, "AKV10032: Invalid issuer."],
  [401, "Unauthorized", "act", undefined, "AKV10022: Invalid audience."],
  [401, "Unauthorized", "passes", undefined, "AKV10046: Unable to resolve the key."],
  [400, "BadParameter", "refuses", undefined, "Error occurred while decoding OAEP padding."],
  [400, "BadParameter", "act", undefined, "Property value is invalid"],
  [400, "KeySizeNotSupported", "act"],
  [409, "Conflict", "passes", "ObjectIsBeingDeleted"],
  [409, "Conflict", "act", "ObjectIsDeletedButRecoverable"],
  [429, "Throttled", "passes"],
  [500, "InternalError", "passes"],
  [503, "ServiceUnavailable", "passes"],
  [405, "MethodNotAllowed", "act"],
];
const RM: readonly Row[] = [
  [409, "ScopeLocked", "forbids"],
  [403, "RequestDisallowedByPolicy", "forbids"],
  [403, "RequestDisallowedByAzure", "forbids"],
  [409, "QuotaExceeded", "act"],
  [400, "LocationNotAvailableForResourceType", "act"],
  [409, "MissingSubscriptionRegistration", "act"],
  [400, "InvalidTemplate", "act"],
  [409, "ReadOnlyDisabledSubscription", "act"],
  [403, "ReadOnlyDisabledSubscription", "act"],
  [400, "FederatedIdentityCredentialsLimitExceeded", "act"],
  [400, "NoRegisteredProviderFound", "act"],
  [404, "InvalidResourceType", "act"],
  [403, "LinkedInvalidPropertyId", "act"],
  [400, "InvalidApiVersionParameter", "act"],
  [401, "ExpiredAuthenticationToken", "act"],
  [401, "InvalidAuthenticationToken", "act"],
  [403, "AuthorizationFailed", "open"],
  [403, "LinkedAuthorizationFailed", "open"],
  [403, "Forbidden", "open"],
  [401, "InvalidAuthenticationTokenTenant", "open"],
  [404, "ResourceNotFound", "open"],
  [404, "ResourceGroupNotFound", "open"],
  [404, "ParentResourceNotFound", "open"],
  [404, "SubscriptionNotFound", "open"],
  [409, "AnotherOperationInProgress", "passes"],
  [409, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity", "passes"],
  [429, "TooManyRequests", "passes"],
  [429, "SubscriptionRequestsThrottled", "passes"],
  [503, "ServerBusy", "passes"],
  [500, "InternalServerError", "passes"],
];
/** AADSTS numbers that a federated sign-in can meet (Entra's list of error codes). */
const ENTRA: Readonly<Partial<Record<Meaning, readonly number[]>>> = {
  refuses: [700016, 7000229, 7000112, 70025, 70021, 700211, 700212, 700213, 90002],
  act: [
    53000, 53001, 53003, 530032, 530035, 65001, 5000224, 500011, 500014, 50105, 50173, 900382,
    900439, 700229, 50020, 50034, 50057, 500021, 7000113, 7000218, 7000215, 9002313, 90013, 90100,
    1002016, 392001, 50076, 50013, 700027, 7000272, 500133, 700024, 999999,
  ],
  passes: [50196, 90006, 90012, 90024, 90033, 90055, 501661],
};
const IMDS: readonly (readonly [number, string, Meaning])[] = [
  [400, "invalid_request", "act"],
  [403, "forbidden", "act"],
  [404, "not_found", "passes"],
  [410, "gone", "passes"],
  [429, "too_many", "passes"],
  [500, "unknown", "passes"],
];

const CLAIMS = "eyJhY2Nlc3NfdG9rZW4iOnt9fQ==";
const AUTHORIZATION = `Bearer authorization="${AUTHORITY}"`;
const CHALLENGES: Readonly<Record<string, string>> = {
  empty: "",
  garbage: 'Bearer x=,,,"',
  negotiate: "Negotiate",
  basic: 'Basic realm="proxy"',
  "a foreign resource": `${AUTHORIZATION}, resource="https://evil.example"`,
  "an HSM's resource": `${AUTHORIZATION}, resource="https://managedhsm.azure.net"`,
  "no resource": AUTHORIZATION,
  "no authorization": 'Bearer resource="https://vault.test"',
  "not a URL": `${AUTHORIZATION}, resource="vault"`,
  "not a URL of a tenant": 'Bearer authorization="login", resource="https://vault.test"',
  scope: `${AUTHORIZATION}, scope="https://vault.test/.default"`,
  "another tenant": CHALLENGE.replace(AUTHORITY, "https://login.test/99999999-9999-4999-8999-99"),
  "no tenant": CHALLENGE.replace(AUTHORITY, "https://login.test"),
  "the common tenant": CHALLENGE.replace(AUTHORITY, "https://login.test/common"),
  "a final slash": CHALLENGE.replace(AUTHORITY, `${AUTHORITY}/`),
  "the tenant in capitals": CHALLENGE.replace(AUTHORITY, AUTHORITY.toUpperCase()),
  "two schemes": `Basic realm="p", ${CHALLENGE}`,
  "two bearers": `${CHALLENGE}, ${CHALLENGE}`,
  "single quotes": CHALLENGE.replaceAll('"', "'"),
  PoP: CHALLENGE.replace("Bearer", "PoP"),
  claims: `${CHALLENGE}, error="insufficient_claims", claims="${CLAIMS}"`,
  "claims alone": `${AUTHORIZATION}, error="insufficient_claims", claims="${CLAIMS}"`,
  "empty claims": `${AUTHORIZATION}, error="insufficient_claims", claims=""`,
  "claims that are not base64": `${CHALLENGE}, error="insufficient_claims", claims="%%%"`,
  long: `${CHALLENGE}, x="${"y".repeat(7000)}"`,
};

const RETRY_AFTERS: Readonly<Record<string, number | undefined>> = {
  "0": 0,
  "5": 5,
  "600": 600,
  "99999": 3600,
  "100000": 3600,
  "-1": undefined,
  "1.5": undefined,
  abc: undefined,
  "5, 5": undefined,
};
const DATE = "Tue, 01 Dec 2026 00:00:00 GMT";
const WAITS: readonly (readonly [Answer["headers"], number | undefined])[] = [
  ...Object.entries(RETRY_AFTERS).map(
    ([header, seconds]) => [{ "retry-after": header }, seconds] as const,
  ),
  [{ "retry-after": "Tue, 01 Dec 2026 00:00:30 GMT", date: DATE }, 30],
  [{ "retry-after-ms": "30000" }, 30],
  [{ "x-ms-retry-after-ms": "30000" }, 30],
];

const HEADERS: Readonly<Record<string, Answer["headers"]>> = {
  page: { "content-type": "text/html" },
  octets: { "content-type": "application/octet-stream" },
  "another charset": { "content-type": "application/json; charset=utf-16" },
  "a date of 1970": { date: "Thu, 01 Jan 1970 00:00:00 GMT" },
  "no date": { date: "soon" },
  location: { location: "https://evil.example/" },
  "an error code": { "x-ms-error-code": "Forbidden" },
  "a long header": { "x-long": "y".repeat(20_000) },
};
const DELIVERIES: Readonly<Record<Delivery, Meaning>> = {
  silent: "passes",
  reset: "junk",
  "reset after the head": "junk",
  half: "junk",
  "half of the chunks": "junk",
  "a longer length": "junk",
  "a shorter length": "junk",
  "two lengths": "junk",
  "length and chunks": "junk",
  "not HTTP": "junk",
  gzip: "right",
  "half of gzip": "junk",
  "a gzip bomb": "junk",
  "false gzip": "junk",
  "an unknown coding": "junk",
  "early hints first": "right",
  "only early hints": "junk",
  "no length": "right",
  "HTTP 1.0": "right",
  "a bad header": "junk",
};

const entraBody = (number: number, error = "invalid_grant"): string =>
  JSON.stringify({ error, error_description: `AADSTS${number}: text`, error_codes: [number] });

function* ownAnswers(party: string): Generator<KindOfAnswer> {
  if (party === "vault")
    for (const [status, code, meaning, inner, message] of VAULT)
      yield {
        name: `${status} ${code} ${inner ?? message ?? ""}`,
        status,
        body: errorOf(code, message, inner),
        headers: status === 401 ? { "www-authenticate": CHALLENGE } : {},
        meaning,
      };
  if (party === "rm")
    for (const [status, code, meaning] of RM)
      yield { name: `${status} ${code}`, status, body: errorOf(code), headers: {}, meaning };
  if (party === "imds")
    for (const [status, error, meaning] of IMDS)
      yield { name: `${status} ${error}`, ...json({ error }, status), meaning };
  if (party !== "entra") return;
  for (const meaning of ["refuses", "act", "passes"] as const)
    for (const number of ENTRA[meaning] ?? [])
      yield { name: `AADSTS${number}`, ...json(undefined, 400), body: entraBody(number), meaning };
  const passing = entraBody(90006, "temporarily_unavailable");
  yield { name: "unavailable", ...json(undefined, 503), body: passing, meaning: "passes" };
  yield { name: "429", ...json(undefined, 429), body: entraBody(50196), meaning: "passes" };
  yield { name: "no numbers", ...json({ error: "invalid_grant" }, 400), meaning: "junk" };
}

/** Two parties may have the same status and code. */
const wordOf = ({ name }: KindOfAnswer): string => name.split(" ", 2).join(" ");

/**
 * @param right - what a healthy Azure answers
 * @yields every kind of answer of one kind of call
 */
export function* answersOf(kind: Kind, right: Answer): Generator<KindOfAnswer> {
  const party = kind.split(".")[0] ?? "";
  for (const status of STATUSES)
    for (const [name, body] of Object.entries(junkBodies(right.body.toString()))) {
      const isRight = name === "right" && status === right.status;
      yield {
        name: `${status} ${name}`,
        status,
        body,
        headers: right.headers,
        meaning: isRight ? "right" : "junk",
        isRight: name === "right",
      };
    }
  // Before a token was sent, a challenge is one, whatever its body says.
  for (const answer of ownAnswers(party))
    yield kind === "vault.challenge" && answer.status === 401
      ? { ...answer, meaning: "open" }
      : answer;
  const own = new Set([...ownAnswers(party)].map((answer) => wordOf(answer)));
  // Another party's word, and the party's own with a status that it does not give.
  for (const other of ["vault", "entra", "imds", "rm"])
    for (const answer of ownAnswers(other)) {
      if (other !== party && !own.has(wordOf(answer)))
        yield { ...answer, name: `of ${other}: ${answer.name}`, meaning: "junk" };
      else if (other === party && answer.meaning === "refuses")
        yield { ...answer, name: `503 with ${answer.name}`, status: 503, meaning: "passes" };
    }
  if (party === "vault")
    for (const [name, header] of Object.entries(CHALLENGES))
      for (const body of [NO_TOKEN, ""])
        yield {
          name: `challenge: ${name}${body === "" ? ", without a word" : ""}`,
          ...json(undefined, 401, { "www-authenticate": header }),
          body,
          meaning: "junk",
        };
  for (const status of [429, 503])
    for (const [headers, retryAfterSeconds] of WAITS)
      yield {
        name: `${status} ${JSON.stringify(headers)}`,
        ...json({}, status, headers),
        meaning: "passes",
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      };
  for (const [name, headers] of Object.entries(HEADERS)) {
    const all = { ...right.headers, ...headers };
    const meaning = "content-type" in headers ? "junk" : "right";
    yield { name: `right, with ${name}`, ...right, headers: all, meaning, isRight: true };
    yield { name: `403, with ${name}`, status: 403, body: "<html>", headers, meaning: "junk" };
  }
  for (const delivery of DELIVERY_NAMES)
    yield {
      name: `delivered: ${delivery}`,
      ...right,
      delivery,
      meaning: DELIVERIES[delivery],
      isRight: true,
    };
}
