// @module-tag one-engine

import { createHttpsTransport, type Transport } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openSite } from "../../src/api/portal/open-portal.ts";
import { type PortalWorld, SCRIPT, startPortalWorld } from "./portal-world.ts";

let world: PortalWorld;
let transport: Transport;
beforeAll(async () => {
  world = await startPortalWorld();
  transport = createHttpsTransport({
    origin: world.portalUrl,
    certificateAuthorityPem: world.caPem,
  });
});
afterAll(async () => {
  transport.close();
  await world[Symbol.asyncDispose]();
});
const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  transport.send("GET", path, { headers });
const SCRIPT_PATH = "/portal/assets/index-Ab12Cd34.js";

describe("a page of the portal", () => {
  test.each(["/portal", "/portal/", "/portal/orders/x", "/portal/index.html", "/portal/a%2Fb"])(
    "%s is index.html, with a nonce of its own",
    async (path) => {
      const first = await get(path, { accept: "text/html,*/*;q=0.8" });
      const second = await get(path, { accept: "text/html,*/*;q=0.8" });
      expect(first.status).toBe(200);
      const nonces = [first, second].map(
        ({ headers }) =>
          /style-src 'self' 'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1],
      );
      expect(nonces[0]).toMatch(/^[\w-]{24}$/);
      expect(nonces[0]).not.toBe(nonces[1]);
      expect(first.text).toContain(`nonce="${nonces[0] ?? ""}"`);
      expect(first.text).not.toContain("__CSP_NONCE__");
      expect(first.headers["cache-control"]).toBe("no-store");
    },
  );

  test("is neither framed, nor leaks where it was, nor runs what is not its own", async () => {
    const { headers } = await get("/portal/");
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "strict-transport-security": "max-age=31536000",
    });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|http:|https:|\*/);
  });

  test("is where the address alone leads", async () => {
    const { status, headers } = await get("/");
    expect([status, headers["location"]]).toEqual([302, "/portal/"]);
  });
});

describe("a file of the portal", () => {
  test.each([
    ["br, gzip", "br"],
    ["gzip, deflate", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
  ])("is compressed for a browser that accepts %s", async (accepted, coding) => {
    const { status, headers } = await get(SCRIPT_PATH, { "accept-encoding": accepted });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-encoding": coding,
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    });
    expect(Number(headers["content-length"])).toBeLessThan(SCRIPT.length / 2);
    expect(headers).not.toHaveProperty("pragma");
  });

  test("is sent whole to who accepts nothing compressed", async () => {
    const answer = await get(SCRIPT_PATH);
    expect(answer.text).toBe(SCRIPT);
    expect(answer.headers).not.toHaveProperty("content-encoding");
  });

  test("without a hash in its name is asked for again, and not sent twice", async () => {
    const first = await get("/portal/favicon.svg");
    expect(first.headers["cache-control"]).toBe("no-cache");
    const again = await get("/portal/favicon.svg", {
      "if-none-match": String(first.headers["etag"]),
    });
    expect([again.status, again.text]).toEqual([304, ""]);
  });

  test.each([
    ["a missing asset", "/portal/assets/gone-12345678.js"],
    ["an unknown call of the API", "/portal/api/unknown"],
    ["an unknown path of signing in", "/portal/auth/unknown"],
    ["a path out of the folder", "/portal/assets/..%2F..%2Ftls-key.pem"],
  ])("%s is 404 and no page", async (_what, path) => {
    const { status, text } = await get(path, { accept: "*/*" });
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ error: { code: "NotFound" } });
  });

  test.each(["/portal/..%2ftls-key.pem", "/portal/%2e%2e/tls-key.pem", "/portal/secret.pem"])(
    "%s shows nothing of the file system",
    async (path) => {
      const { text } = await get(path);
      expect(text).not.toMatch(/PRIVATE KEY|not a kind of file/);
    },
  );

  test("is not sent where a picture or a script is wanted and a page would come", async () => {
    expect((await get("/portal/logo", { accept: "image/*" })).status).toBe(404);
  });

  test("is only read", async () => {
    expect((await transport.send("POST", "/portal/orders")).status).toBe(405);
  });
});

test("a folder without index.html stops the start", () => {
  expect(() => openSite(import.meta.dirname)).toThrow(
    expect.objectContaining({ code: "Misuse", detail: expect.stringContaining("PORTAL_DIR") }),
  );
});
