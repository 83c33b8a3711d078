import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type AzureEmulator, createAzureEmulator } from "@databox-cmk/azure-emulator";
import { freePort, openTemporaryFolder } from "@databox-cmk/testkit";
import { vi } from "vitest";
import * as z from "zod";

import { parseConfig, type RunningBroker, startBroker } from "../../src/index.ts";
import { CA_PEM, TLS } from "../world/open-listener.ts";
import { settingsOfEmulator, settingsOfFolder } from "../world/process-settings.ts";
import { type Browser, createBrowser, type PageAnswer, type PageRequest } from "./browser.ts";

export const USERS = {
  ada: { userName: "ada@contoso.example", displayName: "Ada Lovelace", roles: ["Owner"] },
  ren: { userName: "ren@contoso.example", displayName: "Ren Reader", roles: ["DataBoxReader"] },
  opal: {
    userName: "opal@databox.example",
    displayName: "Opal Operator",
    roles: ["DataBox.Operator"],
  },
  nobody: { userName: "nobody@contoso.example", displayName: "No Role", roles: [] },
} as const;
export const SCRIPT = `console.log("portal");${"// padding\n".repeat(100)}`;

const SESSION = z.object({ csrfToken: z.string() });

/** A page that is signed in: what a script of the portal can do. */
export type SignedInPage = {
  readonly browser: Browser;
  readonly csrfToken: string;
  readonly call: (
    path: string,
    options?: PageRequest & { readonly json?: unknown },
  ) => Promise<PageAnswer>;
};

/**
 * A real broker and a real emulator of Entra ID on TLS; the portal's application is registered
 * there.
 */
export type PortalWorld = AsyncDisposable & {
  readonly emulator: AzureEmulator;
  readonly broker: RunningBroker;
  readonly portalUrl: string;
  readonly clientId: string;
  readonly caPem: string;
  readonly databaseFile: string;
  readonly control: (method: string, path: string, body?: object) => Promise<PageAnswer>;
  /** Another replica of the broker, on the same data. @returns its own address */
  startReplica(): Promise<string>;
  newBrowser(): Browser;
  readonly signIn: (user: keyof typeof USERS) => Promise<SignedInPage>;
};

