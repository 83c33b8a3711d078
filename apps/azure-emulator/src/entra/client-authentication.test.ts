import { describe, expect, test } from "vitest";

import type { HttpRequest } from "../http/message.ts";
import {
  authenticateClient,
  type ClientCredentials,
  readClientCredentials,
} from "./client-authentication.ts";
import type { OAuthParameters } from "./form-parameters.ts";
import type { ServicePrincipal } from "./principals.ts";

const NOW_MS = 1_000_000;
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

const principal = (changed: Partial<ServicePrincipal> = {}): ServicePrincipal => ({
  clientId: "client",
  objectId: "object",
  tenantId: "tenant",
  displayName: "test",
  roles: [],
  secrets: [
    { value: "expired", expiresAtMs: NOW_MS },
    { value: "current", expiresAtMs: NOW_MS + 1 },
    { value: "unlimited" },
  ],
  federatedCredentials: [],
  redirectUris: [],
  ...changed,
});
const authenticate = (
  credentials: Omit<ClientCredentials, "clientId">,
  who = principal(),
  grantType = "client_credentials",
) =>
  authenticateClient({ clientId: "client", ...credentials }, who, {
    grantType,
    nowMs: NOW_MS,
    fetchIssuerJson: () => Promise.reject(new Error("no issuer may be asked")),
  });

describe("a client", () => {
  test.each(["current", "unlimited"])("proves itself by its %s secret", async (secret) => {
    expect(await authenticate({ secret })).toBe("1");
  });

  test("that has nothing to prove is a public one, except for client credentials", async () => {
    const open = principal({ secrets: [] });
    expect(await authenticate({}, open, "authorization_code")).toBe("0");
    await expect(authenticate({}, open)).rejects.toMatchObject({ code: 7000216 });
  });

  test.each([
    ["an expired secret", { secret: "expired" }, "client_credentials", 7000222],
    ["a wrong secret", { secret: "Current" }, "client_credentials", 7000215],
    ["no secret though it has one", {}, "authorization_code", 7000218],
    [
      "an assertion though it trusts no issuer",
      { assertion: unsignedAssertion() },
      "client_credentials",
      70025,
    ],
  ])("is refused with %s", async (_, credentials, grantType, code) => {
    await expect(authenticate(credentials, principal(), grantType)).rejects.toMatchObject({ code });
  });
});

const read = (parameters: OAuthParameters, authorization?: string) =>
  readClientCredentials(
    { headers: authorization === undefined ? {} : { authorization } } as HttpRequest,
    parameters,
  );
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("the credentials of a request", () => {
  test.each<[OAuthParameters, string | undefined, object]>([
    [{ client_id: "c", client_secret: "s" }, undefined, { clientId: "c", secret: "s" }],
    [{}, basic("c:s%3A+1"), { clientId: "c", secret: "s: 1" }],
    [{ client_id: "c" }, undefined, { clientId: "c" }],
  ])("of %j are read", (parameters, authorization, expected) => {
    expect(read(parameters, authorization)).toEqual(expected);
  });

  test.each<[string, OAuthParameters, string | undefined, number]>([
    ["no client", {}, undefined, 900144],
    ["Basic without a colon", {}, basic("c"), 9002313],
    ["Basic with a broken escape", {}, basic("c:%zz"), 9002313],
    ["an assertion of no type", { client_id: "c", client_assertion: "a" }, undefined, 9002313],
  ])("with %s are refused", (_, parameters, authorization, code) => {
    expect(() => read(parameters, authorization)).toThrow(expect.objectContaining({ code }));
  });
});

function unsignedAssertion(): string {
  return `${part({ alg: "RS256" })}.${part({ iss: "i", sub: "s", aud: "a", exp: 1 })}.AA`;
}
