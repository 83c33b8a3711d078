import { setTimeout } from "node:timers/promises";

import { collectDefaultMetrics } from "prom-client";

import { openPortal } from "./api/portal/open-portal.ts";
import { createAppendAudit } from "./audit/append-audit.ts";
import { type Azure, createAzure } from "./azure/create-azure.ts";
import { createFetchByAgent } from "./azure/fetch-by-agent.ts";
import { createReadConnected } from "./callers/tenants.ts";
import { createVerifyTenants } from "./callers/verify-tenants.ts";
import { armAudiences, createTenantKeys, createVerifyToken } from "./callers/verify-token.ts";
import { type BrokerConfig, cloudOf } from "./config/config.ts";
import { readCertificate, createCertificateReload } from "./config/read-certificate.ts";
import { readPemFile } from "./config/read-file-within.ts";
import { parseIssuerKey, parseServiceKey } from "./config/service-key.ts";
import { remember } from "./core/remember.ts";
import { createBroker, type Broker } from "./create-broker.ts";
import { NO_NOTICES, openNotices } from "./events/open-notices.ts";
import { createPostEvent } from "./events/post-event.ts";
import { listen } from "./http/listen.ts";
import { noSpans } from "./http/spans.ts";
import { openFileIssuerKeys } from "./keys/issuer/file-issuer-keys.ts";
import { createTokenIssuer } from "./keys/issuer/token-issuer.ts";
import { createLoopUtilization } from "./load/loop-utilization.ts";
import { type ClockWatch, createClockWatch } from "./observability/clock-watch.ts";
import { createLog, describeFault, type Log } from "./observability/log.ts";
import { serveMetrics } from "./observability/serve-metrics.ts";
import { createSpans } from "./observability/spans.ts";
import { forgetWindows } from "./release/limits/unlock-quota.ts";
import { forgetExpired } from "./release/message/stored-answers.ts";
import { type Chore, every, untilDone } from "./run/every.ts";
import { noteOwnKeys } from "./run/note-own-keys.ts";
import { keysFolderOf, openState } from "./run/open-data-dir.ts";
import { createRecordRounds } from "./run/restore/keep-record.ts";
import { countAhead } from "./run/restore/restores.ts";
import { untilLate } from "./store/batches.ts";
import { createCommit } from "./store/group-commit.ts";
import type { OpenDatabase } from "./store/open-store.ts";
import { readDatabaseClock } from "./store/read-database-clock.ts";
import { diskBytesAt, readStoreHealth } from "./store/store-health.ts";
import { engineOf, type Store } from "./store/store.ts";

export type RunningBroker = {
  /** BROKER_URL: the address for devices and Entra ID. */
  readonly url: string;
  readonly port: number;
  /** Every route that is served. */
  readonly routes: Broker["routes"];
  /** Serves the certificate that its files hold now; a failure is logged. Never rejects. */
  reload(): Promise<void>;
  /**
   * After SHUTDOWN_DELAY_SECONDS, accepts no new connection, lets requests finish within ten
   * seconds, then closes the database.
   */
  close(): Promise<void>;
};

/** For requests and for rounds of chores, at the same time; what then still runs is left. */
const SHUTDOWN_GRACE_MS = 10_000;
const HOUSEKEEPING_MS = 30_000;
const LOOKS_PER_INTERVAL = 10;
/** News of a lease reaches those that wait within it, also from another replica. */
export const LEASES_MS = 500;
const EVENTS_MS = 1_000;
const WATCH_MS = 5_000;
const CLOCKS_MS = 30_000;
const CERTIFICATE_MS = 10_000;
/** How exactly the age of a restored database is known. */
const RECORD_MS = 60_000;
const RELOADING = "reloading the certificate";
/** Verified tokens that are kept for each connected tenant. */
const TOKENS_OF_TENANT = 200;
const now = (): number => Date.now();

/**
 * Opens all real dependencies and serves.
 *
 * @throws {AppError} Misuse, PortInUse or DiskFull, whose detail is one clause for the operator
 */
