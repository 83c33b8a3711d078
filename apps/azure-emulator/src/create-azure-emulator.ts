import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { join } from "node:path";

import { createAuthority, issueEmulatorCertificate, loadAuthority } from "./certificates.ts";
import { type EmulatorConfigInput, parseConfig } from "./config.ts";
import { createControlHandler } from "./control/create-control-handler.ts";
import type { DataBoxUpstream, EmulatorDependencies, Endpoints } from "./dependencies.ts";
import { createDnsServer } from "./dns/create-dns-server.ts";
import { createEntraRouter } from "./entra/create-entra-router.ts";
import { createFaults } from "./faults/create-faults.ts";
import { createIssuerFetch } from "./fetch-issuer-json.ts";
import { closeServer, listenOnLoopback } from "./http/listen.ts";
import { type HttpHandler, NO_ANSWER } from "./http/message.ts";
import { serve } from "./http/serve.ts";
import { createImdsRouter } from "./imds/create-imds-router.ts";
import { createIssuerKeys } from "./issuer-keys.ts";
import { createKeyVaultHandler } from "./key-vault/create-key-vault-handler.ts";
import { createRsaPool } from "./key-vault/rsa-pool.ts";
import { type Log, silentLog } from "./log.ts";
import { createResourceManagerRouter } from "./resource-manager/create-resource-manager-router.ts";
import { openState } from "./state/open-state.ts";
import { DEFAULT_SETTINGS, seedState } from "./state/seed.ts";

export type AzureEmulatorOptions = EmulatorConfigInput & {
  /** The machine's clock; a test may hold it still. */
  readonly now?: () => number;
  readonly log?: Log;
};

export type AzureEmulator = Endpoints & {
  readonly dns: { readonly address: string; readonly port: number };
  readonly caPem: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly storageAccountId: string;
  readonly close: () => Promise<void>;
};

/**
 * Starts Entra ID, Resource Manager, Key Vault, the control API (one TLS port), IMDS (plain HTTP) and DNS on loopback.
 *
 * @throws RangeError for a wrong option; Error for a port in use or a folder that cannot be written.
 */
export async function createAzureEmulator(
  options: AzureEmulatorOptions = {},
): Promise<AzureEmulator> {
  const { now: systemNow = Date.now, log = silentLog, ...configuration } = options;
  const config = parseConfig(configuration);
  const { state, seal } = openState(
    config.dataDir === undefined ? {} : { dataDir: config.dataDir },
  );
  const authority =
    config.certificateAuthority ??
    (config.dataDir === undefined
      ? createAuthority()
      : loadAuthority(join(config.dataDir, "ca.pem")));
  const certificate = issueEmulatorCertificate(authority);
  seedState(state, config);

  const settings = () => state.get("settings", "settings") ?? DEFAULT_SETTINGS;
  let dataBoxUpstream: DataBoxUpstream | undefined =
    config.dataBoxUpstream && toUpstream(config.dataBoxUpstream);
  const issuerFetch = createIssuerFetch(() => [
    authority.certificatePem,
    ...(config.issuerCa === undefined ? [] : [config.issuerCa]),
    ...(dataBoxUpstream?.ca === undefined ? [] : [dataBoxUpstream.ca]),
  ]);
  const rsa = createRsaPool();
  const tls = createHttpsServer({
    cert: certificate.certificatePem,
    key: certificate.privateKeyPem,
  });
  const imds = createHttpServer();
  const port = await listenOnLoopback(tls, config.port, "--port");
  const imdsPort = await listenOnLoopback(imds, config.imdsPort, "--imds-port");
  const endpoints = toEndpoints(port, imdsPort);

  const dependencies: EmulatorDependencies = {
    state,
    now: () => systemNow() + settings().clockOffsetMs,
    systemNow,
    settings,
    issuerKeys: createIssuerKeys(state, systemNow),
    endpoints,
    cloud: {
      tenantId: config.tenantId,
      subscriptionId: config.subscriptionId,
      location: config.location,
    },
    faults: createFaults(state, settings),
    log,
    fetchIssuerJson: issuerFetch.fetchJson,
    dataBoxUpstream: () => dataBoxUpstream,
  };
  const setDataBoxUpstream = (upstream: DataBoxUpstream): void => {
    dataBoxUpstream = upstream;
  };
  tls.on(
    "request",
    serve(
      routeByHost(dependencies, {
        entra: createEntraRouter(dependencies),
        resourceManager: createResourceManagerRouter(dependencies),
        keyVault: createKeyVaultHandler({ ...dependencies, seal, rsa }),
        control: createControlHandler({ ...dependencies, setDataBoxUpstream }),
      }),
      log,
    ),
  );
  imds.on(
    "request",
    serve(
      createImdsRouter(
        dependencies,
        config.imdsTokenLifetimeSeconds === undefined
          ? {}
          : { tokenLifetimeSeconds: config.imdsTokenLifetimeSeconds },
      ),
      log,
    ),
  );
  const dnsServer = createDnsServer(dependencies, { names: config.dnsNames });
  const dns = await dnsServer.listen(config.dnsPort);

  return {
    ...endpoints,
    dns,
    caPem: authority.certificatePem,
    tenantId: config.tenantId,
    subscriptionId: config.subscriptionId,
    resourceGroup: config.resourceGroup,
    location: config.location,
    storageAccountId: `/subscriptions/${config.subscriptionId}/resourceGroups/${config.resourceGroup}/providers/Microsoft.Storage/storageAccounts/${config.storageAccount}`,
    close: async () => {
      await Promise.all([
        closeServer(tls),
        closeServer(imds),
        dnsServer.close(),
        issuerFetch.close(),
        rsa.close(),
      ]);
      await dependencies.issuerKeys.current().catch(() => undefined);
      state[Symbol.dispose]();
    },
  };
}

function toEndpoints(port: number, imdsPort: number): Endpoints {
  return {
    authorityUrl: `https://login.localhost:${port}`,
    armUrl: `https://arm.localhost:${port}`,
    controlUrl: `https://control.localhost:${port}`,
    imdsUrl: `http://127.0.0.1:${imdsPort}`,
    vaultSuffix: `vault.localhost:${port}`,
    vaultDomain: "vault.localhost",
    vaultAudience: `https://vault.localhost:${port}`,
  };
}

type HostHandlers = Readonly<
  Record<"entra" | "resourceManager" | "keyVault" | "control", HttpHandler>
>;

function routeByHost({ endpoints }: EmulatorDependencies, handlers: HostHandlers): HttpHandler {
  const byHost = new Map<string, HttpHandler>([
    [new URL(endpoints.authorityUrl).hostname, handlers.entra],
    [new URL(endpoints.armUrl).hostname, handlers.resourceManager],
    [new URL(endpoints.controlUrl).hostname, handlers.control],
  ]);
  return (request) => {
    const handler =
      byHost.get(request.host) ??
      (request.host.endsWith(`.${endpoints.vaultDomain}`) ? handlers.keyVault : undefined);
    return handler === undefined ? NO_ANSWER : handler(request);
  };
}

function toUpstream({ url, ca }: { url: string; ca?: string | undefined }): DataBoxUpstream {
  return { url, ...(ca !== undefined && { ca }) };
}
