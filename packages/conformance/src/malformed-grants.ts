import { generateSigningKey, type SigningKey } from "@databox-cmk/crypto";
import { BROKER_ANSWER_MAX_BYTES, MESSAGE_TYPES } from "@databox-cmk/protocol";

import type { Forge, Forgery } from "./forgery.ts";

/** The parts of an honest grant, as text, and a function that signs others as the broker. */
type Parts = {
  /** The protected header: `{"alg","kid","typ"}`. */
  readonly header: string;
  readonly payload: string;
  /** The compact text, and its three parts. */
  readonly honest: string;
  readonly encoded: readonly [string, string, string];
  readonly kid: string;
  readonly sign: (
    header: string,
    payload: string | Uint8Array,
    key?: SigningKey,
  ) => Promise<string>;
};

const stranger = generateSigningKey().key;
const encode = (value: string | Uint8Array) => Buffer.from(value).toString("base64url");
const decode = (value: string) => Buffer.from(value, "base64url").toString();
const TYP = MESSAGE_TYPES.grant;

/** The text of an object with another first member. */
const before = (object: string, member: string) => object.replace("{", `{${member},`);
const withHeader = ({ header, payload, sign }: Parts, member: string) =>
  sign(before(header, member), payload);
const withAlgorithm = ({ header, payload, sign }: Parts, alg: string) =>
  sign(header.replace("ES256", alg), payload);
const withPayload = ({ header, payload, sign }: Parts, member: string) =>
  sign(header, before(payload, member));
const extended = (parts: Parts, value: string) => withPayload(parts, `"extensions":${value}`);

/**
 * The rows of vectors/messages.json as grants, by the same names: an agent must take none of the
 * malformed ones and none that is wrongly signed. Each is an honest grant except for the fault in
 * its name, so a lenient reader would open the volume.
 */
const MALFORMED: Readonly<Record<string, (parts: Parts) => Promise<string> | string>> = {
  "two parts": ({ encoded }) => encoded.slice(0, 2).join("."),
  "four parts": ({ honest }) => `${honest}.`,
  "an empty text": () => "",
  padding: ({ honest }) => `${honest}==`,
  "white space": ({ honest }) => `${honest}\n`,
  "a signature of 63 bytes": ({ honest }) => honest.slice(0, -2),
  "a signature in DER": ({ encoded: [head, payload] }) =>
    [head, payload, encode("0".repeat(70))].join("."),
  "bits after the signature's last byte": ({ honest }) => `${honest.slice(0, -1)}${spell(honest)}`,
  "alg none": ({ header, encoded: [, payload] }) =>
    `${encode(header.replace("ES256", "none"))}.${payload}.`,
  "alg HS256": (parts) => withAlgorithm(parts, "HS256"),
  "alg in lower case": (parts) => withAlgorithm(parts, "es256"),
  "a fourth header member": (parts) => withHeader(parts, '"jku":"https://keys.example"'),
  crit: (parts) => withHeader(parts, '"crit":["b64"],"b64":true'),
  "no kid": ({ payload, sign }) => sign(JSON.stringify({ alg: "ES256", typ: TYP }), payload),
  "no typ": ({ kid, payload, sign }) => sign(JSON.stringify({ alg: "ES256", kid }), payload),
  "kid is a number": ({ payload, sign }) =>
    sign(JSON.stringify({ alg: "ES256", kid: 1, typ: TYP }), payload),
  "kid is no thumbprint": ({ payload, sign }) =>
    sign(JSON.stringify({ alg: "ES256", kid: "../../key", typ: TYP }), payload),
  "a header member twice": (parts) => withHeader(parts, '"alg":"none"'),
  "a header that is a list": ({ header, payload, sign }) => sign(`[${header}]`, payload),
  "a payload that is no JSON": ({ header, payload, sign }) => sign(header, `${payload}a`),
  "a payload that is a list": ({ header, payload, sign }) => sign(header, `[${payload}]`),
  "a payload that is null": ({ header, sign }) => sign(header, "null"),
  "a payload member twice": (parts) => withPayload(parts, '"serial":"DBX-OTHER"'),
  "a payload member twice, once with an escape": (parts) =>
    withPayload(parts, String.raw`"\u0073erial":"DBX-OTHER"`),
  "a payload member twice, deep": (parts) => extended(parts, '{"a":[{"b":1,"c":{"d":1, "d" :2}}]}'),
  "a prototype in the payload": (parts) => withPayload(parts, '"__proto__":{"a":1}'),
  "a payload with a byte order mark": ({ header, payload, sign }) =>
    sign(header, `\uFEFF${payload}`),
  "a payload that is not UTF-8": ({ header, payload, sign }) => {
    const rest = `":1},${payload.slice(1)}`;
    const bytes = [Buffer.from('{"extensions":{"'), Buffer.from([0xff]), Buffer.from(rest)];
    return sign(header, Buffer.concat(bytes));
  },
  "longer than 16 KiB": (parts) =>
    extended(parts, JSON.stringify({ a: "a".repeat(BROKER_ANSWER_MAX_BYTES) })),
  "another payload under the same signature": ({ payload, encoded: [head, , signature] }) =>
    `${head}.${encode(`${payload} `)}.${signature}`,
  "header members reordered after signing": ({ kid, encoded: [, payload, signature] }) =>
    `${encode(JSON.stringify({ kid, alg: "ES256", typ: TYP }))}.${payload}.${signature}`,
  "another key": ({ payload, sign }) =>
    sign(JSON.stringify({ alg: "ES256", kid: stranger.kid, typ: TYP }), payload, stranger),
  "another key under this kid": ({ header, payload, sign }) => sign(header, payload, stranger),
  "this key under another kid": ({ payload, sign }) =>
    sign(JSON.stringify({ alg: "ES256", kid: stranger.kid, typ: TYP }), payload),
  "another typ": ({ header, payload, sign }) =>
    sign(header.replace(TYP, "databox-other+jws"), payload),
  "a signature of zeros": ({ encoded: [head, payload] }) => `${head}.${payload}.${"A".repeat(86)}`,
};

