import type { RequestListener } from "node:http";

import { signMessage } from "@databox-cmk/crypto";
import { createRateLimit } from "@databox-cmk/http";

import { createArmRoutes } from "./api/arm/arm-routes.ts";
import { createFigureRoutes } from "./api/arm/figure-routes.ts";
import { createOfflineRoutes } from "./api/arm/offline-routes.ts";
import { createDeviceRoutes } from "./api/device/device-routes.ts";
import { createFront, type Front } from "./api/front/create-front.ts";
import { createHealthRoutes, createReadiness } from "./api/front/health.ts";
import { createPlaces } from "./api/front/places.ts";
import { createTurnAway } from "./api/front/turn-away.ts";
import { createOpenApiRoutes } from "./api/openapi/create-document.ts";
import { createFleetViewRoutes } from "./api/operator/fleet-view-routes.ts";
import { createOperatorRoutes } from "./api/operator/operator-routes.ts";
import { createPortal, type PortalParts } from "./api/portal/create-portal.ts";
import type { PortalEvents } from "./api/portal/events/create-events.ts";
import { createKeyEventRoutes } from "./api/well-known/key-event-routes.ts";
import { createWebhookRoutes, createIssuerRoutes } from "./api/well-known/public-key-routes.ts";
import { createAppendAudit } from "./audit/append-audit.ts";
import { createUnauthenticatedRows } from "./audit/unauthenticated-rows.ts";
import { createVaultUses } from "./audit/vault-uses.ts";
import { readWithin, rememberResources } from "./azure/resource-reader.ts";
import { CLOCK_OFF, refuseWithoutClock, createVaultHealth } from "./azure/vault-health.ts";
import { createAuthenticateCaller } from "./callers/authenticate-caller.ts";
import { createHasAccess, createMaySomewhere, createStillMay } from "./callers/has-access.ts";
import { createHeldRoles, ofEnabledAccounts, type RoleReader } from "./callers/held-roles.ts";
import {
  createReadConnected,
  createCustomerOf,
  createTenantOf,
  identitiesWithin,
  rolesWithin,
} from "./callers/tenants.ts";
import type { VerifyToken } from "./callers/verify-token.ts";
import type { BrokerConfig } from "./config/config.ts";
import { ruleSettingsOf } from "./config/rule-settings.ts";
import type { KeyIdentity, KeyUrl, OrderId } from "./core/order.ts";
import type { Clock, IdentityDirectory, KeyVaults, ResourceReader } from "./core/ports.ts";
import { remember } from "./core/remember.ts";
import { custodyOf } from "./core/unlock-policy.ts";
import { createKeyCustody } from "./custody/create-key-custody.ts";
import type { CustodyDependencies } from "./custody/custody-dependencies.ts";
import type { KeyCustody } from "./custody/key-custody.ts";
import { createKeyReader } from "./custody/key-reader.ts";
import { type Announce, announceHeads, createAnnounce, createTells } from "./events/announce.ts";
import { deliverEvents } from "./events/deliver-events.ts";
import type { Notices } from "./events/open-notices.ts";
import { createPersonReceivers } from "./events/person-receivers.ts";
import type { PostEvent } from "./events/post-event.ts";
import { createReceivers } from "./events/receivers.ts";
import type { Route, ServedRoute } from "./http/route.ts";
import type { Spans } from "./http/spans.ts";
import { createCampaignRunner } from "./key-life/campaigns/run-campaigns.ts";
import { createKeyHealth } from "./key-life/health/create-key-health.ts";
import { pollKeys } from "./key-life/rotation/poll-keys.ts";
import { rotateFollowers } from "./key-life/rotation/rotate-followers.ts";
import type { BrokerKeys } from "./keys/broker-keys.ts";
import type { TokenIssuer } from "./keys/issuer/token-issuer.ts";
import { currentConnection } from "./load/admission.ts";
import type { ConnectionPlaces } from "./load/connection-places.ts";
import { createLimit } from "./load/limits.ts";
import type { LoopUtilization } from "./load/loop-utilization.ts";
import { connectionsWithin, judgeConnections, readMemoryLimit } from "./load/memory.ts";
import { atPriority } from "./load/priority.ts";
import type { ClockWatch } from "./observability/clock-watch.ts";
import { createFleetFigures } from "./observability/fleet-figures.ts";
import { describeFault, describePool, type Log } from "./observability/log.ts";
import { createMetrics, type Metrics, type VaultCall } from "./observability/metrics.ts";
import { createProbeLoads } from "./observability/probe-loads.ts";
import { traceVaults } from "./observability/trace.ts";
import { createVaultOperations } from "./observability/vault-operations.ts";
import { type ListenerName, watchConnections } from "./observability/watch-connections.ts";
import type { ControlPlane } from "./orders/control-plane.ts";
import { haltCopy } from "./orders/copy-data.ts";
import { keepNodeCertificate, mayEraseNode } from "./orders/erasure.ts";
import { signHead } from "./orders/read-activity.ts";
import { sweepIdentities } from "./orders/realise-identities.ts";
import { markPrepared } from "./orders/write-order.ts";
import { createAdmitChange } from "./release/approvals/admit-change.ts";
import { createStillWaits } from "./release/approvals/approval-cases.ts";
import { endExpiredApprovals } from "./release/approvals/end-approval.ts";
import { createStillApproves } from "./release/approvals/may-approve.ts";
import { createLeaseWatches, type LeaseWatches } from "./release/leases/lease-watches.ts";
import { probeKeys } from "./release/leases/probe-keys.ts";
import { createCustomerQuota } from "./release/limits/unlock-quota.ts";
import type { DeviceDependencies } from "./release/message/device-dependencies.ts";
import { createFindDevice } from "./release/message/device-node.ts";
import { readUnlockPolicy } from "./release/policy/read-unlock-policy.ts";
import { ANYBODY, readVerdicts } from "./release/verdict/read-verdicts.ts";
import { untilLate } from "./store/batches.ts";
import { findWriteTrouble } from "./store/store-health.ts";
import type { Store } from "./store/store.ts";
import type { Commit } from "./store/transactions.ts";

