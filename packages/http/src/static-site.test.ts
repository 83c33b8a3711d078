import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readStaticSite, type StaticSite } from "./static-site.ts";

const SCRIPT = "console.log('page');".repeat(100);
const PLAIN = { acceptEncoding: undefined, ifNoneMatch: undefined };

let folder: string;
let site: StaticSite;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "static-site-"));
  mkdirSync(join(folder, "site", "assets"), { recursive: true });
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
  };
  write("secret.js", "secret");
  write("site/index.html", '<script nonce="__CSP_NONCE__"></script>');
  write("site/favicon.svg", "<svg/>");
  write("site/key.pem", "secret");
  write("site/assets/app-12345678.js", SCRIPT);
  site = readStaticSite(join(folder, "site"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("a site", () => {
  test("has its page with the nonce of an answer, and not as a file", () => {
    expect(site.page("n1")).toBe('<script nonce="n1"></script>');
    expect(site.file("index.html", PLAIN)).toBeUndefined();
  });

  test.each(["../secret.js", "assets/../../secret.js", "key.pem", "", "assets", "/favicon.svg"])(
    "has no file %s",
    (path) => {
      expect(site.file(path, PLAIN)).toBeUndefined();
    },
  );

  test.each([
    ["br, gzip", "br", brotliDecompressSync],
    ["gzip;q=0.5, br;q=0", "gzip", gunzipSync],
  ] as const)("compresses for a browser that accepts %s", async (accepted, coding, decompress) => {
    const request = { acceptEncoding: accepted, ifNoneMatch: undefined };
    const ask = () => site.file("assets/app-12345678.js", request);
    // The second answer comes from memory.
    for (const answer of [await ask(), await ask()]) {
      expect(answer?.headers).toMatchObject({
        "content-encoding": coding,
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": "public, max-age=31536000, immutable",
        vary: "accept-encoding",
      });
      expect(decompress(answer?.bytes ?? "").toString()).toBe(SCRIPT);
    }
  });

  test("sends a file as it is where compression makes it no smaller", async () => {
    const answer = await site.file("favicon.svg", { acceptEncoding: "br", ifNoneMatch: undefined });
    expect(answer?.headers).not.toHaveProperty("content-encoding");
    expect(Buffer.from(answer?.bytes ?? "").toString()).toBe("<svg/>");
  });

  test("does not send twice a file that the browser has", async () => {
    const etag = (await site.file("favicon.svg", PLAIN))?.headers["etag"];
    expect(etag).toMatch(/^W\/"/); // One for all encodings, so it cannot be a strong one.
    const again = await site.file("favicon.svg", { acceptEncoding: "br", ifNoneMatch: etag });
    expect(again).toMatchObject({ status: 304 });
    expect(again).not.toHaveProperty("bytes");
  });

  test("that was not built has neither page nor files", () => {
    const none = readStaticSite(join(folder, "missing"));
    expect(none.page("n1")).toBeUndefined();
    expect(none.file("favicon.svg", PLAIN)).toBeUndefined();
  });
});
