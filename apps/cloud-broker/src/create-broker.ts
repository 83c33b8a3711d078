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
import { rememberResources } from "./azure/resource-reader.ts";
import { refuseWithoutClock, createVaultHealth } from "./azure/vault-health.ts";
import { createAuthenticateCaller } from "./callers/authenticate-caller.ts";
import { createHasAccess, createMaySomewhere, createStillMay } from "./callers/has-access.ts";
import { createHeldRoles, type RoleReader } from "./callers/held-roles.ts";
import type { VerifyToken } from "./callers/verify-token.ts";
import type { BrokerConfig } from "./config/config.ts";
import { ruleSettingsOf } from "./config/rule-settings.ts";
import type { KeyUrl, OrderId } from "./core/order.ts";
import type { Clock, IdentityDirectory, KeyVaults, ResourceReader } from "./core/ports.ts";
import { custodyOf } from "./core/unlock-policy.ts";
import { createKeyCustody } from "./custody/create-key-custody.ts";
import type { CustodyDependencies } from "./custody/custody-dependencies.ts";
import type { KeyCustody } from "./custody/key-custody.ts";
import { createKeyReader } from "./custody/key-reader.ts";
import { createAnnounce } from "./events/announce.ts";
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
import type { LoopUtilization } from "./load/loop-utilization.ts";
import { connectionsWithin, judgeConnections, readMemoryLimit } from "./load/memory.ts";
import { atPriority } from "./load/priority.ts";
import type { ClockWatch } from "./observability/clock-watch.ts";
import { createFleetFigures } from "./observability/fleet-figures.ts";
import { describeFault, describePool, type Log } from "./observability/log.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import { traceVaults } from "./observability/trace.ts";
import { createVaultOperations } from "./observability/vault-operations.ts";
import { type ListenerName, watchConnections } from "./observability/watch-connections.ts";
import type { ControlPlane } from "./orders/control-plane.ts";
import { haltCopy } from "./orders/copy-data.ts";
import { keepNodeCertificate, mayEraseNode } from "./orders/erasure.ts";
import { sweepIdentities } from "./orders/realise-identities.ts";
import { markPrepared } from "./orders/write-order.ts";
import { createAdmitChange } from "./release/approvals/admit-change.ts";
import { createStillWaits } from "./release/approvals/approval-cases.ts";
import { endExpiredApprovals } from "./release/approvals/end-approval.ts";
import { createStillApproves } from "./release/approvals/may-approve.ts";
import { createLeaseWatches, type LeaseWatches } from "./release/leases/lease-watches.ts";
import { probeKeys } from "./release/leases/probe-keys.ts";
import { createCustomerQuota } from "./release/limits/customer-quota.ts";
import type { DeviceDependencies } from "./release/message/device-dependencies.ts";
import { createFindDevice } from "./release/message/device-node.ts";
import { readUnlockPolicy } from "./release/policy/read-unlock-policy.ts";
import type { Store } from "./store/store.ts";
import type { Commit } from "./store/transactions.ts";