export type BrokerDependencies = {
  readonly config: BrokerConfig;
  readonly serviceKey: KeyUrl;
  readonly store: Store;
  /** Commits the work of devices in the store. */
  readonly commit: Commit;
  readonly keys: BrokerKeys;
  readonly tokenIssuer: TokenIssuer;
  readonly vaults: KeyVaults;
  readonly identities: IdentityDirectory;
  readonly resources: ResourceReader;
  readonly roles: RoleReader;
  readonly verifyToken: VerifyToken;
  readonly portal?: PortalParts | undefined;
  /** Verifies tokens of Event Grid's deliveries; absent: none is accepted. */
  readonly verifyEventToken?: VerifyToken | undefined;
  readonly isClosing: () => boolean;
  readonly spans: Spans;
  /** Sends an event to a receiver. */
  readonly post: PostEvent;
  readonly notices: Notices;
  /** 0 to 1. */
  readonly random: () => number;
  readonly now: Clock;
  readonly clock: ClockWatch;
  readonly loopUtilization: LoopUtilization;
  readonly log: Log;
};

export type Broker = {
  readonly handler: RequestListener;
  /** A listener calls it for requests that it refuses before they reach the handler. */
  readonly refuse: Front["refuse"];
  /** Limits the connections of a listener, which takes it once. */
  connectionsOf(listener: ListenerName): ConnectionPlaces;
  /** Every route that is served. */
  readonly routes: readonly ServedRoute[];
  readonly metrics: Pick<
    Metrics,
    "registry" | "showCertificate" | "showDataDisk" | "showDevicesAhead" | "showOwnKeys"
  >;
  /** Logs and counts a failed round of background work. */
  choreFailed(this: void, chore: string, error: unknown): void;
  /** Queues an event for each receiver, in the transaction of its change. */
  readonly announce: Announce;
  /** Cleans up after crashes and changes: identities, portal sessions, expired approvals. */
  sweep(): Promise<void>;
  /** One round of probes of the keys of live leases. @returns how many it probed */
  probe(): Promise<number>;
  /** Nodes that wait for news of their lease. */
  readonly watches: LeaseWatches;
  /** Pages that wait for news; absent without a portal. */
  readonly events?: PortalEvents | undefined;
  /** Checks the keys that are due. */
  watchKeys(): Promise<void>;
  /** Polls the followed keys that are due. @returns how many it polled */
  pollKeys(): Promise<number>;
  /** Continues campaigns, as long as this replica may. @returns how many orders it processed */
  runCampaigns(): Promise<number>;
  /** Sends the events that are due. */
  deliverEvents(): Promise<void>;
  /** Resolves when all background work of answered requests is done. */
  idle(): Promise<void>;
};

/**
 * After this, work that hangs is left, so that what is counted is written before the process is
 * killed (TimeoutStopSec and terminationGracePeriodSeconds: 45 s, of which SHUTDOWN_DELAY_SECONDS
 * takes 20, and requests and chores take ten).
 */
