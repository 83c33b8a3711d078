/** The bytes of one hostile connection, and how it ends. */
export type Assault = {
  /** Each is written by itself, after the one before it has left. */
  readonly chunks: readonly Buffer[];
  /**
   * "answered": reads until the server has nothing more to say. "abort": resets at once. "half":
   * closes its own half.
   */
  readonly end: "answered" | "abort" | "half";
  /** How many requests it holds, or what would be some. */
  readonly requests: number;
};

/** 0 to below 1. */
export type Random = () => number;

/** The same numbers for the same seed, everywhere (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ORDER =
  "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.DataBox/jobs/door";
const API = "api-version=2025-07-01";

const METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "HEAD", "CONNECT", "TRACE"];
const ODD_METHODS = ["get", "PRI", "PROPFIND", "GE T", "G\0T", "", "A".repeat(300), "\u{1f600}"];
const TARGETS = [
  "/",
  "/healthz",
  "/readyz",
  "/openapi.json",
  "/device/v1/challenges",
  "/device/v1/unlocks",
  "/device/v1/receipts",
  "/device/v1/leases/renew",
  "/operator/v1/fleet",
  "/portal/api/session",
  "/webhooks/v1/keyEvents",
  "/.well-known/openid-configuration",
  `${ORDER}?${API}`,
  `${ORDER}/revoke?${API}`,
  `${ORDER}/listCredentials?${API}`,
  `/providers/Microsoft.DataBox/operations?${API}`,
];
const ODD_TARGETS = [
  "//[",
  "///",
  "//:0",
  "//:99999/x",
  "//",
  "//@",
  "///[::1",
  "/\\",
  "/%",
  "/%ZZ/%",
  "/%00",
  "/%c0%af..%c0%af",
  "/..;/..;/",
  "/../../../etc/passwd",
  "*",
  "broker.localhost:443",
  "http://[",
  "http://",
  "https://broker.localhost/healthz",
  "HTTPS://a:b@c:99999/device/v1/challenges",
  "https://?x",
  "ftp://x/y",
  "?",
  "#",
  "/#[",
  "/healthz/../readyz",
  "/x?[]=%",
  "/x?__proto__[x]=1",
  "javascript:alert(1)",
  "/ ",
  " /",
  "/\t",
  "/\u{fffd}",
  `/${"a/".repeat(2_000)}`,
  `/${"%41".repeat(3_000)}`,
  `/x?${"a=b&".repeat(2_000)}`,
];
const VERSIONS = ["HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.11", "http/1.1", ""];
const HEADERS = [
  "host: broker.localhost",
  "host: ",
  "host: a\r\nhost: b",
  "connection: keep-alive",
  "connection: close",
  "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: AAAA\r\nsec-websocket-version: 13",
  "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__",
  "expect: 100-continue",
  "expect: something-else",
  "authorization: Bearer x",
  `authorization: Bearer ${"a.".repeat(3_000)}`,
  "authorization: Basic Og==",
  "cookie: __Host-session=x",
  `cookie: ${"a=b; ".repeat(1_000)}`,
  "content-type: application/json",
  "content-type: application/jose",
  "content-type: text/html",
  "content-type: \u{1f600}",
  "content-encoding: gzip",
  "accept: text/html",
  "accept-encoding: gzip",
  "origin: null",
  "origin: https://evil.example",
  "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "traceparent: \u{7f}",
  "x-ms-client-request-id: <script>",
  "x-ms-correlation-request-id: a\u{80}b",
  "x-forwarded-for: 127.0.0.1",
  "range: bytes=0-0,-1,1-",
  "if-match: *",
  'if-none-match: W/"\u{ff}"',
  "te: trailers",
  "trailer: x",
  "webhook-request-origin: eventgrid.azure.net",
  "aeg-event-type: SubscriptionValidation",
  "__proto__: x",
  "constructor: x",
];
const ODD_HEADERS = [
  "no colon",
  ": no name",
  "name : space",
  "fold: a\r\n b",
  "nul: a\0b",
  "cr: a\rb",
  `long: ${"x".repeat(17_000)}`,
  Array.from({ length: 100 }, (_, index) => `many-${String(index)}: x`).join("\r\n"),
  "content-length: -1",
  "content-length: 1e3",
  "content-length: 18446744073709551616",
  "content-length: 5\r\ncontent-length: 6",
  "content-length: 5\r\ntransfer-encoding: chunked",
  "transfer-encoding: gzip, chunked",
  "transfer-encoding: chunked, identity",
  "transfer-encoding: x",
];
const BODIES = [
  "",
  "{}",
  "[]",
  "{",
  "null",
  '{"serial":"DB1"}',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  "[".repeat(10_000),
  '{"a":'.repeat(2_000),
  "eyJhbGciOiJFUzI1NiJ9.e30.AA",
  "..",
  "a".repeat(70_000),
  "\u{feff}{}",
  "GET /healthz HTTP/1.1\r\nhost: b\r\n\r\n",
];

/** The bytes of one connection. */
export function makeAssault(random: Random): Assault {
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new TypeError("nothing to pick from");
    return value;
  };
  const chance = (share: number): boolean => random() < share;

  function makeBody(): { readonly headers: readonly string[]; readonly body: Buffer } {
    const body = Buffer.from(chance(0.1) ? noise(random, 200) : pick(BODIES), "latin1");
    const length = String(body.byteLength);
    const kind = random();
    if (kind < 0.5) return { headers: [`content-length: ${length}`], body };
    if (kind < 0.6) return { headers: [`content-length: ${String(body.byteLength + 50)}`], body };
    const chunked = [
      `${body.byteLength.toString(16)}\r\n${body.toString("latin1")}\r\n0\r\n\r\n`,
      `${body.byteLength.toString(16)};${"e".repeat(chance(0.5) ? 3 : 20_000)}\r\n${body.toString("latin1")}\r\n0\r\n\r\n`,
      body.toString("latin1"),
      "fffffffffffffffff\r\n",
      "5\r\nab",
      "0\r\nx: y\r\n\r\n",
      "0\r\ncontent-length: 5\r\n\r\n",
    ];
    if (kind < 0.9)
      return {
        headers: ["transfer-encoding: chunked"],
        body: Buffer.from(pick(chunked), "latin1"),
      };
    return { headers: [], body };
  }

  function makeRequest(): Buffer {
    const method = chance(0.9) ? pick(METHODS) : pick(ODD_METHODS);
    const target = chance(0.5)
      ? pick(TARGETS)
      : chance(0.8)
        ? pick(ODD_TARGETS)
        : noise(random, 40);
    const version = chance(0.95) ? "HTTP/1.1" : pick(VERSIONS);
    const headers = chance(0.9) ? ["host: broker.localhost"] : [];
    while (chance(0.6)) headers.push(pick(HEADERS));
    if (chance(0.15)) headers.push(pick(ODD_HEADERS));
    const sent = chance(0.5) ? makeBody() : { headers: [], body: Buffer.alloc(0) };
    const end = chance(0.97) ? "\r\n" : pick(["\n", "\r", "\r\r\n"]);
    const head = [`${method} ${target} ${version}`, ...headers, ...sent.headers, "", ""].join(end);
    return Buffer.concat([Buffer.from(head, "latin1"), sent.body]);
  }

  const requests = chance(0.5) ? 1 : 1 + Math.floor(random() * 12);
  const all = Buffer.concat(Array.from({ length: requests }, makeRequest));
  const bytes = chance(0.15) ? all.subarray(0, Math.floor(random() * all.byteLength)) : all;
  if (chance(0.1))
    for (let flips = 0; flips < 3 && bytes.byteLength > 0; flips += 1)
      bytes[Math.floor(random() * bytes.byteLength)] = Math.floor(random() * 256);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const size = chance(0.8) ? bytes.byteLength : 1 + Math.floor(random() * 400);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { chunks, end: chance(0.5) ? "half" : chance(0.5) ? "abort" : "answered", requests };
}

const noise = (random: Random, longest: number): string =>
  String.fromCharCode(
    ...Array.from({ length: Math.floor(random() * longest) }, () => Math.floor(random() * 256)),
  );
