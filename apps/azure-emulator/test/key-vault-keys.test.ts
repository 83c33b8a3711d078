import {
  constants,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  verify,
} from "node:crypto";

import { CryptographyClient } from "@azure/keyvault-keys";
import { fc, test as property } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Answer, startWorld, type World } from "./world.ts";

const QUERY = "?api-version=2025-07-01";
let world: World;
let vaultUrl: string;

beforeAll(async () => {
  world = await startWorld();
  await world.control("PATCH", "/settings", { throttling: false, visibilityDelaySeconds: 0 });
  vaultUrl = await world.createVault("shapes");
});
afterAll(() => world[Symbol.asyncDispose]());

const create = (name: string, body: object): Promise<Answer> =>
  world.callVault(`${vaultUrl}/keys/${name}/create${QUERY}`, { method: "POST", body });
const use = (name: string, operation: string, body: object): Promise<Answer> =>
  world.callVault(`${vaultUrl}/keys/${name}//${operation}${QUERY}`, { method: "POST", body });
const valueOf = ({ json }: Answer): string => (json as { value: string }).value;
const attributesOf = ({ json }: Answer) => (json as { attributes: object }).attributes;
const versionOf = ({ json }: Answer) =>
  (json as { key: { kid: string } }).key.kid.split("/").at(-1) ?? "";
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

describe("keys that are made", () => {
  const SHAPES = [
    [{ kty: "RSA" }, { kty: "RSA" }, 256, "0"],
    [{ kty: "RSA-HSM", key_size: 2048 }, { kty: "RSA-HSM" }, 256, "2"],
    [{ kty: "RSA", key_size: 3072, public_exponent: 17 }, { kty: "RSA", e: "EQ" }, 384, "0"],
    [{ kty: "EC" }, { kty: "EC", crv: "P-256" }, undefined, "0"],
    [{ kty: "EC-HSM", crv: "P-384" }, { kty: "EC-HSM", crv: "P-384" }, undefined, "2"],
    [{ kty: "oct-HSM", key_size: 192 }, { kty: "oct-HSM" }, undefined, "2"],
  ] as const;
  test.each(SHAPES)("%j", async (body, jwk, modulusBytes, hsmPlatform) => {
    const { status, json } = await create(`made-${randomBytes(4).toString("hex")}`, body);
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { key: jwk, attributes: { enabled: true, hsmPlatform } },
    });
    const { n } = (json as { key: { n?: string } }).key;
    expect(n && Buffer.from(n, "base64url").length).toBe(modulusBytes);
  });

  const EXPORTABLE = { attributes: { exportable: true }, release_policy: { data: "e30" } };
  const WRONG = [
    [{}, /^(?:Property  has invalid value\r\n){2}$/u],
    [{ kty: "oct" }, /Property 'kty' has an invalid value/u],
    [{ kty: "RSA", key_size: 1024 }, /Property 'key_size'/u],
    [{ kty: "RSA", key_size: 256 }, /Property 'key_size'/u],
    [{ kty: "oct-HSM", key_size: 2048 }, /Property 'key_size'.*128, 192, 256/u],
    [{ kty: "AKP" }, /Property 'alg' is required/u],
    [{ kty: "AKP", alg: "ML-DSA-44" }, /Property 'kty'.*newer api-version/u],
    [{ kty: "RSA", public_exponent: 4 }, /Property 'public_exponent'.*even/u],
    [{ kty: "EC", crv: "P-224" }, /Property 'crv'/u],
    [{ kty: "RSA", key_ops: ["fly"] }, /Property 'key_ops\.0'/u],
    [{ kty: "RSA", attributes: { exp: "tomorrow" } }, /Property 'attributes\.exp'/u],
    [
      { kty: "RSA", attributes: { exportable: true } },
      /^AKV\.SKR\.1004: .*must have release policy/u,
    ],
    [{ kty: "RSA-HSM", release_policy: { data: "e30" } }, /^AKV\.SKR\.1005: /u],
    [{ kty: "RSA", ...EXPORTABLE }, /^AKV\.SKR\.1006: /u],
    [
      {
        kty: "RSA",
        tags: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`t${index}`, "x"])),
      },
      /more than 15 tags/u,
    ],
  ] as const;
  test.each(WRONG)("%j is refused by name", async (body, message) => {
    expect(await create("wrong", body)).toMatchObject({
      status: 400,
      json: { error: { code: "BadParameter", message: expect.stringMatching(message) } },
    });
  });

  test("a name that is none is refused, whatever the operation", async () => {
    const refusal = {
      status: 400,
      json: {
        error: {
          code: "BadParameter",
          message: "The request URI contains an invalid name: under_score",
        },
      },
    };
    expect(await create("under_score", { kty: "EC" })).toMatchObject(refusal);
    expect(await world.callVault(`${vaultUrl}/keys/under_score${QUERY}`)).toMatchObject(refusal);
    const deleted = `${vaultUrl}/deletedkeys/under_score${QUERY}`;
    expect(await world.callVault(deleted, { method: "DELETE" })).toMatchObject(refusal);
  });

  test("a key leaves neither a standard vault nor through an older api-version", async () => {
    const refusal = {
      status: 400,
      json: { error: { message: expect.stringMatching(/^AKV\.SKR\.1001: /u) } },
    };
    const standard = await world.createVault("standard-only", {
      sku: { family: "A", name: "standard" },
    });
    const made = (vault: string, version: string, kty: string) =>
      world.callVault(`${vault}/keys/leaving/create?api-version=${version}`, {
        method: "POST",
        body: { kty, ...EXPORTABLE },
      });
    expect(await made(standard, "7.4", "RSA")).toMatchObject(refusal);
    expect(await made(vaultUrl, "7.2", "RSA-HSM")).toMatchObject(refusal);
  });

  test("an immutable release policy stays", async () => {
    await create("immutable", {
      kty: "EC-HSM",
      attributes: { exportable: true },
      release_policy: { data: "e30", immutable: true },
    });
    const url = `${vaultUrl}/keys/immutable${QUERY}`;
    const body = { release_policy: { data: "e30" } };
    expect(await world.callVault(url, { method: "PATCH", body })).toMatchObject({
      status: 400,
      json: {
        error: { message: "AKV.SKR.1020: Immutable Key Release Policy cannot be modified." },
      },
    });
  });
});

