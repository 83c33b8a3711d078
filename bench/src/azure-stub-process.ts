import { createSocket } from "node:dgram";
import { once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import { decode, encode } from "dns-packet";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import * as z from "zod";

import { serveParent } from "./child.ts";
import { STUB_TENANT, stubUnwrap, stubWrap, VERSIONS } from "./stub-wrapping.ts";

/**
 * Entra ID, Resource Manager, instance metadata, DNS and a vault that answer at once, so that only
 * the broker's own time remains. The vault counts its operations; its wrapping hides nothing.
 * Written by hand, since the emulator does real RSA.
 */
const state = { operations: 0, enabled: true };
const ca = createCertificateAuthority({ commonName: "stub", validityDays: 2 });
const certificate = issueServerCertificate({
  ca,
  commonName: "stub",
  dnsNames: ["bench.vault.localhost", "login.localhost", "arm.localhost"],
  validityDays: 2,
});
const { publicKey, privateKey } = await generateKeyPair("RS256");
const jwk = { ...(await exportJWK(publicKey)), kid: "stub", alg: "RS256", use: "sig" };

const server = createServer({ key: certificate.privateKeyPem, cert: certificate.certificatePem });
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = z.object({ port: z.number() }).parse(server.address());
const armUrl = `https://arm.localhost:${String(port)}`;
const authority = `https://login.localhost:${String(port)}/${STUB_TENANT}`;

server.on("request", (request, response) => {
  void serve(request, response);
});

/** The id of the built-in role that every caller has. */
const OWNER =
  "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status = 200, json, headers = {} } = await answer(request);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(json));
}

type Answer = {
  readonly status?: number;
  readonly json: unknown;
  readonly headers?: Record<string, string>;
};

async function answer(request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? "/", "https://stub.invalid");
  const body = await text(request);
  const { host = "" } = request.headers;
  if (host.includes(".vault.")) return answerVault(request, `https://${host}`, pathname, body);
  if (pathname.endsWith("/oauth2/v2.0/token"))
    return { json: { token_type: "Bearer", expires_in: 3600, access_token: "stub" } };
  if (pathname.endsWith("/.well-known/openid-configuration"))
    return {
      json: {
        issuer: `${authority}/v2.0`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      },
    };
  if (pathname.endsWith("/discovery/v2.0/keys")) return { json: { keys: [jwk] } };
  if (pathname.endsWith("/providers/Microsoft.Authorization/roleAssignments")) {
    const [scope = ""] = pathname.split("/providers/", 1);
    return { json: { value: [{ properties: { roleDefinitionId: OWNER, scope } }] } };
  }
  if (pathname.includes("/Microsoft.KeyVault/vaults/"))
    return {
      json: {
        id: pathname,
        name: "bench",
        location: "westus",
        properties: {
          tenantId: STUB_TENANT,
          vaultUri: `https://bench.vault.localhost:${String(port)}/`,
          sku: { family: "A", name: "standard" },
          enableSoftDelete: true,
          enablePurgeProtection: true,
        },
      },
    };
  return { status: 404, json: { error: { code: "NotFound", message: pathname } } };
}

const OPERATION = z.object({ value: z.string() });

function answerVault(
  request: IncomingMessage,
  vaultUrl: string,
  pathname: string,
  body: string,
): Answer {
  const resource = `https://vault.localhost:${String(port)}`;
  if (request.headers.authorization === undefined)
    return {
      status: 401,
      json: {},
      headers: {
        "www-authenticate": `Bearer authorization="${authority}", resource="${resource}"`,
      },
    };
  state.operations += 1;
  const [, , name = "", asked = "", operation] = pathname.split("/");
  const version = asked === "" ? VERSIONS.second : asked;
  const kid = `${vaultUrl}/keys/${name}/${version}`;
  if (operation === undefined)
    return {
      json: {
        key: {
          kid,
          kty: "RSA",
          key_ops: ["wrapKey", "unwrapKey"],
          n: "1".padEnd(342, "A"),
          e: "AQAB",
        },
        attributes: {
          enabled: state.enabled,
          created: 1,
          updated: 1,
          recoveryLevel: "CustomizedRecoverable",
          recoverableDays: 7,
        },
      },
    };
  const value = Buffer.from(OPERATION.parse(JSON.parse(body)).value, "base64url");
  const result = operation === "wrapkey" ? stubWrap(version, value) : stubUnwrap(version, value);
  return result === undefined
    ? { status: 400, json: { error: { code: "BadParameter", message: "another version" } } }
    : { json: { kid, value: Buffer.from(result).toString("base64url") } };
}

const imds = createHttpServer((_request, response) => {
  const seconds = Math.floor(Date.now() / 1000) + 3600;
  response.writeHead(200, { "content-type": "application/json" });
  response.end(
    JSON.stringify({
      access_token: "stub",
      expires_on: String(seconds),
      expires_in: "3600",
      token_type: "Bearer",
      resource: armUrl,
    }),
  );
});
imds.listen(0, "127.0.0.1");
await once(imds, "listening");

/** Every name is here. */
const dns = createSocket("udp4");
dns.on("message", (query, from) => {
  const { id, questions = [] } = decode(query);
  const [question] = questions;
  const answers =
    question?.type === "A"
      ? [{ type: "A", name: question.name, ttl: 60, data: "127.0.0.1" } as const]
      : [];
  dns.send(encode({ type: "response", id, questions, answers }), from.port, from.address);
});
dns.bind(0, "127.0.0.1");
await once(dns, "listening");

const nowSeconds = Math.floor(Date.now() / 1000);
const operatorToken = await new SignJWT({
  oid: "22222222-2222-4222-8222-222222222222",
  tid: STUB_TENANT,
  roles: ["DataBox.Operator"],
})
  .setProtectedHeader({ alg: "RS256", kid: "stub", typ: "JWT" })
  .setIssuer(`https://sts.windows.net/${STUB_TENANT}/`)
  .setAudience(`${armUrl}/`)
  .setNotBefore(nowSeconds - 60)
  .setExpirationTime(nowSeconds + 86_400)
  .sign(privateKey);

const ready = {
  port,
  dnsPort: dns.address().port,
  imdsPort: z.object({ port: z.number() }).parse(imds.address()).port,
  caPem: ca.certificatePem,
  operatorToken,
};
serveParent(ready, (message) => {
  if (message === "disable") state.enabled = false;
  return { operations: state.operations };
});
