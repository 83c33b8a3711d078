// @module-tag one-engine

import { once } from "node:events";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { connect as connectPlain, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { connect, createSecureContext } from "node:tls";

import { generateSigningKey, importSigningKey, type SigningKey } from "@databox-cmk/crypto";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { DeviceClient, LeaseClient, requireTool } from "@databox-cmk/testkit";
import { afterAll, expect, test, vi } from "vitest";

import { RINGS } from "../../src/keys/own-secrets.ts";
import { connectionsWithin } from "../../src/load/memory.ts";
import { createBrokerEnvironment } from "../serve/broker-environment.ts";
import { buildBroker } from "../serve/build-broker.ts";
import { startProcess } from "../serve/start-process.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { CA_PEM } from "../world/open-listener.ts";
import { orderRow } from "../world/order-row.ts";

const MIB = 1024 * 1024;
const MEMORY_BYTES = 144 * MIB;
/** Appliances that are unlocked; each later one waits for news. More than there are places. */
const APPLIANCES = 500;
const orderOf = (index: number) => ({
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  resourceGroup: "small",
  name: `memory-${String(index)}`,
});
const serialOf = (index: number): string => `DBX-MEMORY-${String(index)}`;
const leaseOf = (index: number) => ({
  id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  ttlSeconds: 60,
  outageGraceSeconds: 86_400,
  sequence: 0,
});

const CONTROL_GROUPS = [
  { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes" },
  { root: "/sys/fs/cgroup", limit: "memory.max" },
];
/** Why this user cannot make a group of processes that the kernel ends when they hold more memory. */
const reasons: string[] = [];
/** Version 1 or 2 of control groups. */
const group = CONTROL_GROUPS.reduce<string | undefined>(
  (made, each) => made ?? makeMemoryGroup(each),
  undefined,
);
const canLimitMemory = requireTool(
  `the right to limit memory (${reasons.join("; ")})`,
  group !== undefined,
);

function makeMemoryGroup({ root, limit }: (typeof CONTROL_GROUPS)[number]): string | undefined {
  const folder = join(root, `databox-test-${String(process.pid)}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, limit), String(MEMORY_BYTES), { flag: "r+" });
    return folder;
  } catch (error) {
    reasons.push(String(error));
    removed(folder);
    return undefined;
  }
}
// The kernel lets a group go a moment after its last process has ended.
afterAll(() => vi.waitUntil(() => removed(group)));

function removed(folder = ""): boolean {
  if (existsSync(folder))
    try {
      rmdirSync(folder);
    } catch {
      return false;
    }
  return true;
}

/** Unlocked appliances, written straight into the broker's database. */
async function seedLeases(dataDir: string, keys: readonly SigningKey[]): Promise<void> {
  await mkdir(dataDir, { mode: 0o700 });
  const store = await openTestStore(join(dataDir, "broker.sqlite"));
  const nowMs = Date.now();
  for (const [index, key] of keys.entries()) {
    const row = orderRow(orderOf(index), nowMs);
    const node = { order_id: row.id, serial: serialOf(index) };
    const { id, ttlSeconds, outageGraceSeconds } = leaseOf(index);
    await store.insertInto("orders").values(row).execute();
    await store
      .insertInto("nodes")
      .values({
        ...node,
        ordinal: 0,
        passkey_origin: "generated",
        device_kid: key.kid,
        device_jwk_json: JSON.stringify(key.publicJwk),
        minimum_suite: "X25519",
        last_counter: 0,
        prepared_at_ms: nowMs,
      })
      .execute();
    await store
      .insertInto("envelopes")
      .values({ ...node, generation: 1, env: "e", kid: "k", jwe_json: "{}", created_at_ms: nowMs })
      .execute();
    await store
      .insertInto("leases")
      .values({
        id,
        ...node,
        purpose: "unlock",
        grant_hash: "g",
        boot_id: "00000000-0000-4000-8000-000000000001",
        sequence: 0,
        last_counter: 0,
        state: "live",
        ttl_seconds: ttlSeconds,
        outage_grace_seconds: outageGraceSeconds,
        granted_at_ms: nowMs,
        renewed_at_ms: nowMs,
        grace_until_reboot: 0,
      })
      .execute();
  }
  await store.destroy();
}

/** The first bytes of a TLS client, which then says nothing more. */
async function readClientHello(): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
  client.on("error", () => undefined);
  const [socket] = (await once(server, "connection")) as [Socket];
  const [hello] = (await once(socket, "data")) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

/** Resolves also when the broker closes the connection. */
const untilEither = (socket: Socket, event: "connect" | "data"): Promise<unknown> =>
  new Promise((resolve) => socket.once(event, resolve).once("close", resolve));

const ADDRESSES = 4;
const STRANGERS = 1_500;

test.runIf(canLimitMemory)(
  "neither a stranger with four addresses nor a large fleet ends a broker with little memory, or its leases",
  async () => {
    using environment = await createBrokerEnvironment();
    using built = await buildBroker();
    const keys = Array.from({ length: APPLIANCES }, () => generateSigningKey().key);
    await seedLeases(environment.dataDir, keys);
    using broker = startProcess(environment.variables, built.main);
    const { child, ended } = broker;
    writeFileSync(join(group ?? "", "cgroup.procs"), String(child.pid), { flag: "r+" });
    const { port } = await broker.ready();
    const pem = await readFile(join(environment.dataDir, `${RINGS.signing.file}.pem`), "latin1");
    const brokerKeys = [importSigningKey(pem).publicJwk];
    const transports = new Set<ReturnType<typeof environment.transport>>();
    const holderOf = (index: number): LeaseClient => {
      const transport = environment.transport(port);
      transports.add(transport);
      const order = orderRow(orderOf(index), 0).id;
      const key = keys[index] ?? generateSigningKey().key;
      const device = new DeviceClient({ transport, order, serial: serialOf(index), key });
      device.brokerKeys = brokerKeys;
      return new LeaseClient(device, leaseOf(index));
    };
    const holder = holderOf(0);
    let isCut = false;
    const watching = holder.watch().catch(() => {
      isCut = true;
    });

    const hello = await readClientHello();
    const secureContext = createSecureContext({ ca: CA_PEM });
    const sockets = new Set<Socket>();
    const plain = async (index: number): Promise<Socket> => {
      const localAddress = `127.0.0.${String(10 + (index % ADDRESSES))}`;
      const socket = connectPlain({ host: "127.0.0.1", port, localAddress });
      socket.on("error", () => undefined);
      sockets.add(socket);
      await untilEither(socket, "connect");
      return socket;
    };
    const floods = {
      silent: plain,
      "half a handshake": async (index: number) => (await plain(index)).write(hello),
      "one request": async (index: number) => {
        const secure = connect({ socket: await plain(index), secureContext, servername: "b" });
        secure.on("error", () => undefined);
        secure.write("GET /healthz HTTP/1.1\r\nhost: b\r\n\r\n");
        await untilEither(secure, "data");
      },
    };
    for (const open of Object.values(floods)) {
      for (let index = 0; index < STRANGERS; index += 1) await open(index);
      expect(child.exitCode ?? child.signalCode).toBeNull();
      expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
    }
    expect(connectionsWithin(MEMORY_BYTES)).toBeLessThan(STRANGERS / 4);
    expect(isCut).toBe(false);

    for (const socket of sockets) socket.destroy();
    // Those without a place are closed, and come again at their time.
    const answers: string[] = [];
    for (let index = 1; index < APPLIANCES; index += 1)
      void holderOf(index)
        .watch()
        .then(
          ({ typ }) => answers.push(typ),
          () => answers.push("closed"),
        );
    const waiting = () => APPLIANCES - 1 - answers.length;
    await vi.waitUntil(() => waiting() <= connectionsWithin(MEMORY_BYTES), { timeout: 60_000 });
    expect(waiting()).toBeGreaterThan(connectionsWithin(MEMORY_BYTES) / 2);
    expect(child.exitCode ?? child.signalCode).toBeNull();
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);

    child.kill("SIGTERM");
    await watching;
    expect((await ended).code).toBe(0);
    for (const transport of transports) transport.close();
  },
);
