import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { join } from "node:path";

import { type CloudName, CLOUDS, PUBLIC_CLOUD } from "@databox-cmk/errors";

import { createAuthority, issueEmulatorCertificate, loadAuthority } from "./certificates.ts";
import { type EmulatorConfig, type EmulatorConfigInput, parseConfig } from "./config.ts";
import { createControlHandler } from "./control/create-control-handler.ts";
import type { DataBoxUpstream, EmulatorDependencies, Endpoints } from "./dependencies.ts";
import { openDnsServer } from "./dns/create-dns-server.ts";
import { createEntraRouter } from "./entra/create-entra-router.ts";
import { createFaults } from "./faults/faults.ts";
import { createIssuerFetch } from "./fetch-issuer-json.ts";
import { closeServer, listenOnLoopback } from "./http/listen.ts";
import { type HttpHandler, NO_ANSWER } from "./http/message.ts";
import { serve } from "./http/serve.ts";
import { createImdsRouter } from "./imds/create-imds-router.ts";
import { createIssuerKeys } from "./issuer-keys.ts";
import { createKeyVaultHandler } from "./key-vault/create-key-vault-handler.ts";
import { type Log, silentLog } from "./log.ts";
import { createResourceManagerRouter } from "./resource-manager/create-resource-manager-router.ts";
import { keepRecords } from "./state/keep-records.ts";
import { openState } from "./state/open-state.ts";
import { DEFAULT_SETTINGS, seedState, storageAccountId } from "./state/seed.ts";

/**
 * Azure keeps idle connections for minutes. Node's 5 s are so short that a client on a busy machine
 * sends a request just as the server closes the connection.
 */
const KEEP_ALIVE_MS = 240_000;

