import { type Answer, AUTHORITY, CHALLENGE, errorOf, json, type Kind, NO_TOKEN } from "./calls.ts";
import { type Delivery, DELIVERY_NAMES } from "./deliver.ts";
import { nameOfAnswer, ownAnswers, rendered } from "./own-answers.ts";

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

// An answer that may name any identity is one of the order's system-assigned one here.
function* answersOfParty(party: string): Generator<KindOfAnswer> {
  for (const own of ownAnswers)
    if (own.party === party && (own.identity ?? "system") === "system")
      yield { name: nameOfAnswer(own), ...rendered(own), meaning: own.means };
  if (party !== "entra") return;
  const busy = json({ error: "temporarily_unavailable", error_codes: [90_006] }, 503);
  yield { name: "unavailable", ...busy, meaning: "passes" };
  const many = json({ error: "invalid_grant", error_codes: [50_196] }, 429);
  yield { name: "429", ...many, meaning: "passes" };
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
  for (const answer of answersOfParty(party))
    yield kind === "vault.challenge" && answer.status === 401
      ? { ...answer, meaning: "open" }
      : answer;
  const own = new Set([...answersOfParty(party)].map((answer) => wordOf(answer)));
  // Another party's word, and the party's own with a status that it does not give.
  for (const other of ["vault", "entra", "imds", "rm"])
    for (const answer of answersOfParty(other)) {
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
