import { describe, expect, test } from "vitest";

import type { FetchOptions } from "../../azure/fetch-by-agent.ts";
import { type AzureCall, createCallAzure } from "./call-azure.ts";

const CALL: AzureCall = {
  audience: "vault",
  method: "GET",
  url: "https://v.vault.test/keys",
  requestId: "6d9d8a1e-0000-4000-8000-000000000000",
};
const JSON_HEADERS = { "content-type": "application/json; charset=utf-8" };

describe("a call to Azure", () => {
  test("carries the person's token and its body, and nothing else that a page sent", async () => {
    const sent: { url: string; options: FetchOptions }[] = [];
    const call = createCallAzure((url, options) => {
      sent.push({ url, options });
      return Promise.resolve(new Response("{}", { headers: JSON_HEADERS }));
    });
    await call({ ...CALL, method: "POST", body: '{"kty":"RSA"}' }, "token");
    expect(sent).toEqual([
      {
        url: CALL.url,
        options: {
          method: "POST",
          headers: {
            accept: "application/json",
            authorization: "Bearer token",
            "content-type": "application/json",
            "x-ms-client-request-id": CALL.requestId,
          },
          body: '{"kty":"RSA"}',
          signal: expect.any(AbortSignal),
        },
      },
    ]);
  });

  test("keeps status, body and the headers that say how to go on", async () => {
    const body = '{"error":{"code":"Forbidden","innererror":{"code":"ForbiddenByRbac"}}}';
    const call = createCallAzure(() =>
      Promise.resolve(
        new Response(body, {
          status: 403,
          headers: {
            ...JSON_HEADERS,
            "set-cookie": "x=y",
            "www-authenticate": "Bearer",
            "content-security-policy": "none",
            "retry-after": "7",
            "x-ms-request-id": "from-azure",
          },
        }),
      ),
    );
    expect(await call(CALL, "token")).toEqual({
      status: 403,
      headers: { "retry-after": "7", "x-ms-upstream-request-id": "from-azure" },
      body: { bytes: Buffer.from(body), mediaType: "application/json; charset=utf-8" },
    });
  });

  test("may be answered by nothing at all", async () => {
    const call = createCallAzure(() => Promise.resolve(new Response(null, { status: 204 })));
    expect(await call(CALL, "token")).toEqual({ status: 204, headers: {} });
  });

  test.each([
    ["a redirect", 302, "", { location: "https://evil.example/" }],
    ["a page", 200, "<html>", { "content-type": "text/html" }],
    ["a body of no type", 200, "x", {}],
  ])("is not answered by %s", async (_what, status, body, headers: Record<string, string>) => {
    const answer = () => Promise.resolve(new Response(body, { status, headers }));
    await expect(createCallAzure(answer)(CALL, "token")).rejects.toMatchObject({
      code: "KeyVaultUnexpectedAnswer",
    });
    await expect(
      createCallAzure(answer)({ ...CALL, audience: "arm" }, "token"),
    ).rejects.toMatchObject({ code: "ResourceManagerUnreachable" });
  });

  test.each([
    ["ENOTFOUND", "dns"],
    ["ECONNREFUSED", "connection"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
  ])("that fails by %s is named for it", async (code, reason) => {
    const call = createCallAzure(() => Promise.reject(Object.assign(new Error("x"), { code })));
    await expect(call(CALL, "token")).rejects.toMatchObject({
      code: "KeyVaultUnreachable",
      reason,
    });
  });
});
