import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import { ClientAssertionCredential, ManagedIdentityCredential } from "@azure/identity";
import {
  createCertificateAuthority,
  generateSigningKey,
  issueServerCertificate,
} from "@databox-cmk/crypto";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

import { startWorld, type World } from "./world.ts";

const AUDIENCE = "api://AzureADTokenExchange";
const SUBJECT = "/subscriptions/s/resourcegroups/g/providers/microsoft.databox/jobs/order-1";

let world: World;
let issuer: Awaited<ReturnType<typeof startIssuer>>;

beforeAll(async () => {
  const authority = createCertificateAuthority({ commonName: "issuer test", validityDays: 1 });
  issuer = await startIssuer(authority);
  world = await startWorld({ issuerCa: authority.certificatePem });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  issuer.server.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** An OpenID issuer as the broker is one: discovery and keys over TLS of another authority. */
async function startIssuer(authority: ReturnType<typeof createCertificateAuthority>) {
  const certificate = issueServerCertificate({
    ca: authority,
    commonName: "issuer",
    dnsNames: ["issuer.localhost"],
    validityDays: 1,
  });
  const rsa = await generateKeyPair("RS256");
  const ec = await generateKeyPair("ES256");
  const keys = [
    { ...(await exportJWK(rsa.publicKey)), kid: "rsa-1", alg: "RS256", use: "sig" },
    { ...(await exportJWK(ec.publicKey)), kid: "ec-1", alg: "ES256", use: "sig" },
  ];
  const server: Server = createServer(
    { cert: certificate.certificatePem, key: certificate.privateKeyPem },
    (request, response) => {
      const url = `https://issuer.localhost:${(server.address() as AddressInfo).port}`;
      const documents: Record<string, object> = {
        "/.well-known/openid-configuration": { issuer: url, jwks_uri: `${url}/keys` },
        "/keys": { keys },
      };
      const document = documents[request.url ?? ""];
      response.writeHead(document === undefined ? 404 : 200, {
        "content-type": "application/json",
      });
      response.end(JSON.stringify(document ?? {}));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://issuer.localhost:${(server.address() as AddressInfo).port}`;
  const sign = (claims: object = {}, alg: "RS256" | "ES256" = "RS256", kid?: string) => {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    return new SignJWT({
      iss: url,
      sub: SUBJECT,
      aud: AUDIENCE,
      iat: nowSeconds,
      exp: nowSeconds + 300,
      ...claims,
    })
      .setProtectedHeader({ alg, kid: kid ?? (alg === "RS256" ? "rsa-1" : "ec-1"), typ: "JWT" })
      .sign(alg === "RS256" ? rsa.privateKey : ec.privateKey);
  };
  return { server, url, sign };
}

const scopeOfVault = () => `https://${world.emulator.vaultSuffix}/.default`;

async function createFederatedIdentity(name: string) {
  const { emulator, owner, clientOptions } = world;
  const client = new ManagedServiceIdentityClient(owner.credential, emulator.subscriptionId, {
    endpoint: emulator.armUrl,
    ...clientOptions,
  });
  const identity = await client.userAssignedIdentities.createOrUpdate(
    emulator.resourceGroup,
    name,
    { location: emulator.location },
  );
  await client.federatedIdentityCredentials.createOrUpdate(emulator.resourceGroup, name, "broker", {
    issuer: issuer.url,
    subject: SUBJECT,
    audiences: [AUDIENCE],
  });
  return {
    id: identity.id ?? "",
    clientId: identity.clientId ?? "",
    principalId: identity.principalId ?? "",
    remove: () => client.userAssignedIdentities.delete(emulator.resourceGroup, name),
  };
}

function assertionCredential(clientId: string, getAssertion: () => Promise<string>) {
  return new ClientAssertionCredential(world.emulator.tenantId, clientId, getAssertion, {
    authorityHost: world.emulator.authorityUrl,
    disableInstanceDiscovery: true,
    ...world.clientOptions,
  });
}

describe("@azure/identity, unmodified", () => {
  test("ClientSecretCredential gets a token with the claims that Key Vault checks", async () => {
    const { token, expiresOnTimestamp } = await world.owner.credential.getToken(scopeOfVault());
    const claims = decodeJwt(token);
    const { tenantId } = world.emulator;
    expect(claims).toMatchObject({
      aud: `https://${world.emulator.vaultSuffix}`,
      iss: `https://sts.windows.net/${tenantId}/`,
      appid: world.owner.clientId,
      oid: world.owner.objectId,
      sub: world.owner.objectId,
      tid: tenantId,
      idtyp: "app",
      ver: "1.0",
    });
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_000_000);
  });

  test.each(["RS256", "ES256"] as const)(
    "ClientAssertionCredential exchanges an %s assertion of a trusted issuer",
    async (alg) => {
      const identity = await createFederatedIdentity(`exchange-${alg.toLowerCase()}`);
      const credential = assertionCredential(identity.clientId, () => issuer.sign({}, alg));
      const { token } = await credential.getToken(scopeOfVault());
      expect(decodeJwt(token)).toMatchObject({
        oid: identity.principalId,
        appid: identity.clientId,
        xms_mirid: identity.id,
      });
    },
  );

  test("a deleted identity gets no token: its application is not in the directory", async () => {
    const identity = await createFederatedIdentity("deleted");
    await identity.remove();
    await expect(
      assertionCredential(identity.clientId, () => issuer.sign()).getToken(scopeOfVault()),
    ).rejects.toThrow(/700016/);
  });

  test.each([
    ["another issuer", { iss: "https://elsewhere.localhost" }, {}, /700211/],
    ["another subject", { sub: "order-2" }, {}, /700213/],
    ["another audience", { aud: "api://other" }, {}, /700212/],
    ["an expired assertion", { exp: 1_000 }, {}, /700024/],
    ["a key that the issuer does not publish", {}, { kid: "ec-9" }, /7000272/],
    ["a signature by another key", {}, { tamper: true }, /700027/],
  ])("ClientAssertionCredential is refused for %s", async (_, claims, how, expected) => {
    const identity = await createFederatedIdentity("refused");
    const { kid, tamper } = how as { kid?: string; tamper?: boolean };
    const credential = assertionCredential(identity.clientId, async () => {
      const assertion = await issuer.sign(claims, "ES256", kid);
      return tamper === true ? `${assertion.slice(0, -43)}${"A".repeat(43)}` : assertion;
    });
    await expect(credential.getToken(scopeOfVault())).rejects.toThrow(expected);
  });

  test("a client that signs with a certificate is refused: none is registered", async () => {
    const { privateKey } = await generateKeyPair("PS256");
    const { clientId } = world.owner;
    const sign = () =>
      new SignJWT({ iss: clientId, sub: clientId, aud: AUDIENCE })
        .setExpirationTime("5 minutes")
        .setProtectedHeader({ alg: "PS256", "x5t#S256": "q80" })
        .sign(privateKey);
    await expect(assertionCredential(clientId, sign).getToken(scopeOfVault())).rejects.toThrow(
      /700027.*The key was not found., Thumbprint of key used by client: 'ABCD'/su,
    );
  });

  test("ManagedIdentityCredential gets a token of this machine's identity, by each name", async () => {
    const identity = await createFederatedIdentity("machine");
    await world.control("PUT", "/imds", { identities: [identity.id] });
    vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", world.emulator.imdsUrl);
    const credentials = [
      new ManagedIdentityCredential(),
      new ManagedIdentityCredential({ clientId: identity.clientId }),
      new ManagedIdentityCredential({ objectId: identity.principalId }),
      new ManagedIdentityCredential({ resourceId: identity.id }),
    ];
    for (const credential of credentials) {
      const { token } = await credential.getToken(scopeOfVault());
      expect(decodeJwt(token)).toMatchObject({
        oid: identity.principalId,
        xms_mirid: identity.id,
      });
    }
  });

  test("ManagedIdentityCredential says unavailable when the machine has no such identity", async () => {
    await world.control("PUT", "/imds", { identities: [] });
    vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", world.emulator.imdsUrl);
    const credential = new ManagedIdentityCredential({
      clientId: generateSigningKey().key.kid,
    });
    await expect(credential.getToken(`${world.emulator.armUrl}/.default`)).rejects.toThrow(
      /Identity not found/,
    );
  });
});