export type BrokerDependencies = {
  readonly config: BrokerConfig;
  readonly serviceKey: KeyUrl;
  readonly store: Store;
  /** Of the store, for the work of devices. */
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
  /** For a listener that refuses requests before they reach the handler. */
  readonly refuse: Front["refuse"];
  /** Limits the connections of a listener, which takes it once. */
  connectionsOf(listener: ListenerName): ConnectionPlaces;
  /** Every route that is served. */
  readonly routes: readonly ServedRoute[];
  readonly metrics: Pick<Metrics, "registry" | "showCertificate" | "showOwnKeys">;
  /** Logs and counts a failed round of background work. */
  choreFailed(this: void, chore: string, error: unknown): void;
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

/** Connections of scrapers: their memory is part of the broker's own. */
const SCRAPERS_MAX = 100;
/** How many devices may fail to prove themselves behind one address. */
const UNPROVEN_DEVICES = 10;

/**
 * The whole broker as a request listener; nothing here opens, listens or reads the clock by itself.
 */
export function createBroker(dependencies: BrokerDependencies): Broker {
  const { config, serviceKey, store, commit, keys, resources, clock, isClosing } = dependencies;
  const { log, now, random, spans } = dependencies;
  const figures = createFleetFigures(store, now);
  const metrics = createMetrics(figures);
  metrics.showPool(() => store.readPool?.());
  store.queryTimes?.tellTo((elapsedMs) => metrics.queried(elapsedMs));
  metrics.showClock(() => clock.offsets());
  const choreFailed = (chore: string, error: unknown): void => {
    metrics.choreFailed(chore);
    log("error", `${chore} failed`, {
      ...describeFault(error),
      ...describePool(store.readPool?.()),
    });
  };
  const vaultOperations = createVaultOperations(store, now);
  const vaultHealth = createVaultHealth(now);
  const traced = traceVaults(dependencies.vaults, spans, (call, identity) => {
    metrics.calledVault(call);
    // A sign-in calls Entra ID, not the vault.
    if (call.operation === "sign-in") return;
    vaultOperations.count(identity);
    vaultHealth.note(call.code);
  });
  const vaults = refuseWithoutClock(traced, clock);
  const appendAudit = createAppendAudit({ now });
  const unauthenticatedRows = createUnauthenticatedRows({ store, appendAudit, now });
  const settings = ruleSettingsOf(config);
  const { defaultPolicy } = settings;
  const readCustody = async (order: OrderId) =>
    custodyOf(await readUnlockPolicy(store, order, defaultPolicy));
  const heldRoles = createHeldRoles(dependencies.roles, now);
  const stillMay = createStillMay(heldRoles);
  const hasAccess = createHasAccess(dependencies.roles, now);
  const { channels, sendMail } = dependencies.notices;
  const receivers = createReceivers(config.WEBHOOK_URLS ?? [], channels, {
    key: keys.signing,
    post: dependencies.post,
    sendMail,
    people:
      sendMail === undefined
        ? undefined
        : createPersonReceivers({
            store,
            stillMay,
            stillWaits: createStillWaits({ store, defaultPolicy, now }),
            sendMail,
            portalUrl: config.BROKER_URL,
          }),
    portalUrl: config.BROKER_URL,
    now,
  });
  const announce = createAnnounce(config.BROKER_URL, receivers.select);
  const keyHealth = createKeyHealth({
    store,
    vaults,
    appendAudit,
    now,
    serviceKey,
    keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
    reader: createKeyReader({ vaults, resources, now }),
    announce,
    intervalSeconds: config.KEY_HEALTH_INTERVAL_SECONDS,
    perVaultPerMinute: config.KEY_HEALTH_PER_VAULT_PER_MINUTE,
    random,
    failed: (error) => choreFailed("key health", error),
  });
  const openCustody = (
    own: Pick<CustodyDependencies, "resources" | "commit" | "listener">,
  ): KeyCustody =>
    createKeyCustody({
      store,
      custodyOf: readCustody,
      vaults,
      reader: createKeyReader({ vaults, resources: own.resources, now }),
      appendAudit,
      now,
      serviceKey,
      backupAfterSeconds: config.BACKUP_KEY_AFTER_SECONDS,
      keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
      ...own,
    });
  const custody = openCustody({
    resources,
    listener: keyHealth.listener({ lookAfterChange: true }),
  });
  // A campaign has checked each key itself, and its vault is checked in turn.
  const campaignCustody = openCustody({
    resources: rememberResources(resources, now),
    commit: (work) => commit(work, "re-wrap"),
    listener: keyHealth.listener({ lookAfterChange: false }),
  });
  const stillApproves = createStillApproves(stillMay);
  const deps: ControlPlane = {
    announce,
    store,
    custodyOf: readCustody,
    custody,
    checkKeyNow: (order) => keyHealth.checkNow(order),
    identities: dependencies.identities,
    appendAudit,
    sign: (type, payload) => signMessage(keys.signing, type, payload),
    admitChange: createAdmitChange({
      store,
      appendAudit,
      announce,
      stillApproves,
      hasAccess,
      tenantId: settings.tenantId,
      now,
      defaultPolicy,
    }),
    stillApproves,
    now,
    settings,
  };
  const limit = createRateLimit({
    tokensPerSecond: config.RATE_LIMIT_DEVICE_PER_MINUTE / 60,
    burst: config.RATE_LIMIT_DEVICE_PER_MINUTE,
    now,
  });
  const memoryBytes = readMemoryLimit();
  const connections = judgeConnections(config.MAX_CONNECTIONS, memoryBytes);
  if (connections.fault !== undefined)
    log("warn", "too many connections for the memory", { detail: connections.fault });
  metrics.showMemoryLimit(memoryBytes);
  const listeners = {
    public: watchConnections("public", connections.limit, { config, metrics, log, now }),
    metrics: watchConnections("metrics", SCRAPERS_MAX, { config, metrics, log, now }),
  } as const;
  const watches = createLeaseWatches({ store, now, most: connectionsWithin(memoryBytes) });
  const deviceDependencies: DeviceDependencies = {
    store,
    commit,
    custody,
    keys,
    findDevice: createFindDevice(store),
    waitForNews: (lease) => watches.wait(lease),
    keepConnection(use) {
      const connection = currentConnection();
      if (connection !== undefined) listeners.public.hold(connection, use);
    },
    appendAudit,
    limit,
    clock,
    limitUnproven: createRateLimit({
      tokensPerSecond: (UNPROVEN_DEVICES * config.RATE_LIMIT_DEVICE_PER_MINUTE) / 60,
      burst: UNPROVEN_DEVICES * config.RATE_LIMIT_DEVICE_PER_MINUTE,
      now,
    }),
    unauthenticatedRows,
    settings,
    countCustomerUnlock: createCustomerQuota({
      store,
      perMinute: config.RATE_LIMIT_CUSTOMER_UNLOCKS_PER_MINUTE,
      now,
    }),
    markPrepared,
    haltCopy: (...refused) => haltCopy(deps, ...refused),
    nodeErasure: {
      may: (order) => mayEraseNode(deps, order),
      keep: (node) => keepNodeCertificate(deps, node),
    },
    now,
    metrics,
    announce,
    stillApproves,
  };
  const campaigns = createCampaignRunner({
    deps: {
      store,
      appendAudit,
      now,
      settings: deps.settings,
      identities: deps.identities,
      admitChange: deps.admitChange,
      announce,
      custody: campaignCustody,
    },
    isClosing,
  });
  const turnAway = createTurnAway({ metrics, log, now });
  const places = createPlaces({
    maxAtWork: config.MAX_REQUESTS_AT_WORK,
    utilization: dependencies.loopUtilization,
    noteTurnedAway: turnAway.note,
  });
  metrics.showPlaces(() => places.atWork());
  const readiness = createReadiness({
    store,
    clock,
    isClosing,
    now,
    vaultHealth,
    isStuck: () => places.isStuck(),
  });
  metrics.showReadiness(async () => (await readiness()).reason);
  const own: readonly Route[] = [
    ...createHealthRoutes(readiness),
    ...createDeviceRoutes(deviceDependencies),
    ...createArmRoutes(deps, hasAccess),
    ...createFigureRoutes(deps, vaultOperations),
    ...createOfflineRoutes(deviceDependencies),
    ...createOperatorRoutes(deps),
    ...createFleetViewRoutes({ store, figures, vaultHealth, now }),
    ...createKeyEventRoutes(deps),
    ...createIssuerRoutes(dependencies.tokenIssuer),
    ...createWebhookRoutes([...keys.bundle, ...keys.former]),
  ];
  const portal =
    dependencies.portal === undefined
      ? undefined
      : createPortal(dependencies.portal, {
          config,
          store,
          verifyToken: dependencies.verifyToken,
          notices: dependencies.notices,
          now,
          appendAudit,
          hasAccess,
          maySomewhere: createMaySomewhere(heldRoles),
          defaultPolicy,
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
    store,
    verifyToken: dependencies.verifyToken,
    verifyEventToken: dependencies.verifyEventToken,
    hasAccess,
    tenantId: config.TENANT_ID,
    identify,
    appendAudit,
  });
  const front = createFront({
    config,
    store,
    spans,
    log,
    now,
    routes,
    authenticate,
    identify,
    appendAudit,
    unauthenticatedRows,
    metrics,
    places,
    turnAway,
  });
  return {
    handler: front.handler,
    refuse: (request) => front.refuse(request),
    connectionsOf: (listener) => listeners[listener],
    routes,
    metrics,
    choreFailed,
    async sweep() {
      await endExpiredApprovals(deps);
      await sweepIdentities(deps);
      await unauthenticatedRows.flush();
      await vaultOperations.flush();
      await portal?.sweep();
    },
    watches,
    events: portal?.events,
    probe: () =>
      atPriority("probe", () =>
        probeKeys({
          store,
          custody,
          now,
          random: Math.random,
          intervalSeconds: config.PROBE_INTERVAL_SECONDS,
          isClosing: dependencies.isClosing,
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
          rotate: (keyAddress, orders) => rotateFollowers(deps, keyAddress, orders),
        }),
      ),
    runCampaigns: () => campaigns.run(),
    deliverEvents: () =>
      deliverEvents({
        store,
        receivers,
        now,
        random,
        log,
        sent: (...attempt) => metrics.sentEvent(...attempt),
      }),
    async idle() {
      await keyHealth.idle();
      await unauthenticatedRows.flush("now");
      await vaultOperations.flush();
    },
  };
}
