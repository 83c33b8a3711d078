import { createServer, request as httpsRequest } from "node:https";

import { DataBoxManagementClient } from "@azure/arm-databox";
import {
  createCertificateAuthority,
  generateSigningKey,
  issueServerCertificate,
  signMessage,
  type SigningKey,
} from "@databox-cmk/crypto";
import * as z from "zod";

import { createArmRoutes } from "../../src/api/arm/create-arm-routes.ts";
import { createOpenApiRoutes } from "../../src/api/openapi/create-openapi-routes.ts";
import { createOperatorRoutes } from "../../src/api/operator/create-operator-routes.ts";
import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { createAuthenticateCaller } from "../../src/callers/authenticate-caller.ts";
import { createHasAccess } from "../../src/callers/has-access.ts";
import type { RoleAssignment } from "../../src/callers/held-roles.ts";
import { armAudiences, createVerifyToken } from "../../src/callers/verify-token.ts";
import { defaultUnlockPolicy } from "../../src/core/unlock-policy.ts";
import { createAnnounce } from "../../src/events/announce.ts";
import { createHandler } from "../../src/http/express-adapter.ts";
import type { Route } from "../../src/http/route.ts";
import { noSpans } from "../../src/http/spans.ts";
import type { ControlPlane } from "../../src/orders/control-plane.ts";
import { createAdmitChange } from "../../src/release/approvals/admit-change.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { createCustomerVault, type CustomerVault, VAULT_NAME } from "./customer-vault.ts";
import { createFakeIdentities, type FakeIdentities, TENANT_ID } from "./fake-identities.ts";
import { createTokenIssuer, type TokenClaims, type TokenIssuer } from "./token-issuer.ts";

export const SUBSCRIPTION = "44444444-4444-4444-8444-444444444444";
export const GROUP = "databox-demo";
export const API = "api-version=2022-12-01";

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what a client reads, not yet judged
  readonly json: any;
};