const IDLE_MS = 10_000;
/** Connections of scrapers: their memory is part of the broker's own. */
const SCRAPERS_MAX = 100;

/**
 * The whole broker as a request listener; nothing here opens, listens or reads the clock by itself.
 */
export function createBroker(dependencies: BrokerDependencies): Broker {
  const ground = createGround(dependencies);
  const { store, config, now, random, isClosing, metrics, vaultOperations, vaultUses } = ground;
  const keyLife = createKeyLife(ground);
  const orders = createOrders(ground, keyLife);
  const release = createRelease(ground, keyLife, orders);
  const { routes, portal, front } = createRoutes(ground, orders, release);
  const { keyHealth, custody, campaignCustody } = keyLife;
  const campaigns = createCampaignRunner({
    deps: { ...orders, custody: campaignCustody },
    isClosing,
  });
  return {
    handler: front.handler,
    refuse: (request) => front.refuse(request),
    connectionsOf: (listener) => release.listeners[listener],
    routes,
    metrics,
    choreFailed: ground.choreFailed,
    announce: ground.announce,
    async sweep() {
      await endExpiredApprovals(orders);
      await sweepIdentities(orders);
      await ground.unauthenticatedRows.flush();
      await vaultOperations.flush();
      await vaultUses.flush();
      await portal?.sweep();
    },
    watches: release.watches,
    events: portal?.events,
    probe: () =>
      atPriority("probe", () =>
        probeKeys({
          store,
          custody,
          now,
          random,
          intervalSeconds: config.PROBE_INTERVAL_SECONDS,
          loads: ground.probeLoads,
          isClosing,
        }),
      ),
    watchKeys: () => atPriority("probe", () => keyHealth.watch()),
    pollKeys: () =>
      atPriority("probe", () =>
        pollKeys({
          store,
          custody: campaignCustody,
          now,
          random,
          intervalSeconds: config.KEY_POLL_INTERVAL_SECONDS,
          rotate: (keyAddress, followers) => rotateFollowers(orders, keyAddress, followers),
        }),
      ),
    runCampaigns: () => campaigns.run(),
    deliverEvents: () =>
      deliverEvents({
        store,
        receivers: ground.receivers,
        now,
        random,
        log: ground.log,
        sent: (...attempt) => metrics.sentEvent(...attempt),
      }),
    async idle() {
      await untilLate(
        front.idle().then(() => keyHealth.idle()),
        IDLE_MS,
      );
      await ground.unauthenticatedRows.flush("now");
      await vaultOperations.flush();
      await vaultUses.save();
    },
  };
}

type Ground = ReturnType<typeof createGround>;
type KeyLife = ReturnType<typeof createKeyLife>;
type Release = ReturnType<typeof createRelease>;

