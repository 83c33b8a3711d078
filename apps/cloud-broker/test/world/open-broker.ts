import { createSecretKey, randomBytes } from "node:crypto";
import { join } from "node:path";

import { generateSigningKey, openEnvelope, parseEnvelope } from "@databox-cmk/crypto";
import type { StageName } from "@databox-cmk/protocol";
import {
  DeviceClient,
  openTemporaryFolder,
  type RawAnswer,
  type Transport,
} from "@databox-cmk/testkit";
import { expect } from "vitest";
import * as z from "zod";

import type { PortalParts } from "../../src/api/portal/create-portal.ts";
import { type ChainVerdict, verifyChain } from "../../src/audit/verify-chain.ts";
import type { Azure, AzureDependencies } from "../../src/azure/create-azure.ts";
import type { RoleAssignment } from "../../src/callers/held-roles.ts";
import { createReadConnected } from "../../src/callers/tenants.ts";
import { createVerifyTenants } from "../../src/callers/verify-tenants.ts";
import { armAudiences, createVerifyToken } from "../../src/callers/verify-token.ts";
import { parseConfig } from "../../src/config/config.ts";
import { failed } from "../../src/core/failed.ts";
import { foldOrderId } from "../../src/core/order.ts";
import type { Failure } from "../../src/core/ports.ts";
import { type Broker, createBroker } from "../../src/create-broker.ts";
import { NO_NOTICES, type Notices } from "../../src/events/open-notices.ts";
import type { PostEvent } from "../../src/events/post-event.ts";
import type { Timeouts } from "../../src/http/listen.ts";
import { noSpans } from "../../src/http/spans.ts";
import type { BrokerKeys } from "../../src/keys/broker-keys.ts";
import { openFileIssuerKeys } from "../../src/keys/issuer/file-issuer-keys.ts";
import type { IssuerKeys } from "../../src/keys/issuer/issuer-keys.ts";
import { createTokenIssuer as createOwnIssuer } from "../../src/keys/issuer/token-issuer.ts";
import { ringPaths } from "../../src/keys/key-ring.ts";
import { RINGS } from "../../src/keys/own-secrets.ts";
import { openSecretFile } from "../../src/keys/secret-file.ts";
import { type ClockWatch, createClockWatch } from "../../src/observability/clock-watch.ts";
import { createLog } from "../../src/observability/log.ts";
import { createCommit } from "../../src/store/group-commit.ts";
import type { Store } from "../../src/store/store.ts";
import type { Commit } from "../../src/store/transactions.ts";
import { ENGINE, openTestStore } from "../store/open-test-store.ts";
import { SERVICE_KEY } from "./custody-dependencies.ts";
import {
  CUSTOMER_KEY,
  createCustomerVault,
  type CustomerVault,
  VAULT_NAME,
} from "./customer-vault.ts";
import { exactly } from "./exactly.ts";
import { createFakeIdentities, type FakeIdentities, TENANT_ID } from "./fake-identities.ts";
import { fakeCallerResources, type FakeTenants, hiddenFrom } from "./fake-tenants.ts";
import { API, jobPath, minimalJob } from "./jobs.ts";
import { CA_PEM, openListener, type OpenListener } from "./open-listener.ts";
import { placeOfBug } from "./place-of-bug.ts";
import { readChain, readTrail } from "./read-trail.ts";
import { createTokenIssuer, type TokenClaims } from "./token-issuer.ts";

const PREPARED = z.object({
  nodes: z.array(z.object({ serial: z.string(), enrolmentCode: z.string() })),
});
export const EVENT_AUDIENCE = "api://databox-events";

export type JsonAnswer = RawAnswer & {
  // oxlint-disable-next-line typescript/no-explicit-any -- what a client reads, not yet judged
  readonly json: any;
};

/** createBroker, whole, on TLS and a database file: only Azure is played in memory. */
export type Replica = OpenListener & { readonly store: Store; readonly broker: Broker };

type UnwrapKey = CustomerVault["vaults"]["port"]["unwrapKey"];

/** A node of an order that is prepared, which has not enrolled. */
export type PreparedNode = { readonly device: DeviceClient; readonly code: string };