export async function startPortalWorld({
  isMultiTenant = false,
  ...options
}: {
  readonly tokenLifetimeSeconds?: number;
  readonly isMultiTenant?: boolean;
} = {}): Promise<PortalWorld> {
  await using opened = new AsyncDisposableStack();
  const { path: folder } = opened.use(openTemporaryFolder());
  const emulator = await createAzureEmulator({
    port: 0,
    imdsPort: 0,
    dnsPort: 0,
    certificateAuthority: TLS.authority,
    dnsNames: ["broker.localhost"],
    ...options,
  });
  opened.defer(() => emulator.close());
  vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.imdsUrl);
  const port = await freePort();
  const portalUrl = `https://broker.localhost:${String(port)}`;
  const clientId = randomUUID();
  const operatorBrowser = opened.use(createBrowser(CA_PEM));
  const control = async (method: string, path: string, body?: object): Promise<PageAnswer> => {
    const answer = await operatorBrowser.go(`${emulator.controlUrl}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer;
  };
  await control("PUT", `/applications/${clientId}`, {
    displayName: "Data Box portal",
    isMultiTenant,
    redirectUris: [`${portalUrl}/portal/auth/callback`],
    federatedCredentials: [
      {
        name: "portal",
        issuer: portalUrl,
        subject: "portal",
        audiences: ["api://AzureADTokenExchange"],
      },
    ],
  });
  for (const { userName, displayName, roles } of Object.values(USERS))
    await control("PUT", `/users/${userName}`, { displayName, roles, password: randomUUID() });

  const variables = {
    ...settingsOfFolder(folder),
    ...settingsOfEmulator(emulator, "service"),
    BROKER_URL: portalUrl,
    PORTAL_DIR: writePages(folder),
    PORTAL_CLIENT_ID: clientId,
    RATE_LIMIT_ADDRESS_PER_SECOND: "0",
    LRO_RETRY_AFTER_SECONDS: "0",
  };
  const start = async (resources: AsyncDisposableStack, at: number): Promise<RunningBroker> => {
    const broker = await startBroker(parseConfig({ ...variables, BROKER_PORT: String(at) }));
    resources.defer(() => broker.close());
    return broker;
  };
  const broker = await start(opened, port);
  const resources = opened.move();

  const newBrowser = (): Browser => resources.use(createBrowser(CA_PEM));
  const world: PortalWorld = {
    emulator,
    broker,
    portalUrl,
    clientId,
    caPem: CA_PEM,
    databaseFile: join(folder, "data", "broker.sqlite"),
    control,
    startReplica: async () => {
      const replica = await start(resources, 0);
      return `https://broker.localhost:${String(replica.port)}`;
    },
    newBrowser,
    async signIn(user) {
      const browser = newBrowser();
      await browser.signIn(portalUrl, USERS[user].userName);
      return openPage(browser, portalUrl);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
  await giveIdentity(world);
  return world;
}

/** The broker asks for people's role assignments as itself. */
async function giveIdentity({ emulator, signIn, control }: PortalWorld): Promise<void> {
  const identity = `/subscriptions/${emulator.subscriptionId}/resourceGroups/${emulator.resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/broker`;
  const { call } = await signIn("ada");
  const made = await call(`/portal/api/arm${identity}?api-version=2023-01-31`, {
    method: "PUT",
    json: { location: emulator.location },
  });
  if (made.status >= 300) throw new Error(`no identity for the broker: ${made.text}`);
  await control("PUT", "/imds", { identities: [identity] });
}

/** The page of a browser that is signed in already. */
export async function openPage(browser: Browser, portalUrl: string): Promise<SignedInPage> {
  const { status, text, json } = await browser.go(`${portalUrl}/portal/api/session`);
  if (status !== 200) throw new Error(`not signed in: ${text}`);
  const { csrfToken } = SESSION.parse(json);
  return {
    browser,
    csrfToken,
    call: (path, { json: body, ...options } = {}) =>
      browser.go(`${portalUrl}${path}`, {
        ...options,
        headers: {
          "sec-fetch-site": "same-origin",
          ...(options.method === undefined || options.method === "GET"
            ? {}
            : { origin: portalUrl, "x-csrf-token": csrfToken }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...options.headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** An order as the portal's form would write it. */
export const minimalOrder = ({ emulator }: Pick<PortalWorld, "emulator">) => ({
  location: emulator.location,
  sku: { name: "DataBox" },
  properties: {
    transferType: "ImportToAzure",
    details: {
      jobDetailsType: "DataBox",
      contactDetails: { contactName: "Ada", phone: "1", emailList: ["ada@contoso.example"] },
      shippingAddress: { streetAddress1: "16 Townsend St", country: "US", postalCode: "94107" },
      dataImportDetails: [
        {
          accountDetails: {
            dataAccountType: "StorageAccount",
            storageAccountId: emulator.storageAccountId,
          },
        },
      ],
    },
  },
});

/** @returns the folder that `PORTAL_DIR` names */
function writePages(folder: string): string {
  const pages = join(folder, "portal");
  const write = (name: string, content: string): void => {
    writeFileSync(join(pages, name), content);
  };
  mkdirSync(join(pages, "assets"), { recursive: true });
  write(
    "index.html",
    '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><title>Portal</title><script type="module" nonce="__CSP_NONCE__" src="/portal/assets/index-Ab12Cd34.js"></script>',
  );
  write("favicon.svg", "<svg/>");
  write("secret.pem", "not a kind of file that is served");
  write("assets/index-Ab12Cd34.js", SCRIPT);
  return pages;
}