describe("api-version 2026-04-01", () => {
  const NEW = "?api-version=2026-04-01";
  const call = (path: string, method: string, body?: object): Promise<Answer> =>
    world.callVault(`${vaultUrl}/keys/${path}${NEW}`, { method, ...(body && { body }) });

  test("keeps the id of an external key as it was made, and older versions do not show it", async () => {
    const external = { external_key: { id: "kms-1" } };
    const made = await call("external/create", "POST", { kty: "RSA", attributes: external });
    expect(attributesOf(made)).toMatchObject(external);
    const other = { attributes: { external_key: { id: "kms-2" }, enabled: true } };
    expect(attributesOf(await call("external", "PATCH", other))).toMatchObject(external);
    const older = await world.callVault(`${vaultUrl}/keys/external?api-version=2025-07-01`);
    expect(attributesOf(older)).not.toHaveProperty("external_key");
  });

  test.each(["", "a_b", "a".repeat(65)])(
    "an external key with the id %j is refused",
    async (id) => {
      const body = { kty: "RSA", attributes: { external_key: { id } } };
      expect(await call("refused/create", "POST", body)).toMatchObject({
        status: 400,
        json: {
          error: {
            code: "BadParameter",
            message: expect.stringContaining("'attributes.external_key.id'"),
          },
        },
      });
    },
  );

  test("a release policy has a content type and is mutable unless it says otherwise", async () => {
    const made = await call("released/create", "POST", {
      kty: "RSA-HSM",
      attributes: { exportable: true },
      release_policy: { data: "e30" },
    });
    expect(made.json).toMatchObject({
      // An HSM writes four bytes.
      key: { e: "AAEAAQ" },
      release_policy: {
        contentType: "application/json; charset=utf-8",
        immutable: false,
        data: "e30",
      },
    });
  });

  test("the text of a release policy is the service's own", async () => {
    const sent =
      '{ "anyOf": [{ "allOf": [{ "claim": "sdk-test", "equals": true }], "authority": "https://attest.example/" }], "version": "1.0.0" }';
    const kept =
      '{"version":"1.0.0","anyOf":[{"allOf":[{"claim":"sdk-test","equals":"true"}],"authority":"https://attest.example/"}]}';
    const made = await call("worded/create", "POST", {
      kty: "RSA-HSM",
      attributes: { exportable: true },
      release_policy: { data: text(Buffer.from(sent)) },
    });
    expect(made.json).toMatchObject({ release_policy: { data: text(Buffer.from(kept)) } });
  });

  test("a path without a name is an operation that is not specified", async () => {
    expect(
      await world.callVault(`${vaultUrl}/keys//create${QUERY}`, { method: "POST", body: {} }),
    ).toMatchObject({
      status: 400,
      json: { error: { code: "BadParameter", message: "Operation not specified" } },
    });
  });

  test("takes the operations that SDKs name for secure wrap", async () => {
    const key_ops = ["secureWrapKey", "secureUnwrapKey", "wrapKey", "unwrapKey"];
    expect((await call("secure/create", "POST", { kty: "RSA-HSM", key_ops })).json).toMatchObject({
      key: { key_ops },
    });
  });

  test.each([
    ["securewrapkey", { alg: "A256KW" }, /secureWrapKey is served by Managed HSM only/u],
    [
      "secureunwrapkey",
      { alg: "RSA-OAEP-256", value: "AA", target: "token" },
      /secureUnwrapKey is served by Managed HSM only/u,
    ],
    ["securewrapkey", {}, /'alg' is required/u],
    ["securewrapkey", { alg: "RSA-OAEP" }, /'alg' has an invalid value/u],
    ["secureunwrapkey", { alg: "A256KW", value: "AA" }, /'target' is required/u],
  ])("%s of a vault with %j is refused", async (operation, body, message) => {
    await call("attested/create", "POST", { kty: "RSA" });
    const version = versionOf(await call("attested", "GET"));
    expect(await call(`attested/${version}/${operation}`, "POST", body)).toMatchObject({
      status: 400,
      json: { error: { code: "BadParameter", message: expect.stringMatching(message) } },
    });
  });
});