export type BrokerWorld = AsyncDisposable & {
  /** The database of SQLite, and keys of the broker. */
  readonly folder: string;
  readonly clock: { nowMs: number };
  /** Of all replicas. */
  readonly clockWatch: ClockWatch;
  /** How busy the event loops seem to be. */
  readonly loop: { utilization: number };
  readonly vaults: CustomerVault["vaults"];
  readonly identities: FakeIdentities;
  /** The way to the broker; another one after a restart. */
  transport(): Transport;
  /** The settings that another process needs to call it. */
  readonly caPem: string;
  /** The first replica's, where it also says Resource Manager is. */
  url(): string;
  readonly keys: BrokerKeys;
  token(claims?: TokenClaims): Promise<string>;
  /** The only version of the customer's key. */
  readonly kid: string;
  /** How often a key was asked to unwrap. */
  unwraps(): number;
  /** While set: stands between the broker and the keys that unwrap. */
  aroundUnwrap:
    | ((
        unwrap: () => ReturnType<UnwrapKey>,
        ...call: Parameters<UnwrapKey>
      ) => ReturnType<UnwrapKey>)
    | undefined;
  readonly logLines: string[];
  /** Role assignments in Resource Manager, by principal. */
  readonly assignments: Map<string, readonly RoleAssignment[]>;
  /** While set: why the broker cannot read role assignments. */
  readonly hidden: { roles: Failure | undefined };
  /** Resource Manager as callers of other tenants see it. */
  readonly tenants: FakeTenants;
  /** Principals whose accounts were disabled or deleted. */
  readonly disabled: Set<string>;
  /** The receivers' answers to events; 204 until a test sets another one. */
  readonly receivers: { post: PostEvent };
  /** The first replica's. */
  store(): Store;
  broker(): Broker;
  replicas(): readonly Replica[];
  /**
   * Restarts the broker as after a crash or an update: the same folder, new memory.
   *
   * @param how - one that crashed finishes nothing
   * @param meanwhile - while no process has the database open
   */
  restart(how?: "crashed", meanwhile?: () => Promise<void> | void): Promise<void>;
  call(
    method: string,
    path: string,
    options?: {
      readonly body?: unknown;
      readonly claims?: TokenClaims | "none";
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<JsonAnswer>;
  operator(action: string, job: string, body?: unknown): Promise<JsonAnswer>;
  /** A device that knows the broker's keys, so that it can read any answer. */
  device(order: string, serial: string): DeviceClient;
  /** An order with the customer's key that is being prepared; its nodes, of which the larger has two. */
  preparing(job: string, sku?: "DataBox" | "DataBoxHeavy"): Promise<readonly PreparedNode[]>;
  /**
   * An order with the customer's key, prepared; its one node. Another customer has another
   * subscription.
   */
  prepared(job: string, subscriptionId?: string): Promise<DeviceClient>;
  /** The same, delivered. */
  delivered(job: string, subscriptionId?: string): Promise<DeviceClient>;
  /** Both nodes of an order of the larger appliance, delivered. */
  deliveredHeavy(job: string): Promise<readonly DeviceClient[]>;
  setStage(order: string, stage: StageName): Promise<void>;
  /** The rows of a chain, an order's or `broker`; without a name those of all. */
  audit(chain?: string): Promise<readonly Record<string, unknown>[]>;
  verifyAudit(chain: string): Promise<ChainVerdict>;
  /** @returns the passkey, if this content key opens the envelope that the device keeps */
  opened(device: DeviceClient, contentKey: Uint8Array | undefined): Promise<string | undefined>;
};

type BrokerOverrides = {
  /** Added to those of a broker without rate limits. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * How many brokers share the database; requests alternate between them. On PostgreSQL three by
   * default, so that one replica continues the work of another.
   */
  readonly replicas?: number;
  /** Teams, Slack and e-mail; none by default. */
  readonly notices?: Notices;
  /** Of the listeners; the broker's own by default. */
  readonly timeouts?: Timeouts;
  /** Absent: the broker serves no portal. */
  readonly portal?: PortalParts;
  /** Stands between the broker and its database. */
  readonly openStore?: (path: string) => Promise<Store>;
  /** Azure's adapters; absent: vaults, identities and roles in memory. */
  readonly openAzure?: (
    deps: Pick<AzureDependencies, "signAssertion" | "now" | "clock">,
  ) => Pick<Azure, "vaults" | "identities" | "resources" | "roles">;
  /** Stands between the broker and the commits of device work. */
  readonly wrapCommit?: (commit: Commit) => Commit;
};

export async function openBroker({
  settings = {},
  replicas = ENGINE === "postgres" ? 3 : 1,
  notices = NO_NOTICES,
  timeouts,
  portal,
  openStore = openTestStore,
  wrapCommit = (commit) => commit,
  openAzure,
}: BrokerOverrides = {}): Promise<BrokerWorld> {
  const folder = openTemporaryFolder();
  const clock = { nowMs: Date.parse("2026-01-02T03:04:05.678Z") };
  const loop = { utilization: 0 };
  const now = (): number => clock.nowMs;
  const clockWatch = createClockWatch(now);
  const customer = createCustomerVault(now);
  let unwraps = 0;
  const { port } = customer.vaults;
  const { unwrapKey } = port;
  port.unwrapKey = (...call) => {
    unwraps += 1;
    const unwrap = () => unwrapKey(...call);
    return world.aroundUnwrap?.(unwrap, ...call) ?? unwrap();
  };
  const identities = createFakeIdentities((principalId) => {
    customer.vaults.grant(VAULT_NAME, principalId);
  });
  const entra = await createTokenIssuer(TENANT_ID, () => `${first().url}/`, now);
  const { key: signing } = generateSigningKey();
  const keys: BrokerKeys = {
    signing,
    nonce: createSecretKey(randomBytes(32)),
    bundle: [signing.publicJwk],
    former: [],
  };
  const tokenIssuer = createOwnIssuer(
    await openIssuerKeys(folder.path, now),
    "https://broker.localhost",
    now,
  );
  const logLines: string[] = [];
  const assignments = new Map<string, readonly RoleAssignment[]>();
  const disabled = new Set<string>();
  const tenants: FakeTenants = { subscriptions: new Map(), identities: new Map() };
  const hidden: BrokerWorld["hidden"] = { roles: undefined };
  const posted: { post: PostEvent } = { post: () => Promise.resolve({ status: 204 }) };
  const variables = {
    BROKER_TLS_CERTIFICATE_FILE: "-",
    BROKER_TLS_KEY_FILE: "-",
    BROKER_DATA_DIR: folder.path,
    BROKER_URL: "https://broker.localhost",
    TENANT_ID,
    ENTRA_AUTHORITY: "https://login.localhost",
    KEY_VAULT_SUFFIXES: "vault.test",
    SERVICE_KEY_URL: `${SERVICE_KEY.vaultUrl}/keys/${SERVICE_KEY.keyName}`,
    IDENTITY_RESOURCE_GROUP:
      "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
    RATE_LIMIT_ADDRESS_PER_SECOND: "0",
    RATE_LIMIT_DEVICE_PER_MINUTE: "0",
    RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: "0",
    RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: "0",
    RATE_LIMIT_CUSTOMER_UNLOCKS_PER_MINUTE: "0",
    LRO_RETRY_AFTER_SECONDS: "0",
    ...settings,
  };

  let running: Replica[] = [];
  const first = (): Replica => {
    const [replica] = running;
    if (replica === undefined) throw new Error("no replica runs");
    return replica;
  };

  async function startReplica(store: Store): Promise<void> {
    const listener = await openListener((...request) => broker.handler(...request), {
      ...(timeouts !== undefined && { timeouts }),
      balancers: parseConfig(variables).PROXY_PROTOCOL_FROM,
      refuse: (request) => broker.refuse(request),
      connections: {
        enter: (...connection) => connections.enter(...connection),
        secured: (...connection) => connections.secured(...connection),
        hold: (...connection) => connections.hold(...connection),
        leave: (connection) => connections.leave(connection),
        open: () => connections.open(),
      },
    });
    const config = parseConfig({ ...variables, ARM_URL: (running[0] ?? listener).url });
    const verifyTokenFor = (audiences: readonly string[], tenantId = TENANT_ID) =>
      createVerifyToken(
        { authorityUrl: config.ENTRA_AUTHORITY, tenantId, audiences, now },
        entra.keys,
      );
    const audiences = armAudiences([config.ARM_URL]);
    const broker = createBroker({
      config,
      serviceKey: SERVICE_KEY,
      store,
      commit: wrapCommit(createCommit(store)),
      keys,
      tokenIssuer,
      spans: noSpans,
      vaults: customer.vaults.port,
      identities,
      resources: customer.vaults.resources,
      roles: {
        roleAssignments: (principalId, scope) => {
          const failure = hidden.roles ?? hiddenFrom(TENANT_ID, scope, tenants);
          return Promise.resolve(
            failure === undefined
              ? { ok: true, value: assignments.get(principalId) ?? [] }
              : failed(failure),
          );
        },
        isEnabled: (principalId) =>
          Promise.resolve({ ok: true, value: !disabled.has(principalId) }),
      },
      ...openAzure?.({
        signAssertion: (order) => tokenIssuer.signAssertion(order),
        now,
        clock: clockWatch,
      }),
      verifyToken: createVerifyTenants(
        { tenantId: TENANT_ID, verify: verifyTokenFor(audiences) },
        createReadConnected(store, now),
        (tenantId) => verifyTokenFor(audiences, tenantId),
        (_token, tenantId) => fakeCallerResources(tenantId, tenants, assignments),
      ),
      verifyEventToken: verifyTokenFor([EVENT_AUDIENCE]),
      portal,
      isClosing: () => false,
      post: (url, headers, body) => posted.post(url, headers, body),
      notices,
      random: () => 0.5,
      now,
      clock: clockWatch,
      loopUtilization: () => loop.utilization,
      log: createLog("info", (line) => {
        logLines.push(line);
        const place = placeOfBug(line);
        if (place !== undefined) process.stderr.write(`${place}\n`);
      }),
    });
    const connections = broker.connectionsOf("public");
    running.push({ store, broker, ...listener });
  }

  async function start(): Promise<void> {
    const path = join(folder.path, "broker.sqlite");
    // One process has one connection to a SQLite file: it would wait for itself.
    const shared = ENGINE === "sqlite" ? await openStore(path) : undefined;
    running = [];
    while (running.length < replicas) await startReplica(shared ?? (await openStore(path)));
  }

  async function stop(how?: "crashed"): Promise<void> {
    for (const replica of running) {
      if (how !== "crashed") replica.broker.watches.close();
      await replica[Symbol.asyncDispose]();
      if (how !== "crashed") await replica.broker.idle();
    }
    for (const store of new Set(running.map((replica) => replica.store))) await store.destroy();
  }

  const operate = (action: string, order: string, body?: unknown) =>
    world.call("POST", `/operator/v1${order}/${action}`, {
      claims: { roles: ["DataBox.Operator"] },
      ...(body === undefined ? {} : { body }),
    });

  /** Places an order with the customer's key, and begins to prepare it. */
  async function beginPreparing(
    order: string,
    sku: "DataBox" | "DataBoxHeavy" = "DataBox",
  ): Promise<readonly PreparedNode[]> {
    const path = `${order}?${API}`;
    expectStatus(202, await world.call("PUT", path, { body: minimalJob(sku) }));
    const identity = { identity: { type: "SystemAssigned" } };
    expectStatus(202, await world.call("PATCH", path, { body: identity }));
    const key = {
      properties: {
        details: {
          keyEncryptionKey: {
            ...CUSTOMER_KEY,
            identityProperties: { type: "SystemAssigned" },
          },
        },
      },
    };
    expectStatus(202, await world.call("PATCH", path, { body: key }));
    const { json } = expectStatus(200, await operate("prepare", order));
    return PREPARED.parse(json).nodes.map(({ serial, enrolmentCode: code }) => ({
      device: world.device(order.toLowerCase(), serial),
      code,
    }));
  }

  async function prepareNodes(
    order: string,
    sku: "DataBox" | "DataBoxHeavy",
  ): Promise<readonly DeviceClient[]> {
    const devices: DeviceClient[] = [];
    for (const { device, code } of await beginPreparing(order, sku)) {
      const enrolled = await device.enrol(code);
      if (enrolled.kind !== "answer") throw new Error(JSON.stringify(enrolled));
      const { answer: granted } = await device.unlock("prepare");
      if (granted.kind !== "answer") throw new Error(JSON.stringify(granted));
      const receipt = await device.receipt(granted.text, "prepared");
      if (receipt.kind !== "answer") throw new Error(JSON.stringify(receipt));
      devices.push(device);
    }
    return devices;
  }

  async function deliverOrder(order: string): Promise<void> {
    expectStatus(200, await operate("dispatch", order));
    expectStatus(200, await operate("deliver", order));
  }

  let turn = 0;
  const transport: Transport = {
    send(...request) {
      turn += 1;
      return (running[turn % running.length] ?? first()).transport.send(...request);
    },
    close: () => undefined,
  };

  const world: BrokerWorld = {
    folder: folder.path,
    clock,
    clockWatch,
    loop,
    vaults: customer.vaults,
    identities,
    transport: () => transport,
    caPem: CA_PEM,
    url: () => first().url,
    keys,
    token: (claims) => entra.token(claims),
    kid: customer.kid,
    unwraps: () => unwraps,
    aroundUnwrap: undefined,
    logLines,
    assignments,
    tenants,
    disabled,
    hidden,
    receivers: posted,
    store: () => first().store,
    broker: () => first().broker,
    replicas: () => running,
    async restart(how, meanwhile) {
      await stop(how);
      await meanwhile?.();
      await start();
    },
    async call(method, path, { body, claims, headers } = {}) {
      const answer = await transport.send(method, path, {
        headers: {
          ...(claims !== "none" && {
            authorization: `Bearer ${await entra.token(claims ?? { roles: ["Owner"] })}`,
          }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const { text } = answer;
      const json: unknown = text.startsWith("{") ? JSON.parse(text) : undefined;
      expectDescribed(first().broker.routes, { method, path, status: answer.status, json });
      return { ...answer, json };
    },
    operator: (action, job, body) => operate(action, jobPath(job), body),
    device(order, serial) {
      const device = new DeviceClient({ transport, order, serial });
      device.brokerKeys = keys.bundle;
      return device;
    },
    preparing: (job, sku) => beginPreparing(jobPath(job), sku),
    async prepared(job, subscriptionId) {
      const [device] = await prepareNodes(jobPath(job, undefined, subscriptionId), "DataBox");
      if (device === undefined) throw new Error("no node");
      return device;
    },
    async delivered(job, subscriptionId) {
      const device = await world.prepared(job, subscriptionId);
      await deliverOrder(jobPath(job, undefined, subscriptionId));
      return device;
    },
    async deliveredHeavy(job) {
      const devices = await prepareNodes(jobPath(job), "DataBoxHeavy");
      await deliverOrder(jobPath(job));
      return devices;
    },
    async setStage(order, stage) {
      await first()
        .store.updateTable("orders")
        .set({ stage })
        .where("id", "=", foldOrderId(order))
        .execute();
    },
    audit: (chain) => readTrail(first().store, chain),
    verifyAudit: async (chain) => verifyChain(chain, await readChain(first().store, chain)),
    async opened({ envelope, order, serial }, contentKey) {
      if (envelope === undefined || contentKey === undefined) return undefined;
      const context = { env: envelope.env, ord: order, dev: serial };
      const passkey = await openEnvelope(parseEnvelope(envelope.jwe), contentKey, context);
      return Buffer.from(passkey).toString();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      folder[Symbol.dispose]();
    },
  };
  await start();
  return world;
}

/** The keys of every issuer of this file: making two RSA keys takes longer than most tests. */
const issuerPems = new Map<"current" | "next", Uint8Array>();

async function openIssuerKeys(folder: string, now: () => number): Promise<IssuerKeys> {
  const { file, make } = RINGS.issuer;
  const paths = ringPaths(folder, file);
  for (const key of ["current", "next"] as const) {
    const pem = await openSecretFile(paths[key], () => issuerPems.get(key) ?? make());
    issuerPems.set(key, pem);
  }
  return openFileIssuerKeys(folder, now);
}

/** Every answer of every test is one that the route's row, and so the API's document, describes. */
function expectDescribed(
  routes: Broker["routes"],
  { method, path, status, json }: { method: string; path: string; status: number; json: unknown },
): void {
  if (status >= 300) return;
  const [asked = ""] = path.split("?");
  const { described } =
    routes.find((route) => route.method === method && patternOf(route.path).test(asked)) ?? {};
  if (described === undefined) return;
  expect(Object.keys(described.answers), `${method} ${asked}`).toContain(String(status));
  const schema = described.answers[status];
  if (schema !== undefined) exactly(schema, json);
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`, "i");

function expectStatus(status: number, answer: JsonAnswer): JsonAnswer {
  if (answer.status !== status) throw new Error(JSON.stringify(answer));
  return answer;
}