export type AzureEmulatorOptions = EmulatorConfigInput & {
  /** The machine's clock; a test may hold it still. */
  readonly now?: () => number;
  /** Answers `GET /health` of the control API; absent: ready as soon as it listens. */
  readonly isReady?: (() => boolean) | undefined;
  /** Called by a reset after it has brought back the records. */
  readonly afterReset?: (() => Promise<void>) | undefined;
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
  /** The state to which `reset` returns is the present one; before, that of the start. */
  readonly keep: () => void;
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Starts Entra ID, Resource Manager, Key Vault, the control API (one TLS port), IMDS (plain HTTP)
 * and DNS on loopback.
 *
 * @throws RangeError for a wrong option; Error for a port in use or a folder that cannot be
 * written. Nothing stays open then.
 */
export async function createAzureEmulator({
  now: systemNow = Date.now,
  isReady = () => true,
  afterReset = () => Promise.resolve(),
  log = silentLog,
  ...configuration
}: AzureEmulatorOptions = {}): Promise<AzureEmulator> {
  await using opened = new AsyncDisposableStack();
  const config = parseConfig(configuration);
  const { dataDir } = config;
  const { state, seal } = openState({ dataDir });
  opened.use(state);
  seedState(state, config);
  const auditLog: EmulatorDependencies["auditLog"] = [];
  let bringBack = keepRecords(state);
  const reset = () => {
    bringBack();
    auditLog.length = 0;
    return afterReset();
  };
  const authority =
    config.certificateAuthority ??
    (dataDir === undefined ? createAuthority() : loadAuthority(join(dataDir, "ca.pem")));
  const certificate = issueEmulatorCertificate(authority, config.cloud);
  const settings = () => state.get("settings", "settings") ?? DEFAULT_SETTINGS;
  const upstream = holdUpstream(config.dataBoxUpstream);
  const issuerFetch = createIssuerFetch(() =>
    [authority.certificatePem, config.issuerCa, upstream.get()?.ca].filter(
      (pem) => pem !== undefined,
    ),
  );
  opened.defer(issuerFetch.close);
  const issuerKeys = createIssuerKeys(state, systemNow);
  opened.defer(async () => {
    await issuerKeys.current().catch(() => undefined);
  });

  const tls = createHttpsServer({
    cert: certificate.certificatePem,
    key: certificate.privateKeyPem,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  const imds = createHttpServer();
  opened.defer(() => closeServer(tls));
  opened.defer(() => closeServer(imds));
  const port = await listenOnLoopback(tls, config.port, "--port");
  const imdsPort = await listenOnLoopback(imds, config.imdsPort, "--imds-port");
  const { tenantId, subscriptionId, location, resourceGroup } = config;
  const dependencies: EmulatorDependencies = {
    state,
    now: () => systemNow() + settings().clockOffsetMs,
    systemNow,
    settings,
    issuerKeys,
    endpoints: toEndpoints(port, imdsPort, config.cloud),
    cloud: { tenantId, subscriptionId, location },
    faults: createFaults(state, settings),
    log,
    auditLog,
    fetchIssuerJson: issuerFetch.fetchJson,
    dataBoxUpstream: upstream.get,
  };
  const dns = await openDnsServer(dependencies, config.dnsPort, config.dnsNames);
  opened.defer(dns.close);
  const handler = routeByHost(dependencies, {
    entra: createEntraRouter(dependencies, config.tokenLifetimeSeconds),
    resourceManager: createResourceManagerRouter(dependencies),
    keyVault: createKeyVaultHandler({ ...dependencies, seal, authority }),
    control: createControlHandler({
      ...dependencies,
      isReady,
      reset,
      setDataBoxUpstream: upstream.set,
    }),
  });
  tls.on("request", serve(handler, log));
  imds.on("request", serve(createImdsRouter(dependencies, config.imdsTokenLifetimeSeconds), log));
  const whileOpen = opened.move();
  return {
    ...dependencies.endpoints,
    dns,
    caPem: authority.certificatePem,
    tenantId,
    subscriptionId,
    resourceGroup,
    location,
    storageAccountId: storageAccountId(config),
    keep: () => {
      bringBack = keepRecords(state);
    },
    reset,
    close: () => whileOpen.disposeAsync(),
  };
}

/** The one setting that is not stored: the program that starts the broker provides it. */
function holdUpstream(given: EmulatorConfig["dataBoxUpstream"]) {
  let current: DataBoxUpstream | undefined = given && {
    url: given.url,
    ca: given.ca,
  };
  return {
    get: () => current,
    set: (upstream: DataBoxUpstream) => {
      current = upstream;
    },
  };
}

/** @param cloudName - absent: names below `localhost` */
function toEndpoints(port: number, imdsPort: number, cloudName: CloudName | undefined): Endpoints {
  const cloud = CLOUDS[cloudName ?? PUBLIC_CLOUD];
  const local = { controlUrl: `https://control.localhost:${port}`, cloud };
  const imdsUrl = `http://127.0.0.1:${imdsPort}`;
  const at = (origin: string) => new URL(`${origin}:${port}`).origin;
  const authorityUrl = at(cloudName === undefined ? "https://login.localhost" : cloud.authorityUrl);
  const vaultDomain = cloudName === undefined ? "vault.localhost" : cloud.vaultSuffix;
  return {
    ...local,
    imdsUrl,
    authorityUrl,
    armUrl: at(cloudName === undefined ? "https://arm.localhost" : cloud.armUrl),
    graphUrl: cloudName === undefined ? authorityUrl : at(cloud.graphUrl),
    vaultDomain,
    vaultSuffix: new URL(at(`https://${vaultDomain}`)).host,
    vaultAudience: at(`https://${vaultDomain}`),
    storageSuffix: cloudName === undefined ? "core.localhost" : cloud.storageSuffix,
    cloudName: cloudName ?? "AzureEmulator",
  };
}

type HostHandlers = Readonly<
  Record<"entra" | "resourceManager" | "keyVault" | "control", HttpHandler>
>;

function routeByHost(
  { endpoints }: Pick<EmulatorDependencies, "endpoints">,
  handlers: HostHandlers,
): HttpHandler {
  const byHost = new Map<string, HttpHandler>([
    [new URL(endpoints.authorityUrl).hostname, handlers.entra],
    [new URL(endpoints.armUrl).hostname, handlers.resourceManager],
    [new URL(endpoints.graphUrl).hostname, handlers.entra],
    [new URL(endpoints.controlUrl).hostname, handlers.control],
  ]);
  return (request) => {
    const handler =
      byHost.get(request.host) ??
      (request.host.endsWith(`.${endpoints.vaultDomain}`) ? handlers.keyVault : undefined);
    return handler === undefined ? NO_ANSWER : handler(request);
  };
}