describe("a vault of the standard tier", () => {
  let standardUrl: string;
  beforeAll(async () => {
    standardUrl = await world.createVault("standard", { sku: { family: "A", name: "standard" } });
  });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const HARDWARE = [
    ["POST", "made/create", { kty: "RSA-HSM" }],
    ["POST", "made/create", { kty: "EC-HSM", crv: "P-256" }],
    ["POST", "made/create", { kty: "oct-HSM" }],
    ["POST", "made/create", { kty: "AKP-HSM", alg: "ML-DSA-44" }],
    ["PUT", "brought", { Hsm: true, key: privateKey.export({ format: "jwk" }) }],
  ] as const;
  test.each(HARDWARE)("has no key of an HSM: %s %s %j", async (method, path, body) => {
    expect(
      await world.callVault(`${standardUrl}/keys/${path}${QUERY}`, { method, body }),
    ).toMatchObject({
      status: 400,
      json: {
        error: {
          code: "BadParameter",
          message: "Hardware key operation not allowed on standard vault",
        },
      },
    });
  });

  test("makes keys in software", async () => {
    const url = `${standardUrl}/keys/soft/create${QUERY}`;
    expect(await world.callVault(url, { method: "POST", body: { kty: "RSA" } })).toMatchObject({
      status: 200,
    });
  });
});

/** GET, or POST with a body, below `/keys/`. */
const ask = (path: string, body: object | undefined, version: string): Promise<Answer> =>
  world.callVault(`${vaultUrl}/keys/${path}?api-version=${version}`, {
    method: body === undefined ? "GET" : "POST",
    ...(body && { body }),
  });
const askNewest = (path: string, body?: object, version = "2026-04-01") => ask(path, body, version);
const askPreview = (path: string, body?: object, version = "2026-05-01-preview") =>
  ask(path, body, version);