export type World = {
  readonly url: string;
  readonly caPem: string;
  readonly store: Store;
  readonly vaults: CustomerVault["vaults"];
  /** The only version of the customer's key. */
  readonly kid: string;
  readonly identities: FakeIdentities;
  readonly plane: ControlPlane;
  readonly routes: readonly Route[];
  readonly issuer: TokenIssuer;
  readonly signingKey: SigningKey;
  /** Role assignments in Resource Manager, by principal. */
  readonly assignments: Map<string, RoleAssignment[]>;
  clock: { nowMs: number };
  /** The unmodified Azure SDK, over TLS. */
  client(claims?: TokenClaims): DataBoxManagementClient;
  call(
    method: string,
    path: string,
    options?: {
      body?: unknown;
      claims?: TokenClaims | "none";
      headers?: Record<string, string>;
    },
  ): Promise<Answer>;
  operator(action: string, job: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
};

export async function createWorld(
  settings: Partial<ControlPlane["settings"]> = {},
  path = ":memory:",
): Promise<World> {
  const store = await openTestStore(path);
  const clock = { nowMs: Date.parse("2026-01-02T03:04:05.678Z") };
  const now = (): number => clock.nowMs;
  const appendAudit = createAppendAudit({ now });
  const customer = createCustomerVault(now);
  const { vaults, kid } = customer;
  const custody = customer.custody(store, appendAudit, now);
  const identities = createFakeIdentities((principalId) => {
    vaults.grant(VAULT_NAME, principalId);
  });
  const { key: signingKey } = generateSigningKey();
  const assignments = new Map<string, RoleAssignment[]>();

  const ca = createCertificateAuthority({ commonName: "test", validityDays: 1 });
  const certificate = issueServerCertificate({
    ca,
    commonName: "localhost",
    dnsNames: ["localhost"],
    ipAddresses: ["127.0.0.1"],
    validityDays: 1,
  });
  const server = createServer({
    key: certificate.privateKeyPem,
    cert: certificate.certificatePem,
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const url = `https://localhost:${String(port)}`;

  const announce = createAnnounce("https://broker.localhost", []);
  const defaultPolicy = defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 86_400 });
  const plane: ControlPlane = {
    store,
    custody,
    checkKeyNow: () => Promise.resolve(),
    identities,
    appendAudit,
    announce,
    sign: (typ, payload) => signMessage(signingKey, typ, payload),
    admitChange: createAdmitChange({
      store,
      appendAudit,
      announce,
      stillApproves: () => Promise.resolve({ ok: true, value: true }),
      now,
      defaultPolicy,
    }),
    now,
    settings: {
      armUrl: url,
      tenantId: TENANT_ID,
      retryAfterSeconds: 0,
      allowRevertToMicrosoftManaged: false,
      defaultPolicy,
      keyVaultSuffixes: ["vault.test"],
      backupAfterSeconds: 900,
      keyHealthIntervalSeconds: 900,
      ...settings,
    },
  };
  const issuer = await createTokenIssuer(TENANT_ID, () => `${url}/`, now);
  const hasAccess = createHasAccess(
    {
      roleAssignments: (principalId) =>
        Promise.resolve({ ok: true, value: assignments.get(principalId) ?? [] }),
    },
    now,
  );
  const authenticate = createAuthenticateCaller({
    verifyToken: createVerifyToken(
      {
        authorityUrl: "https://login.localhost",
        tenantId: TENANT_ID,
        audiences: armAudiences([url]),
        now,
      },
      issuer.keys,
    ),
    tenantId: TENANT_ID,
    hasAccess,
    store,
    appendAudit,
  });
  const served = [...createArmRoutes(plane, hasAccess), ...createOperatorRoutes(plane)];
  const routes = [...served, ...createOpenApiRoutes(served, url)];
  const handler = createHandler(routes, {
    spans: noSpans,
    authenticate,
    admit: () => undefined,
    served: () => Promise.resolve(),
    bearerChallenge: "Bearer",
  });
  server.on("request", handler);

  const call: World["call"] = async (method, path_, { body, claims, headers } = {}) => {
    const authorization: Record<string, string> =
      claims === "none"
        ? {}
        : { authorization: `Bearer ${await issuer.token(claims ?? { roles: ["Owner"] })}` };
    return send(new URL(path_, url), ca.certificatePem, method, body, {
      ...authorization,
      ...headers,
    });
  };
  return {
    url,
    caPem: ca.certificatePem,
    store,
    vaults,
    kid,
    identities,
    plane,
    routes,
    issuer,
    signingKey,
    assignments,
    clock,
    client(claims = { roles: ["Owner"] }) {
      const credential = {
        getToken: async () => ({
          token: await issuer.token(claims),
          expiresOnTimestamp: Date.now() + 3_600_000,
        }),
      };
      return new DataBoxManagementClient(credential, SUBSCRIPTION, {
        endpoint: url,
        $host: url,
        tlsOptions: { ca: ca.certificatePem },
        retryOptions: { maxRetries: 0 },
      });
    },
    call,
    operator: (action, job, body) =>
      call("POST", `/operator/v1${jobPath(job)}/${action}`, {
        claims: { roles: ["DataBox.Operator"] },
        ...(body === undefined ? {} : { body }),
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await store.destroy();
    },
  };
}

export function jobPath(job: string, group = GROUP, subscription = SUBSCRIPTION): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.DataBox/jobs/${job}`;
}

export const STORAGE_ACCOUNT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.Storage/storageAccounts/account1`;
export const userIdentity = (name: string): string =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;

type SkuName = "DataBox" | "DataBoxHeavy";

/** The smallest order that Data Box was seen to accept. */
export function minimalJob(sku: SkuName = "DataBox") {
  return {
    location: "westus",
    sku: { name: sku },
    properties: {
      transferType: "ImportToAzure" as const,
      details: {
        jobDetailsType: sku,
        contactDetails: {
          contactName: "Ada Lovelace",
          phone: "1234567890",
          emailList: ["ada@example.com"],
        },
        shippingAddress: {
          streetAddress1: "16 Townsend St",
          city: "San Francisco",
          stateOrProvince: "CA",
          country: "US",
          postalCode: "94107",
        },
        dataImportDetails: [
          {
            accountDetails: {
              dataAccountType: "StorageAccount" as const,
              storageAccountId: STORAGE_ACCOUNT,
            },
          },
        ],
      },
    },
  };
}

/** The same order as the SDK takes it: it keeps `properties` to itself. */
export function sdkJob(sku: SkuName = "DataBox") {
  const { properties, ...job } = minimalJob(sku);
  return { ...job, ...properties };
}

function send(
  url: URL,
  ca: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = httpsRequest(
      url,
      {
        method,
        ca,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", reject);
        answer.once("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text,
            json: text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined,
          });
        });
      },
    );
    call.once("error", reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
