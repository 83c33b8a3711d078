import { generateSigningKey, messageHash, type SigningKey, signMessage } from "../../src/index.ts";
import type { Vectors } from "./shapes.ts";

type Message = Vectors["messages.json"]["vectors"][number];
const TYP = "databox-vector+jws";
const text = (value: string) => Buffer.from(value).toString("base64url");

export async function createMessages(): Promise<Vectors["messages.json"]> {
  const { key } = generateSigningKey();
  return {
    note: "JWS compact, ES256, protected header exactly {alg, kid, typ}. Verify with `publicJwk` as `typ`. `hash` is base64url SHA-256 of the compact text.",
    publicJwk: key.publicJwk,
    kid: key.kid,
    vectors: [...(await createGood(key)), ...(await createBad(key))],
  };
}

async function createGood(key: SigningKey): Promise<Message[]> {
  const payloads: [string, object][] = [
    ["an empty payload", {}],
    ["nested members of the same name at different depths", { a: { a: [{ a: 1 }, { a: 2 }] } }],
    ["text that looks like members", { a: '{"a":1,"a":2}', b: 'quote " and \\ backslash' }],
    ["text beyond ASCII", { a: "Zürich 鍵 🔑" }],
  ];
  const good = await Promise.all(
    payloads.map(async ([name, payload]) =>
      describeGood(name, await signMessage(key, TYP, payload), payload),
    ),
  );
  const reordered = await sign(
    key,
    JSON.stringify({ typ: TYP, kid: key.kid, alg: "ES256" }),
    '{"a":1}',
  );
  return [...good, describeGood("header members in another order", reordered, { a: 1 })];
}

const describeGood = (name: string, jws: string, payload: unknown): Message => ({
  name,
  kind: "good",
  typ: TYP,
  jws,
  payload,
  hash: messageHash(jws),
});

async function createBad(key: SigningKey): Promise<Message[]> {
  const header = (change: object = {}) =>
    JSON.stringify({ alg: "ES256", kid: key.kid, typ: TYP, ...change });
  const good = await sign(key, header(), '{"a":1}');
  const [head = "", payload = "", signature = ""] = good.split(".");
  const other = generateSigningKey().key;
  const malformed: Record<string, string> = {
    "two parts": `${head}.${payload}`,
    "four parts": `${good}.`,
    "an empty text": "",
    padding: `${good}==`,
    "white space": `${good}\n`,
    "a signature of 63 bytes": `${head}.${payload}.${signature.slice(0, 84)}`,
    "a signature in DER": `${head}.${payload}.${text("0".repeat(70))}`,
    "bits after the signature's last byte": `${head}.${payload}.${signature.replace(/.$/, (last) => (last === "B" ? "C" : "B"))}`,
    "alg none": `${text(header({ alg: "none" }))}.${payload}.`,
    "alg HS256": await sign(key, header({ alg: "HS256" }), "{}"),
    "alg in lower case": await sign(key, header({ alg: "es256" }), "{}"),
    "a fourth header member": await sign(key, header({ jku: "https://keys.example" }), "{}"),
    crit: await sign(key, header({ crit: ["b64"], b64: false }), "{}"),
    "no kid": await sign(key, JSON.stringify({ alg: "ES256", typ: TYP }), "{}"),
    "no typ": await sign(key, JSON.stringify({ alg: "ES256", kid: key.kid }), "{}"),
    "kid is a number": await sign(key, header({ kid: 1 }), "{}"),
    "kid is no thumbprint": await sign(key, header({ kid: "../../key" }), "{}"),
    "a header member twice": await sign(key, header().replace("{", '{"alg":"none",'), "{}"),
    "a header that is a list": await sign(key, "[]", "{}"),
    "a payload that is no JSON": await sign(key, header(), "a"),
    "a payload that is a list": await sign(key, header(), "[]"),
    "a payload that is null": await sign(key, header(), "null"),
    "a payload member twice": await sign(key, header(), '{"a":1,"a":2}'),
    "a payload member twice, once with an escape": await sign(key, header(), '{"a":1,"\\u0061":2}'),
    "a payload member twice, deep": await sign(
      key,
      header(),
      '{"a":[{"b":1,"c":{"d":1, "d" :2}}]}',
    ),
    "a prototype in the payload": await sign(key, header(), '{"__proto__":{"a":1}}'),
    "a payload with a byte order mark": await sign(key, header(), "\uFEFF{}"),
    "a payload that is not UTF-8": await sign(
      key,
      header(),
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    ),
    "longer than 16 KiB": await sign(key, header(), JSON.stringify({ a: "a".repeat(16_384) })),
  };
  const failed: Record<string, string> = {
    "another payload under the same signature": `${head}.${text('{"a":2}')}.${signature}`,
    "header members reordered after signing": `${text(JSON.stringify({ kid: key.kid, alg: "ES256", typ: TYP }))}.${payload}.${signature}`,
    "another key": await sign(
      other,
      JSON.stringify({ alg: "ES256", kid: other.kid, typ: TYP }),
      "{}",
    ),
    "another key under this kid": await sign(other, header(), "{}"),
    "this key under another kid": await sign(key, header({ kid: other.kid }), "{}"),
    "another typ": await signMessage(key, "databox-other+jws", {}),
    "a signature of zeros": `${head}.${payload}.${"A".repeat(86)}`,
  };
  const row =
    (kind: Message["kind"]) =>
    ([name, jws]: [string, string]) => ({ name, kind, typ: TYP, jws });
  return [
    ...Object.entries(malformed).map(row("malformed")),
    ...Object.entries(failed).map(row("verification-failed")),
  ];
}

/**
 * A true signature over whatever stands in the two parts: what is bad about a case is then only
 * what its name says.
 */
async function sign(
  key: SigningKey,
  header: string,
  payload: string | Uint8Array,
): Promise<string> {
  const input = `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`;
  return `${input}.${Buffer.from(await key.sign(Buffer.from(input))).toString("base64url")}`;
}