describe("symmetric keys of an HSM, in a vault of the premium tier", () => {
  const secret = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  const iv = text(Buffer.alloc(16, 9));
  const value = text(Buffer.from("sixteen bytes ok"));

  beforeAll(async () => {
    const key = { kty: "oct-HSM", k: text(secret), key_ops: [...CIPHERS, "sign", "verify"] };
    const imported = await world.callVault(`${vaultUrl}/keys/known${QUERY}`, {
      method: "PUT",
      body: { key },
    });
    expect(imported.status).toBe(200);
    expect(imported.text).not.toContain(text(secret));
  });
  const CIPHERS = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];

  test("show their size and nothing of the key, in versions that have the attribute", async () => {
    const made = await askNewest("oct/create", { kty: "oct-HSM" });
    expect(made.json).toEqual({
      key: { kid: expect.any(String), kty: "oct-HSM", key_ops: CIPHERS },
      attributes: expect.objectContaining({ key_size: 256, hsmPlatform: "2" }),
    });
    expect(attributesOf(await askNewest("oct", undefined, "2025-07-01"))).not.toHaveProperty(
      "key_size",
    );
    expect(attributesOf(await create("kek-size", { kty: "RSA" }))).not.toHaveProperty("key_size");
  });

  test("wrap as RFC 3394 §4.6 says, by both names, and unwrap again after a rotation", async () => {
    const data = Buffer.from(
      "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
      "hex",
    );
    const wrapped =
      "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21";
    for (const alg of ["A256KW", "CKM_AES_KEY_WRAP"]) {
      const answer = await use("known", "wrapkey", { alg, value: text(data) });
      expect(Buffer.from(valueOf(answer), "base64url").toString("hex")).toBe(wrapped);
    }
    const first = versionOf(await askNewest("known"));
    await askNewest("known/rotate", {});
    expect(versionOf(await askNewest("known"))).not.toBe(first);
    const body = { alg: "A256KW", value: text(Buffer.from(wrapped, "hex")) };
    expect((await askNewest(`known/${first}/unwrapkey`, body)).json).toMatchObject({
      value: text(data),
    });
    expect(await askNewest("known//unwrapkey", body)).toMatchObject({
      status: 400,
      json: { error: { code: "BadParameter" } },
    });
    await askNewest("padded/create", { kty: "oct-HSM", key_size: 128 });
    const padded = { alg: "CKM_AES_KEY_WRAP_PAD", value: text(Buffer.alloc(21, 5)) };
    const { json } = await askNewest("padded//wrapkey", padded);
    const back = { ...padded, value: (json as { value: string }).value };
    expect((await askNewest("padded//unwrapkey", back)).json).toMatchObject({
      value: padded.value,
    });
  });

  test("encrypt by GCM with an iv of the service, which node:crypto decrypts", async () => {
    const key = { kty: "oct-HSM", k: text(secret), key_ops: CIPHERS };
    await world.callVault(`${vaultUrl}/keys/gcm${QUERY}`, { method: "PUT", body: { key } });
    const aad = text(Buffer.from("order"));
    const { json } = await use("gcm", "encrypt", { alg: "A256GCM", value, aad });
    const sealed = json as { value: string; iv: string; tag: string; aad: string };
    expect(sealed.aad).toBe(aad);
    const decipher = createDecipheriv("aes-256-gcm", secret, Buffer.from(sealed.iv, "base64url"));
    decipher.setAAD(Buffer.from(aad, "base64url")).setAuthTag(Buffer.from(sealed.tag, "base64url"));
    expect(text(decipher.update(Buffer.from(sealed.value, "base64url")))).toBe(value);
    decipher.final();
    const { kid: _kid, ...given } = { kid: "", ...sealed, alg: "A256GCM" };
    expect((await use("gcm", "decrypt", given)).json).toMatchObject({ value });
    expect(await use("gcm", "decrypt", { ...given, aad: "AA" })).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringContaining("cannot be decrypted") } },
    });
    expect((await use("gcm", "encrypt", { alg: "A256GCM", value, iv })).status).toBe(400);
  });

  test.each(["A256CBC", "A256CBCPAD"])("encrypt by %s with the caller's iv", async (alg) => {
    const key = { kty: "oct-HSM", k: text(secret), key_ops: CIPHERS };
    await world.callVault(`${vaultUrl}/keys/${alg}${QUERY}`, { method: "PUT", body: { key } });
    const { json } = await use(alg, "encrypt", { alg, value, iv });
    const decipher = createDecipheriv("aes-256-cbc", secret, Buffer.from(iv, "base64url"));
    decipher.setAutoPadding(alg.endsWith("PAD"));
    const sealed = Buffer.from((json as { value: string }).value, "base64url");
    expect(text(Buffer.concat([decipher.update(sealed), decipher.final()]))).toBe(value);
    expect((await use(alg, "decrypt", { alg, iv, value: text(sealed) })).json).toMatchObject({
      value,
    });
    expect((await use(alg, "encrypt", { alg, value })).status).toBe(400);
  });

  test("sign by HMAC", async () => {
    const key = { kty: "oct-HSM", k: text(secret), key_ops: ["sign", "verify"] };
    await world.callVault(`${vaultUrl}/keys/mac${QUERY}`, { method: "PUT", body: { key } });
    const mac = createHmac("sha384", secret).update(Buffer.from(value, "base64url")).digest();
    expect(valueOf(await use("mac", "sign", { alg: "HS384", value }))).toBe(text(mac));
    const verified = { alg: "HS384", digest: value, value: text(mac) };
    expect((await use("mac", "verify", verified)).json).toEqual({ value: true });
    const wrong = { ...verified, value: text(mac.fill(0)) };
    expect((await use("mac", "verify", wrong)).json).toEqual({ value: false });
  });

  test.each([
    ["wrapkey", "A128KW"],
    ["wrapkey", "A256GCM"],
    ["encrypt", "A256KW"],
    ["encrypt", "RSA-OAEP-256"],
    ["encrypt", "A256constructor"],
  ])("%s by %s is refused for a key of 256 bits", async (operation, alg) => {
    await askNewest("narrow/create", { kty: "oct-HSM" });
    expect(await use("narrow", operation, { alg, value, iv })).toMatchObject({
      status: 400,
      json: {
        error: { message: `Algorithm '${alg}' is not supported by keys of type 'oct-HSM'.` },
      },
    });
  });

  test("serve the JavaScript SDK", async () => {
    const client = world.keyClient(vaultUrl);
    const key = await client.createOctKey("of-sdk", { hsm: true, keySize: 256 });
    expect(key.keyType).toBe("oct-HSM");
    const cryptography = new CryptographyClient(
      key.id ?? "",
      world.owner.credential,
      world.clientOptions,
    );
    const { result } = await cryptography.wrapKey("A256KW", secret);
    expect(Buffer.from((await cryptography.unwrapKey("A256KW", result)).result)).toEqual(secret);
  });
});

