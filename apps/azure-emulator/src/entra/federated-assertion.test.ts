import { expect, test } from "vitest";

import type { FederatedCredential } from "../core/model.ts";
import { matchFederatedCredential } from "./federated-assertion.ts";
import type { ServicePrincipal } from "./principals.ts";

const credential = (name: string, changed: Partial<FederatedCredential> = {}) => ({
  name,
  issuer: "https://issuer.example",
  subject: "order-1",
  audiences: ["api://AzureADTokenExchange"],
  ...changed,
});
const principal = (federatedCredentials: FederatedCredential[]): ServicePrincipal => ({
  clientId: "client",
  objectId: "object",
  tenantId: "tenant",
  displayName: "order identity",
  roles: [],
  secrets: [],
  redirectUris: [],
  federatedCredentials,
});
const CLAIMS = {
  iss: "https://issuer.example",
  sub: "order-1",
  aud: "api://AzureADTokenExchange" as string | string[],
};
const two = principal([credential("first", { subject: "order-0" }), credential("second")]);

test.each([
  [CLAIMS, "second"],
  [{ ...CLAIMS, sub: "order-0" }, "first"],
  [{ ...CLAIMS, aud: ["other", "api://AzureADTokenExchange"] }, "second"],
])("%j matches the credential %s", (claims, name) => {
  expect(matchFederatedCredential(claims, two).name).toBe(name);
});

test.each([
  ["no credential at all", CLAIMS, principal([]), 70025],
  ["the issuer with a slash", { ...CLAIMS, iss: "https://issuer.example/" }, two, 700211],
  ["the subject in other case", { ...CLAIMS, sub: "ORDER-1" }, two, 700213],
  ["another audience", { ...CLAIMS, aud: "api://other" }, two, 700212],
  [
    "members of two credentials mixed",
    { ...CLAIMS, sub: "order-0" },
    principal([
      credential("first", { subject: "order-0", audiences: ["api://other"] }),
      credential("second"),
    ]),
    700212,
  ],
])("%s is refused", (_, claims, who, code) => {
  expect(() => matchFederatedCredential(claims, who)).toThrow(expect.objectContaining({ code }));
});