/** Every part needs these: figures, audit, rights, receivers, and vaults that are measured. */
function createGround(dependencies: BrokerDependencies) {
  const { config, store, keys, clock, log, now, roles, notices, post, spans } = dependencies;
  const probeLoads = createProbeLoads(store, config, now, log);
  const figures = createFleetFigures(store, now, probeLoads);
  const metrics = createMetrics(figures);
  metrics.showPool(() => store.readPool?.());
  store.queryTimes?.tellTo((elapsedMs) => metrics.queried(elapsedMs));
  metrics.showClock(() => clock.offsets());
  const vaultOperations = createVaultOperations(store, now);
  const vaultHealth = createVaultHealth(now);
  const appendAudit = createAppendAudit({ now });
  const vaultUses = createVaultUses({
    store,
    appendAudit,
    now,
    async wroteDays(transaction, orders) {
      const webhooks = config.WEBHOOK_URLS;
      if (webhooks === undefined) return;
      const heads: string[] = [];
      for (const order of orders) {
        const head = await signHead({ store: transaction, sign, now }, order);
        if (head !== undefined) heads.push(head);
      }
      await announceHeads(transaction, webhooks, { heads, atMs: now(), source: portalUrl });
    },
  });
  const called = (call: VaultCall, identity: KeyIdentity): void => {
    metrics.calledVault(call);
    // A sign-in calls Entra ID, not the vault.
    if (call.operation === "sign-in") return;
    vaultOperations.count(identity);
    vaultHealth.note(call.code);
  };
  const traced = traceVaults(dependencies.vaults, spans, called, vaultUses.nextId);
  const settings = ruleSettingsOf(config);
  const { defaultPolicy } = settings;
  const tenantOf = createTenantOf(store, config.TENANT_ID, now);
  const heldRoles = createHeldRoles(rolesWithin(tenantOf, ofEnabledAccounts(roles)), now);
  const stillMay = createStillMay(heldRoles);
  const findStorageTrouble = remember(now, TROUBLE_KEPT_MS, () => findWriteTrouble(store));
  const linesOfFailures = createRateLimit({ burst: 1, tokensPerSecond: 0.1, now });
  const { channels, sendMail } = notices;
  const portalUrl = config.BROKER_URL;
  const sign = (type: string, payload: object) => signMessage(keys.signing, type, payload);
  const stillWaits = createStillWaits({ store, defaultPolicy, now });
  const receivers = createReceivers(config.WEBHOOK_URLS ?? [], channels, {
    key: keys.signing,
    post,
    sendMail,
    people:
      sendMail === undefined
        ? undefined
        : createPersonReceivers({ store, stillMay, stillWaits, sendMail, portalUrl }),
    portalUrl,
    now,
  });
  return {
    ...dependencies,
    figures,
    probeLoads,
    metrics,
    choreFailed(this: void, chore: string, error: unknown): void {
      metrics.choreFailed(chore);
      // While the database is down, some chores fail twice a second.
      if (linesOfFailures(chore) !== undefined) return;
      log("error", `${chore} failed`, {
        ...describeFault(error),
        ...describePool(store.readPool?.()),
      });
    },
    vaultOperations,
    vaultUses,
    vaultHealth,
    vaults: refuseWithoutClock(traced, clock),
    appendAudit,
    unauthenticatedRows: createUnauthenticatedRows({ store, appendAudit, now }),
    settings,
    custodyOf: async (order: OrderId) =>
      custodyOf(await readUnlockPolicy(store, order, defaultPolicy)),
    heldRoles,
    stillApproves: createStillApproves(stillMay),
    findTrouble: () => (clock.isOff() ? Promise.resolve(CLOCK_OFF.failure) : findStorageTrouble()),
    hasAccess: createHasAccess(roles, tenantOf, now),
    tenantOf,
    customerOf: createCustomerOf(tenantOf),
    identities: identitiesWithin(store, config.TENANT_ID, dependencies.identities),
    receivers,
    announce: createAnnounce(portalUrl, receivers.select),
    sign,
    tells: createTells(store, receivers),
  };
}

/** The readers of many pages ask the database once. */
const TROUBLE_KEPT_MS = 10_000;

const NO_TROUBLE = () => Promise.resolve(undefined);

/** Custody of the keys, with key health as its listener. */
function createKeyLife(ground: Ground) {
  const { config, vaults, now, commit, choreFailed } = ground;
  const resources = readWithin(config.TENANT_ID, ground.resources);
  const keyHealth = createKeyHealth({
    ...ground,
    reader: createKeyReader({ vaults, resources, now, knownForMs: 0 }),
    keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
    intervalSeconds: config.KEY_HEALTH_INTERVAL_SECONDS,
    limit: createLimit("keyHealth", config, now),
    failed: (error) => choreFailed("key health", error),
    // In its transaction: it asks neither Azure nor another connection.
    async readNextStep(transaction, order) {
      const facts = { store: transaction, stillApproves: ANYBODY, findTrouble: NO_TROUBLE };
      return (await readVerdicts({ ...ground, ...facts }, [order])).get(order)?.verdict.nextStep;
    },
  });
  const knownForMs = config.KEY_FACTS_SECONDS * 1000;
  const openCustody = (
    own: Pick<CustodyDependencies, "resources" | "commit" | "listener">,
  ): KeyCustody =>
    createKeyCustody({
      store: ground.store,
      custodyOf: ground.custodyOf,
      vaults,
      reader: createKeyReader({ vaults, resources: own.resources, now, knownForMs }),
      appendAudit: ground.appendAudit,
      now,
      serviceKey: ground.serviceKey,
      backupAfterSeconds: config.BACKUP_KEY_AFTER_SECONDS,
      keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
      ...own,
    });
  return {
    keyHealth,
    custody: openCustody({
      resources,
      listener: keyHealth.listener({ lookAfterChange: true }),
    }),
    // A campaign has checked each key itself, and its vault is checked in turn.
    campaignCustody: openCustody({
      resources: rememberResources(resources, now),
      commit: (work) => commit(work, "re-wrap"),
      listener: keyHealth.listener({ lookAfterChange: false }),
    }),
  };
}