const attest = async (name: string, body: object) => {
  await create(name, body);
  return world.callVault(`${vaultUrl}/keys/${name}//attestation?api-version=7.6`);
};
const decode = (member: string | undefined) => Buffer.from(member ?? "", "base64url").toString();

describe("attestation", () => {
  type Attestation = Record<string, string>;
  const attestationOf = ({ json }: Answer) =>
    (json as { attributes: { attestation: Attestation } }).attributes.attestation;

  test("a key of an HSM has one, signed by the authority whose certificate comes along", async () => {
    const attestation = attestationOf(await attest("attested-rsa", { kty: "RSA-HSM" }));
    expect(Object.keys(attestation).toSorted()).toEqual([
      "certificatePemFile",
      "privateKeyAttestation",
      "publicKeyAttestation",
      "version",
    ]);
    const certificate = decode(attestation["certificatePemFile"]);
    expect(certificate).toBe(world.emulator.caPem);
    const [header, claims, signature = ""] = decode(attestation["privateKeyAttestation"]).split(
      ".",
    );
    const key = { key: certificate, dsaEncoding: "ieee-p1363" } as const;
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify("sha256", signed, key, Buffer.from(signature, "base64url"))).toBe(true);
    expect(decode(claims)).toContain("/keys/attested-rsa/");
    const plain = await world.callVault(`${vaultUrl}/keys/attested-rsa?api-version=7.6`);
    expect(attributesOf(plain)).not.toHaveProperty("attestation");
  });

  test("a symmetric key has no public half to attest, and a key in software has none", async () => {
    const attestation = attestationOf(await attest("attested-oct", { kty: "oct-HSM" }));
    expect(attestation).not.toHaveProperty("publicKeyAttestation");
    expect(await attest("attested-soft", { kty: "RSA" })).toMatchObject({
      status: 400,
      json: { error: { code: "BadParameter" } },
    });
  });
});

const shake = (...parts: readonly Buffer[]) =>
  createHash("shake256", { outputLength: 64 }).update(Buffer.concat(parts)).digest();

