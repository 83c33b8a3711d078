// @module-tag one-engine
import { createPublicKey, hash, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import {
  createCertificateAuthority,
  generateSigningKey,
  issueServerCertificate,
} from "@databox-cmk/crypto";
import { httpbis } from "http-message-signatures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createWebhookRoutes } from "../../src/api/well-known/public-key-routes.ts";
import { createPostEvent } from "../../src/events/post-event.ts";
import { signEvent } from "../../src/events/receivers.ts";
import { answerNames, WRONG_NAMES } from "../world/answer-names.ts";

const NOW_MS = Date.UTC(2026, 10, 25, 2, 0, 0);
const EVENT = {
  id: "0e7a4f0e-0000-4000-8000-000000000001",
  url: "https://receiver.example/hook?tenant=1",
  body: '{"specversion":"1.0"}',
} as const;
const { key } = generateSigningKey();

/** Verifies an event as a receiver would, with the broker's published keys only. */
async function isGenuine(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<boolean> {
  const [route] = createWebhookRoutes([key.publicJwk]);
  if (route?.reads !== "nothing") throw new Error("no keys");
  // oxlint-disable-next-line typescript/no-explicit-any -- as a receiver reads it
  const { body: shown } = (await route.handle({} as any)) as any;
  const jwk = shown.json.keys.find(({ kid }: { kid: string }) =>
    headers["signature-input"]?.includes(kid),
  );
  if (jwk === undefined) return false;
  if (headers["content-digest"] !== `sha-256=:${hash("sha256", body, "base64")}:`) return false;
  const publicKey = createPublicKey({ key: jwk, format: "jwk" });
  try {
    const verified = await httpbis.verifyMessage(
      {
        requiredFields: ["@method", "@target-uri", "content-digest", "content-type", "webhook-id"],
        requiredParams: ["created", "keyid", "alg"],
        notAfter: new Date(NOW_MS + 1000),
        keyLookup: () =>
          Promise.resolve({
            id: jwk.kid,
            algs: ["ecdsa-p256-sha256"],
            verify: (data, signature) =>
              Promise.resolve(
                verify("sha256", data, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature),
              ),
          }),
      },
      { method: "POST", url, headers: { ...headers } },
    );
    return verified === true;
  } catch {
    return false;
  }
}

describe("a receiver that knows only the published keys", () => {
  test("believes what the broker signed", async () => {
    const headers = await signEvent(key, EVENT, NOW_MS);
    expect(await isGenuine(EVENT.url, headers, EVENT.body)).toBe(true);
    expect(headers["signature-input"]).toContain(`created=${String(NOW_MS / 1000)}`);
  });

  type Change = Partial<{ url: string; body: string; headers: Record<string, string> }>;
  const CHANGES: Readonly<Record<string, Change>> = {
    "another body": { body: '{"specversion":"1.1"}' },
    "another body with its digest": {
      body: "{}",
      headers: { "content-digest": `sha-256=:${hash("sha256", "{}", "base64")}:` },
    },
    "another address": { url: "https://receiver.example/hook?tenant=2" },
    "another id, which would pass for a new event": { headers: { "webhook-id": "1" } },
    "another media type": { headers: { "content-type": "text/html" } },
  };
  test.each(Object.entries(CHANGES))("does not believe %s", async (_what, change) => {
    const headers = { ...(await signEvent(key, EVENT, NOW_MS)), ...change.headers };
    expect(await isGenuine(change.url ?? EVENT.url, headers, change.body ?? EVENT.body)).toBe(
      false,
    );
  });

  test("does not believe another key", async () => {
    const headers = await signEvent(generateSigningKey().key, EVENT, NOW_MS);
    expect(await isGenuine(EVENT.url, headers, EVENT.body)).toBe(false);
  });
});

describe("sending", () => {
  const authority = createCertificateAuthority({ commonName: "receiver", validityDays: 1 });
  const seen: { path: string; body: string; type: string | undefined }[] = [];
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    const { certificatePem, privateKeyPem } = issueServerCertificate({
      ca: authority,
      commonName: "127.0.0.1",
      dnsNames: ["localhost"],
      ipAddresses: ["127.0.0.1"],
      validityDays: 1,
    });
    server = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const path = request.url ?? "";
        seen.push({ path, body, type: request.headers["content-type"] });
        if (path === "/hang-up") request.socket.destroy();
        else if (path === "/busy") response.writeHead(503, { "retry-after": "7" }).end("later");
        else if (path === "/moved") response.writeHead(307, { location: "/taken" }).end();
        else response.writeHead(204).end();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each([
    ["/taken", { status: 204 }],
    ["/busy", { status: 503, retryAfterSeconds: 7 }],
    ["/moved", { status: 307 }],
    ["/hang-up", { status: undefined }],
  ])("to %s tells what became of it, and the next one arrives", async (path, expected) => {
    using sender = createPostEvent(authority.certificatePem);
    const headers = { "content-type": "application/cloudevents+json" };
    expect(await sender.post(`${origin}${path}`, headers, EVENT.body)).toEqual(expected);
    expect(seen.at(-1)).toEqual({ path, body: EVENT.body, type: "application/cloudevents+json" });
    expect(await sender.post(`${origin}/taken`, headers, EVENT.body)).toEqual({ status: 204 });
  });

  test.each(WRONG_NAMES)(
    "by a name that is %s for the name server fails, and the next one by the right name arrives",
    async (wrong) => {
      using sender = createPostEvent(authority.certificatePem);
      const url = `${origin.replace("127.0.0.1", "localhost")}/taken`;
      const names = answerNames(wrong);
      expect(await sender.post(url, {}, EVENT.body)).toEqual({ status: undefined });
      names.mockRestore();
      expect(await sender.post(url, {}, EVENT.body)).toEqual({ status: 204 });
    },
  );

  test("to a receiver without a trusted certificate does not happen", async () => {
    using sender = createPostEvent(undefined);
    const before = seen.length;
    expect(await sender.post(`${origin}/taken`, {}, EVENT.body)).toEqual({ status: undefined });
    expect(seen).toHaveLength(before);
  });
});