/** Reading and writing orders. */
function createOrders(ground: Ground, { custody, keyHealth }: KeyLife): ControlPlane {
  const { settings } = ground;
  const { tenantId, defaultPolicy } = settings;
  return {
    announce: ground.announce,
    store: ground.store,
    custodyOf: ground.custodyOf,
    custody,
    checkKeyNow: (order) => keyHealth.checkNow(order),
    identities: ground.identities,
    appendAudit: ground.appendAudit,
    sign: ground.sign,
    admitChange: createAdmitChange({ ...ground, tenantId, defaultPolicy }),
    stillApproves: ground.stillApproves,
    findTrouble: ground.findTrouble,
    tells: ground.tells,
    now: ground.now,
    settings,
  };
}

/** Answers to devices, and the connections that they keep. */
function createRelease(ground: Ground, { custody }: KeyLife, orders: ControlPlane) {
  const { config, store, now, log, metrics } = ground;
  const memoryBytes = readMemoryLimit();
  const connections = judgeConnections(config.MAX_CONNECTIONS, memoryBytes);
  if (connections.fault !== undefined)
    log("warn", "too many connections for the memory", { detail: connections.fault });
  metrics.showMemoryLimit(memoryBytes);
  const listeners = {
    public: watchConnections("public", connections.limit, ground),
    metrics: watchConnections("metrics", SCRAPERS_MAX, ground),
  } as const;
  const watches = createLeaseWatches({ store, now, most: connectionsWithin(memoryBytes) });
  const devices: DeviceDependencies = {
    ...ground,
    custody,
    findDevice: createFindDevice(store),
    waitForNews: (lease, holdMs) => watches.wait(lease, holdMs),
    keepConnection(use) {
      const connection = currentConnection();
      if (connection !== undefined) listeners.public.hold(connection, use);
    },
    limit: createLimit("device", config, now),
    limitUnproven: createLimit("unproven", config, now),
    countCustomerUnlock: createCustomerQuota({
      ...ground,
      perMinute: config.RATE_LIMIT_CUSTOMER_UNLOCKS_PER_MINUTE,
    }),
    markPrepared,
    haltCopy: (...refused) => haltCopy(orders, ...refused),
    nodeErasure: {
      may: (order) => mayEraseNode(orders, order),
      keep: (node) => keepNodeCertificate(orders, node),
    },
  };
  return { devices, listeners, watches };
}

/** Every route, the pages of the portal, and the door in front of them. */
function createRoutes(ground: Ground, orders: ControlPlane, { devices }: Release) {
  const { config, keys, metrics } = ground;
  const turnAway = createTurnAway(ground);
  const places = createPlaces({
    maxAtWork: config.MAX_REQUESTS_AT_WORK,
    utilization: ground.loopUtilization,
    noteTurnedAway: turnAway.note,
  });
  metrics.showPlaces(() => places.atWork());
  const readiness = createReadiness({ ...ground, isStuck: () => places.isStuck() });
  metrics.showReadiness(async () => (await readiness()).reason);
  const own: readonly Route[] = [
    ...createHealthRoutes(readiness),
    ...createDeviceRoutes(devices),
    ...createArmRoutes(orders, ground.hasAccess),
    ...createFigureRoutes(orders, ground.vaultOperations),
    ...createOfflineRoutes(devices),
    ...createOperatorRoutes(orders),
    ...createFleetViewRoutes(ground),
    ...createKeyEventRoutes(orders),
    ...createIssuerRoutes(ground.tokenIssuer),
    ...createWebhookRoutes([...keys.bundle, ...keys.former]),
  ];
  const portal =
    ground.portal === undefined
      ? undefined
      : createPortal(ground.portal, {
          ...ground,
          readConnected: createReadConnected(ground.store, ground.now),
          maySomewhere: createMaySomewhere(ground.heldRoles),
          api: own,
        });
  // Last, since the portal's pages match any path.
  const routes: readonly ServedRoute[] = [
    ...own,
    ...createOpenApiRoutes(own, config.ARM_URL),
    ...(portal === undefined ? [] : portal.routes),
  ];
  const identify = portal?.identify;
  const authenticate = createAuthenticateCaller({
    ...ground,
    tenantId: config.TENANT_ID,
    identify,
  });
  const front = createFront({
    ...ground,
    limit: createLimit("address", config, ground.now),
    routes,
    authenticate,
    identify,
    places,
    turnAway,
  });
  return { routes, portal, front };
}
