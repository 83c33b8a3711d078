// @module-tag one-engine

import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Azure, createAzure } from "../../src/azure/create-azure.ts";
import { orderIdOf } from "../../src/core/order.ts";
import { createTokenIssuer, type TokenIssuer } from "../../src/keys/issuer/token-issuer.ts";
import { type EmulatorWorld, startEmulatorWorld } from "./emulator-world.ts";

const DAY_MS = 86_400_000;
const VAULT = "brokerown";
const ISSUER = "https://broker.example";
const ORDER = orderIdOf({ subscriptionId: "s", resourceGroup: "g", name: "Order-1" });

let world: EmulatorWorld;
let azure: Azure;
let issuer: TokenIssuer;
let passedMs = 0;
const now = () => Date.now() + passedMs;
beforeAll(async () => {
  world = await startEmulatorWorld();
  await world.addVault(VAULT, world.brokerPrincipalId, { sku: { family: "A", name: "premium" } });
  await world.grant(VAULT, world.brokerPrincipalId, ["get", "list", "sign"]);
  await world.addKey(VAULT, "issuer", { hsm: true });
  azure = createAzure(world.settings, { ...world.dependencies, now });
  issuer = createTokenIssuer(azure.issuerKeys(world.keyUrl(VAULT, "issuer")), ISSUER, now);
});
afterAll(async () => {
  azure.close();
  await world.close();
});

async function signerOf(keys: readonly JWK[]): Promise<string> {
  const assertion = await issuer.signAssertion(ORDER);
  const { payload } = await jwtVerify(assertion, createLocalJWKSet({ keys: [...keys] }), {
    issuer: ISSUER,
    subject: ORDER,
    audience: "api://AzureADTokenExchange",
    algorithms: ["RS256"],
    currentDate: new Date(now()),
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  return decodeProtectedHeader(assertion).kid ?? "";
}

test("the vault signs, and a rotation there is shown a day before it is used", async () => {
  const before = await issuer.publicKeys();
  // The vault's HSM writes the exponent with four bytes, a JWK has the fewest.
  expect(before).toEqual([expect.objectContaining({ e: "AQAB" })]);
  const first = await signerOf(before);

  // Versions are dated in whole seconds.
  await world.control("POST", "/clock/advance", { seconds: 1 });
  const rotated = (await world.rotate(VAULT, "issuer")).split("/").at(-1);
  passedMs += 301_000;
  const shown = await issuer.publicKeys();
  expect(shown.map(({ kid }) => kid)).toEqual([rotated, first]);
  // A party that fetched the keys before the rotation trusts the signatures of the following day.
  expect(await signerOf(before)).toBe(first);

  passedMs += DAY_MS;
  expect(await signerOf(shown)).toBe(rotated);
});

test("a key without an enabled version is the operator's to mend", async () => {
  await world.addKey(VAULT, "off");
  const keys = azure.issuerKeys(world.keyUrl(VAULT, "off"));
  const [{ kid = "" } = {}] = await keys.publicKeys();
  await world.update(`https://${VAULT}.${world.emulator.vaultSuffix}/keys/off/${kid}`, {
    enabled: false,
  });
  passedMs += 301_000;
  await expect(keys.signingKid()).rejects.toMatchObject({
    code: "Misuse",
    detail: expect.stringContaining("no enabled version") as string,
  });
});