/** Grants that are spelled in an unusual way, and are good: an agent must open the volume. */
const UNUSUAL: typeof MALFORMED = {
  "an empty payload": (parts) => extended(parts, "{}"),
  "nested members of the same name at different depths": (parts) =>
    extended(parts, '{"a":{"a":[{"a":1},{"a":2}]}}'),
  "text that looks like members": (parts) =>
    extended(parts, JSON.stringify({ a: '{"a":1,"a":2}', b: 'quote " and \\ backslash' })),
  "text beyond ASCII": (parts) => extended(parts, '{"a":"Zürich 鍵 🔑"}'),
  "header members in another order": ({ kid, payload, sign }) =>
    sign(JSON.stringify({ typ: TYP, kid, alg: "ES256" }), payload),
};

export const MALFORMED_GRANTS = forges(MALFORMED);
export const UNUSUAL_GRANTS = forges(UNUSUAL);

function forges(table: typeof MALFORMED): Readonly<Record<string, Forge>> {
  return Object.fromEntries(
    Object.entries(table).map(([name, make]) => [name, (forgery) => make(partsOf(forgery))]),
  );
}

function partsOf({ honest, broker: { signingKey } }: Forgery): Parts {
  const [head = "", body = "", signature = ""] = honest.split(".");
  return {
    header: decode(head),
    payload: decode(body),
    honest,
    encoded: [head, body, signature],
    kid: signingKey.kid,
    async sign(header, payload, key = signingKey) {
      const input = `${encode(header)}.${encode(payload)}`;
      return `${input}.${encode(await key.sign(Buffer.from(input)))}`;
    },
  };
}

/** Another last letter that a lenient decoder reads as the same bytes. */
function spell(honest: string): string {
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return LETTERS[LETTERS.indexOf(honest.at(-1) ?? "") + 1] ?? "";
}