describe("keys of ML-DSA, in the preview", () => {
  const message = Buffer.from("a message, not its digest");
  const value = text(message);

  test.each(["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])("sign and verify by %s", async (alg) => {
    const made = await askPreview(`${alg}/create`, { kty: "AKP-HSM", alg });
    const { key } = made.json as { key: import("node:crypto").JsonWebKey };
    expect(key).toMatchObject({ kty: "AKP-HSM", alg, key_ops: ["sign", "verify"] });
    const publicKey = createPublicKey({ key: { ...key, kty: "AKP" }, format: "jwk" });
    const context = text(Buffer.from("order"));
    const signature = valueOf(await askPreview(`${alg}//sign`, { value, context }));
    const bytes = Buffer.from(signature, "base64url");
    expect(verify(null, message, { key: publicKey, context: Buffer.from("order") }, bytes)).toBe(
      true,
    );
    const verified = { digest: value, value: signature };
    expect((await askPreview(`${alg}//verify`, { ...verified, context, alg })).json).toEqual({
      value: true,
    });
    expect((await askPreview(`${alg}//verify`, verified)).json).toEqual({ value: false });
  });

  test.each(["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])(
    "sign and verify by %s what the caller has computed from key, context and message",
    async (alg) => {
      const made = await askPreview(`mu-${alg}/create`, { kty: "AKP", alg });
      const { key } = made.json as { key: import("node:crypto").JsonWebKey & { pub: string } };
      const context = Buffer.from("order");
      // FIPS 204, algorithms 2 and 7: SHAKE256 of the key's hash, 0, the context and the message.
      const formatted = [Buffer.from([0, context.length]), context, message];
      const mu = shake(shake(Buffer.from(key.pub, "base64url")), ...formatted);
      const signed = await askPreview(`mu-${alg}//sign`, { external_mu: text(mu) });
      const signature = valueOf(signed);
      const publicKey = createPublicKey({ key, format: "jwk" });
      const bytes = Buffer.from(signature, "base64url");
      expect(verify(null, message, { key: publicKey, context }, bytes)).toBe(true);
      const check = async (external_mu: string) =>
        (await askPreview(`mu-${alg}//verify`, { external_mu, value: signature })).json;
      expect(await check(text(mu))).toEqual({ value: true });
      expect(await check(text(randomBytes(64)))).toEqual({ value: false });
    },
  );

  test.each([
    ["sign", { external_mu: text(randomBytes(63)) }, /'external_mu' does not have 64 bytes/u],
    ["sign", { external_mu: text(randomBytes(64)), value }, /'external_mu' already contains/u],
    ["sign", { external_mu: text(randomBytes(64)), context: value }, /already contains/u],
    ["sign", {}, /'value' is required/u],
    ["sign", { value, context: text(randomBytes(256)) }, /'context' has more than 255 bytes/u],
    ["sign", { value, alg: "ML-DSA-87" }, /'ML-DSA-87' is not supported/u],
    ["wrapkey", { value, alg: "RSA-OAEP-256" }, /not permitted|not supported/u],
  ])("%s with %j is refused", async (operation, body, message_) => {
    await askPreview("pq/create", { kty: "AKP", alg: "ML-DSA-44" });
    const answer = await askPreview(`pq//${operation}`, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).toMatch(message_);
  });

  test("rotate, and do not sign in versions before", async () => {
    await askPreview("turned/create", { kty: "AKP", alg: "ML-DSA-44" });
    expect((await askPreview("turned/rotate", {})).json).toMatchObject({
      key: { kty: "AKP", alg: "ML-DSA-44" },
    });
    expect(
      await askPreview("turned//sign", { alg: "ML-DSA-44", value }, "2026-04-01"),
    ).toMatchObject({
      status: 400,
    });
  });
});

describe("keys that are imported", () => {
  test("an RSA key of OpenSSL unwraps what its public half has wrapped", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const imported = await world.callVault(`${vaultUrl}/keys/brought${QUERY}`, {
      method: "PUT",
      body: {
        key: { ...privateKey.export({ format: "jwk" }), key_ops: ["unwrapKey"] },
        tags: { from: "openssl" },
      },
    });
    expect(imported).toMatchObject({
      status: 200,
      json: { key: { kty: "RSA", key_ops: ["unwrapKey"] }, tags: { from: "openssl" } },
    });
    expect(imported.text).not.toContain(privateKey.export({ format: "jwk" }).d);
    const wrapped = publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
      Buffer.from("secret"),
    );
    expect(
      valueOf(await use("brought", "unwrapkey", { alg: "RSA-OAEP-256", value: text(wrapped) })),
    ).toBe(text(Buffer.from("secret")));
  });

  test("an EC key becomes an HSM key when asked to", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
    const key = { ...privateKey.export({ format: "jwk" }), crv: "P-256K" };
    expect(
      await world.callVault(`${vaultUrl}/keys/brought-ec${QUERY}`, {
        method: "PUT",
        body: { Hsm: true, key },
      }),
    ).toMatchObject({ status: 200, json: { key: { kty: "EC-HSM", crv: "P-256K" } } });
  });

  test.each(["n", "e", "d", "p"])(
    "RSA parts of which %s fits another key are refused",
    async (part) => {
      const [key, other] = [3, 65_537].map((publicExponent) =>
        generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent }).privateKey.export({
          format: "jwk",
        }),
      );
      expect(
        await world.callVault(`${vaultUrl}/keys/mixed${QUERY}`, {
          method: "PUT",
          body: { key: { ...key, [part]: other?.[part] } },
        }),
      ).toMatchObject({ status: 400, json: { error: { code: "BadParameter" } } });
    },
  );

  test("a public key alone is refused", async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(
      await world.callVault(`${vaultUrl}/keys/half${QUERY}`, {
        method: "PUT",
        body: { key: publicKey.export({ format: "jwk" }) },
      }),
    ).toMatchObject({ status: 400, json: { error: { code: "BadParameter" } } });
  });
});