export async function startBroker(
  config: BrokerConfig,
  log: Log = createLog(config.LOG_LEVEL),
  openDatabase?: OpenDatabase,
): Promise<RunningBroker> {
  const serviceKey = parseServiceKey(config);
  const issuerKey = parseIssuerKey(config);
  const certificate = await readCertificate(config);
  const extraCaPem =
    config.EXTRA_CA_FILE === undefined
      ? undefined
      : await readPemFile("EXTRA_CA_FILE", config.EXTRA_CA_FILE);

  await using opened = new AsyncDisposableStack();
  const { store, keys } = await openState(config, openDatabase);
  opened.defer(() => store.destroy());
  const clock = createClockWatch(now);
  const { azure, tokenIssuer } = await openAzure(config, { issuerKey, extraCaPem, clock });
  opened.defer(() => azure.close());

  const { post } = opened.use(createPostEvent(extraCaPem));

  const notices =
    config.NOTICE_CHANNELS_FILE === undefined
      ? NO_NOTICES
      : await openNotices(config.NOTICE_CHANNELS_FILE, extraCaPem);

  const portal = await openPortal(config, {
    keysDir: keysFolderOf(config),
    agent: azure.agent,
    tokenIssuer,
    now,
  });
  const tracing =
    config.OTLP_TRACES_URL === undefined
      ? undefined
      : opened.use(await traceTo(config.OTLP_TRACES_URL, config.OTLP_TRACES_PERCENT));

  let isClosing = false;
  const broker = createBroker({
    config,
    serviceKey,
    store,
    commit: createCommit(store),
    keys,
    tokenIssuer,
    vaults: azure.vaults,
    identities: azure.identities,
    resources: azure.resources,
    roles: azure.roles,
    ...createTokenChecks(config, azure, store),
    portal,
    isClosing: () => isClosing,
    spans: tracing === undefined ? noSpans : createSpans(tracing.tracer),
    post,
    notices,
    random: Math.random,
    now,
    clock,
    loopUtilization: createLoopUtilization(),
    log,
  });
  opened.defer(() => broker.idle());
  const keepRecord: Chore = {
    name: "keeping the restore record",
    everyMs: RECORD_MS,
    run: createRecordRounds({
      store,
      appendAudit: createAppendAudit({ now }),
      announce: broker.announce,
      now,
    }),
  };
  // Before anything is served, so that a kill switch that a restored database has lost holds again.
  // An unreadable record does not stop the broker: the chore reports it and tries again.
  await keepRecord.run().catch((error: unknown) => {
    log("error", `${keepRecord.name} failed`, describeFault(error));
  });
  const { listener, reload } = await openListener(config, certificate, broker, log);
  const rounds: AsyncDisposable[] = [];
  opened.defer(async () => {
    const ended = Promise.all(rounds.map((each) => each[Symbol.asyncDispose]()));
    await Promise.all([listener.close(SHUTDOWN_GRACE_MS), untilLate(ended, SHUTDOWN_GRACE_MS)]);
  });
  broker.metrics.showDevicesAhead(remember(now, RECORD_MS, () => countAhead(store)));
  if (engineOf(store) === "sqlite")
    broker.metrics.showDataDisk(() => diskBytesAt(config.BROKER_DATA_DIR));
  const unused = [
    ...(issuerKey === undefined ? [] : (["issuer"] as const)),
    ...(portal === undefined ? (["session"] as const) : []),
  ];
  const notingKeys = untilDone({
    name: "noting own keys",
    everyMs: HOUSEKEEPING_MS,
    atOnce: true,
    run: async () => {
      broker.metrics.showOwnKeys(await noteOwnKeys(store, keysFolderOf(config), now(), unused));
    },
  });
  const reloading: Chore = { name: RELOADING, everyMs: CERTIFICATE_MS, run: reload };
  if (config.METRICS_PORT !== undefined) {
    collectDefaultMetrics({ register: broker.metrics.registry });
    const served = { host: config.METRICS_HOST, port: config.METRICS_PORT };
    const connections = broker.connectionsOf("metrics");
    opened.use(await serveMetrics(broker.metrics.registry, { ...served, connections }));
  }
  const compareClocks: Chore = {
    name: "comparing clocks",
    everyMs: CLOCKS_MS,
    atOnce: true,
    run: () => compareWithOthers(clock, store, azure),
  };
  const leaveNewer: Chore = {
    name: "watching the schema",
    everyMs: WATCH_MS,
    // Balancers read /readyz; open connections go to a newer replica with their next answer.
    run: async () => {
      if ((await readStoreHealth(store)) === "outdated") listener.leave();
    },
  };
  for (const chore of [
    compareClocks,
    keepRecord,
    leaveNewer,
    notingKeys,
    reloading,
    ...choresOf(broker, store, config.PROBE_INTERVAL_SECONDS),
  ])
    rounds.push(every(chore, broker.choreFailed));
  opened.defer(() => {
    broker.watches.close();
    broker.events?.close();
  });
  log("info", "serving", { url: config.BROKER_URL, port: listener.port });
  const resources = opened.move();
  return {
    url: config.BROKER_URL,
    port: listener.port,
    routes: broker.routes,
    async reload() {
      await reload().catch((error: unknown) => {
        broker.choreFailed(RELOADING, error);
      });
    },
    async close() {
      isClosing = true;
      log("info", "closing");
      if (config.SHUTDOWN_DELAY_SECONDS > 0) {
        listener.leave();
        await setTimeout(config.SHUTDOWN_DELAY_SECONDS * 1000);
      }
      await resources.disposeAsync();
      log("info", "closed");
    },
  };
}

/**
 * Azure's adapters, and the issuer of the tokens by which they sign in. Each needs the other: an
 * issuer key in a vault is used through the adapters.
 */