describe("algorithms", () => {
  beforeAll(() => create("kek", { kty: "RSA" }));

  test.each([
    ["RSA-OAEP-256", 190],
    ["RSA-OAEP", 214],
    ["RSA1_5", 245],
  ])("%s takes %i bytes and not one more, by encrypt and by wrapKey", async (alg, maximum) => {
    const value = text(randomBytes(maximum));
    for (const [forth, back] of [
      ["encrypt", "decrypt"],
      ["wrapkey", "unwrapkey"],
    ] as const) {
      const { json } = await use("kek", forth, { alg, value });
      expect(
        await use("kek", back, { alg, value: (json as { value: string }).value }),
      ).toMatchObject({ status: 200, json: { value } });
      expect(await use("kek", forth, { alg, value: text(randomBytes(maximum + 1)) })).toMatchObject(
        {
          status: 400,
          json: { error: { message: expect.stringContaining(`exceeds the ${maximum} bytes`) } },
        },
      );
    }
  });

  test("RSNULL signs what it is given", async () => {
    const digest = createHash("sha256").update("message").digest();
    const info = Buffer.concat([
      Buffer.from("3031300d060960864801650304020105000420", "hex"),
      digest,
    ]);
    const signature = valueOf(await use("kek", "sign", { alg: "RSNULL", value: text(info) }));
    const { json } = await world.callVault(`${vaultUrl}/keys/kek${QUERY}`);
    expect(
      verify(
        "sha256",
        Buffer.from("message"),
        { key: (json as { key: import("node:crypto").JsonWebKey }).key, format: "jwk" },
        Buffer.from(signature, "base64url"),
      ),
    ).toBe(true);
    expect(
      (await use("kek", "verify", { alg: "RSNULL", digest: text(info), value: signature })).json,
    ).toEqual({ value: true });
  });

  const UNSUPPORTED = [
    ["wrapkey", "A256KW"],
    ["wrapkey", "constructor"],
    ["encrypt", "A256GCM"],
    ["sign", "ES256"],
    ["sign", "HS256"],
  ] as const;
  test.each(UNSUPPORTED)(
    "%s by %s is refused for an RSA key of a vault",
    async (operation, alg) => {
      expect(await use("kek", operation, { alg, value: text(randomBytes(32)) })).toMatchObject({
        status: 400,
        json: { error: { message: `Algorithm '${alg}' is not supported by keys of type 'RSA'.` } },
      });
    },
  );

  test("a digest of the wrong length is refused", async () => {
    expect(await use("kek", "sign", { alg: "RS256", value: text(randomBytes(20)) })).toMatchObject({
      status: 400,
      json: { error: { message: "Property 'value' has 20 bytes; RS256 takes 32." } },
    });
  });
});

test("release and secure wrap are refused, since nothing attests here", async () => {
  await create("exportable", {
    kty: "RSA-HSM",
    key_ops: ["unwrapKey"],
    attributes: { exportable: true },
    release_policy: { data: "e30" },
  });
  expect(await use("exportable", "release", { target: "x" })).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining("attested") } },
  });
});

test.each(["x-http-method", "x-http-request"])(
  "%s stands for the method of a POST",
  async (header) => {
    const name = `by-${header}`;
    await create(name, { kty: "EC" });
    const answer = await world.callVault(`${vaultUrl}/keys/${name}${QUERY}`, {
      method: "POST",
      headers: { [header]: "DELETE" },
    });
    expect(answer).toMatchObject({
      status: 200,
      json: { recoveryId: `${vaultUrl}/deletedkeys/${name}` },
    });
  },
);

test("keys that are rotated at the same time get a version each, one due rotation is done once", async () => {
  await create("turning", { kty: "EC" });
  const url = `${vaultUrl}/keys/turning`;
  const versions = async (): Promise<number> =>
    (await world.callVault(`${url}/versions${QUERY}`)).text.split('"kid"').length - 1;
  const rotate = (): Promise<Answer> =>
    world.callVault(`${url}/rotate${QUERY}`, { method: "POST" });
  const kids = (await Promise.all([rotate(), rotate(), rotate()])).map((answer) => answer.text);
  expect([new Set(kids).size, await versions()]).toEqual([3, 4]);
  const { value } = (await world.callVault(`${url}/versions${QUERY}`)).json as {
    value: { kid: string }[];
  };
  expect(value).toEqual(value.toSorted((a, b) => (a.kid < b.kid ? -1 : 1)));
  await world.callVault(`${url}/rotationpolicy${QUERY}`, {
    method: "PUT",
    body: {
      lifetimeActions: [{ trigger: { timeAfterCreate: "P30D" }, action: { type: "Rotate" } }],
    },
  });
  await world.control("POST", "/clock/advance", { duration: "P31D" });
  await Promise.all([1, 2, 3].map(() => world.callVault(`${url}${QUERY}`)));
  expect(await versions()).toBe(5);
  await world.control("DELETE", "/clock");
});