async function openAzure(
  config: BrokerConfig,
  {
    issuerKey,
    extraCaPem,
    clock,
  }: {
    readonly issuerKey: ReturnType<typeof parseIssuerKey>;
    readonly extraCaPem: string | undefined;
    readonly clock: ClockWatch;
  },
) {
  const fileIssuerKeys = await openFileIssuerKeys(keysFolderOf(config), now);
  const azure = createAzure(config, {
    extraCaPem,
    signAssertion: (order) => tokenIssuer.signAssertion(order),
    now,
    random: Math.random,
    clock,
  });
  const tokenIssuer = createTokenIssuer(
    issuerKey === undefined ? fileIssuerKeys : azure.issuerKeys(issuerKey),
    config.BROKER_URL,
    now,
    cloudOf(config),
  );
  return { azure, tokenIssuer };
}

/**
 * The checks of callers' tokens, which share the tenant's keys. Operators and Event Grid are of the
 * service's own tenant.
 */
function createTokenChecks(config: BrokerConfig, { agent, resourcesOf }: Azure, store: Store) {
  const settings = {
    authorityUrl: config.ENTRA_AUTHORITY,
    cloud: cloudOf(config),
    tenantId: config.TENANT_ID,
    audiences: armAudiences([config.ARM_URL, ...(config.ARM_AUDIENCES ?? [])]),
    now,
  };
  const { tenantId } = settings;
  const fetch = createFetchByAgent(agent);
  const tenantKeys = createTenantKeys(settings, fetch);
  const audience = config.EVENT_GRID_AUDIENCE;
  return {
    verifyToken: createVerifyTenants(
      { tenantId, verify: createVerifyToken(settings, tenantKeys) },
      createReadConnected(store, now),
      (other) => {
        const ofOther = { ...settings, tenantId: other, maxTokens: TOKENS_OF_TENANT };
        return createVerifyToken(ofOther, createTenantKeys(ofOther, fetch));
      },
      resourcesOf,
    ),
    verifyEventToken:
      audience === undefined
        ? undefined
        : createVerifyToken({ ...settings, audiences: [audience] }, tenantKeys),
  };
}

/** The public listener, and the reload of its certificate. */
async function openListener(
  config: BrokerConfig,
  certificate: Awaited<ReturnType<typeof readCertificate>>,
  broker: Broker,
  log: Log,
) {
  const listener = await listen({
    host: config.BROKER_HOST,
    port: config.BROKER_PORT,
    ...certificate,
    handler: broker.handler,
    refuse: (request) => broker.refuse(request),
    connections: broker.connectionsOf("public"),
    balancers: config.PROXY_PROTOCOL_FROM,
  });
  const { reload, expiresAtMs } = createCertificateReload(
    certificate,
    (served) => readCertificate(config, served),
    (next) => {
      listener.setCertificate(next);
      log("info", "certificate reloaded");
    },
  );
  broker.metrics.showCertificate(expiresAtMs);
  return { listener, reload };
}

/** Its library is a sixth of the code of a broker, so only one that traces loads it. */
async function traceTo(url: string, percent: number) {
  const { startTracing } = await import("./observability/start-tracing.ts");
  return startTracing(url, percent);
}

/** Answers of Azure are compared as they come; it is asked only when its answers may not count. */
async function compareWithOthers(
  clock: ClockWatch,
  store: Store,
  azure: { askForDate(this: void): Promise<number | undefined> },
): Promise<void> {
  const inDatabase = await readDatabaseClock(store);
  if (inDatabase !== undefined) clock.note("database", inDatabase);
  if (!clock.isSuspected()) return;
  const inAzure = await azure.askForDate();
  if (inAzure !== undefined) clock.note("azure", inAzure);
}

/** All that a broker does without being asked. */
function choresOf(broker: Broker, store: Store, probeSeconds: number): readonly Chore[] {
  const { events } = broker;
  return [
    {
      // Deletes data that can no longer matter, and cleans up after crashes.
      name: "housekeeping",
      everyMs: HOUSEKEEPING_MS,
      atOnce: true,
      async run() {
        await forgetExpired(store, now());
        await forgetWindows(store, now());
        await broker.sweep();
      },
    },
    {
      name: "probing keys",
      // No key is then asked about much later than it is due.
      everyMs: (probeSeconds * 1000) / LOOKS_PER_INTERVAL,
      run: () => broker.probe(),
    },
    { name: "watching leases", everyMs: LEASES_MS, run: () => broker.watches.poll() },
    ...(events === undefined
      ? []
      : [{ name: "telling pages", everyMs: EVENTS_MS, run: () => events.poll() }]),
    { name: "watching keys", everyMs: WATCH_MS, run: () => broker.watchKeys() },
    // At once, since a broker that ended may have left events that are due.
    {
      name: "sending events",
      everyMs: WATCH_MS,
      atOnce: true,
      run: () => broker.deliverEvents(),
    },
    { name: "polling keys", everyMs: WATCH_MS, run: () => broker.pollKeys() },
    { name: "running campaigns", everyMs: WATCH_MS, run: () => broker.runCampaigns() },
  ];
}