test("a rotation that came due while the key was deleted is made up for when it is back", async () => {
  await create("absent", { kty: "EC" });
  const url = `${vaultUrl}/keys/absent`;
  await world.callVault(`${url}/rotationpolicy${QUERY}`, {
    method: "PUT",
    body: {
      lifetimeActions: [{ trigger: { timeAfterCreate: "P30D" }, action: { type: "Rotate" } }],
    },
  });
  await world.callVault(`${url}${QUERY}`, { method: "DELETE" });
  await world.control("POST", "/clock/advance", { duration: "P31D" });
  await world.callVault(`${vaultUrl}/deletedkeys/absent/recover${QUERY}`, { method: "POST" });
  await world.control("POST", "/clock/advance", { duration: "P1D" });
  const { text: list } = await world.callVault(`${url}/versions${QUERY}`);
  expect(list.split('"kid"')).toHaveLength(3);
  await world.control("DELETE", "/clock");
});

test("random bytes are served, unless that is switched off", async () => {
  const random = (): Promise<Answer> =>
    world.callVault(`${vaultUrl}/rng${QUERY}`, { method: "POST", body: { count: 16 } });
  expect(Buffer.from(valueOf(await random()), "base64url")).toHaveLength(16);
  await world.control("PATCH", "/settings", { unverified: { "random-bytes-on-vault": "refuse" } });
  expect((await random()).status).toBe(400);
});

const POLICIES = [
  [
    { lifetimeActions: [{ trigger: { timeAfterCreate: "P3D" }, action: { type: "Rotate" } }] },
    /at least 7 days/u,
  ],
  [
    { lifetimeActions: [{ trigger: { timeBeforeExpiry: "P30D" }, action: { type: "Rotate" } }] },
    /needs attributes\.expiryTime/u,
  ],
  [
    { lifetimeActions: [{ trigger: { timeAfterCreate: "P30D" }, action: { type: "Notify" } }] },
    /'timeBeforeExpiry' only/u,
  ],
  [
    { lifetimeActions: [{ trigger: { timeAfterCreate: "soon" }, action: { type: "Rotate" } }] },
    /not an ISO 8601 duration/u,
  ],
  [{ lifetimeActions: [{ trigger: {}, action: { type: "Rotate" } }] }, /exactly one of/u],
  [
    { lifetimeActions: [{ trigger: { timeAfterCreate: "P30D" }, action: { type: "Dance" } }] },
    /'Rotate' or 'Notify'/u,
  ],
  [{ attributes: { expiryTime: "P7D" } }, /at least 28 days/u],
] as const;
test.each(POLICIES)("the rotation policy %j is refused", async (body, message) => {
  await create("kek", { kty: "RSA" });
  const answer = await world.callVault(`${vaultUrl}/keys/kek/rotationpolicy${QUERY}`, {
    method: "PUT",
    body,
  });
  expect(answer).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringMatching(message) } },
  });
});

const ROUTES = [
  "keys/fuzz/create",
  "keys/fuzz//wrapkey",
  "keys/fuzz//sign",
  "keys/fuzz//verify",
  "keys/restore",
  "rng",
];
property.prop([fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...ROUTES)], { numRuns: 60 })(
  "no body makes the emulator fail",
  async (value, route) => {
    const answer = await world.callVault(`${vaultUrl}/${route}${QUERY}`, {
      method: "POST",
      body: JSON.stringify(value),
    });
    expect([200, 400, 404]).toContain(answer.status);
  },
);
test.each(["", "{", "\u0000", "[]", "null", '"x"'])("the body %j is refused", async (body) => {
  expect(
    (await world.callVault(`${vaultUrl}/keys/kek//unwrapkey${QUERY}`, { method: "POST", body }))
      .status,
  ).toBe(400);
});
test("a body of more than a mebibyte is not read", async () => {
  expect(
    (
      await world.callVault(`${vaultUrl}/keys/kek//unwrapkey${QUERY}`, {
        method: "POST",
        body: "x".repeat(1_048_577),
      })
    ).status,
  ).toBe(413);
});
