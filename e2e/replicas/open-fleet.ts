import {
  createOrder,
  type CustomerKey,
  enableIdentity,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import {
  createHttpsTransport,
  DeviceClient,
  startPostgres,
  type PostgresServer,
  type Transport,
} from "@databox-cmk/testkit";

import { openWorld, type World } from "../harness/open-world.ts";
import { type Balancer, openBalancer } from "./balancer.ts";
import { type DatabaseLink, openDatabaseLink } from "./database-link.ts";
import { createReplica, type Replica } from "./replica-process.ts";

export type Engine = "sqlite" | "postgres";

/**
 * Brokers in processes of their own behind one address, over one database; the rest of the local
 * stack around them.
 */
export type Fleet = AsyncDisposable & {
  readonly world: World;
  readonly replicas: readonly Replica[];
  readonly balancer: Balancer;
  /** Of each replica; none on SQLite, whose file needs no way. */
  readonly links: readonly DatabaseLink[];
  readonly server: PostgresServer | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly key: CustomerKey;
  /** A new connection for each request: each goes to the next replica. */
  readonly transport: Transport;
  /** Uses the emulator's control API. */
  readonly control: Transport;
  /** The enrolled node of a new order at the customer's site, under the customer's key. */
  deliver(name: string): Promise<DeviceClient>;
};

const REPLICAS = { sqlite: 1, postgres: 3 } as const;
/** How long a replica that is silent may hold locks. */
const DATABASE_TIMEOUT_SECONDS = 3;

/** @param broker - script of another version's broker */
export async function openFleet(engine: Engine, broker?: string): Promise<Fleet> {
  await using opened = new AsyncDisposableStack();
  const world = opened.use(
    await openWorld(() => ({
      ...(broker !== undefined && { brokerMain: broker }),
      brokerEnvironment: {
        BROKER_PORT: "0",
        KEY_HEALTH_INTERVAL_SECONDS: "0",
        KEY_POLL_INTERVAL_SECONDS: "0",
        RATE_LIMIT_ADDRESS_PER_SECOND: "0",
        RATE_LIMIT_DEVICE_PER_MINUTE: "0",
        RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: "0",
        RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: "0",
      },
    })),
  );
  const { stack } = world;
  // It has made the keys that its successors share.
  await stack.broker().stop();
  const server = engine === "postgres" ? opened.use(await startPostgres()) : undefined;
  const links: DatabaseLink[] = [];
  const replicas: Replica[] = [];
  while (replicas.length < REPLICAS[engine]) {
    const link = server === undefined ? undefined : opened.use(await openDatabaseLink(server));
    if (link !== undefined) links.push(link);
    const replica = await createReplica(
      {
        ...stack.brokerEnvironment,
        ...(link === undefined
          ? {}
          : {
              DATABASE_URL: link.url,
              DATABASE_TIMEOUT_SECONDS: String(DATABASE_TIMEOUT_SECONDS),
            }),
      },
      stack.caPem,
      broker,
    );
    opened.defer(() => replica.kill());
    replicas.push(replica);
  }
  await Promise.all(replicas.map((replica) => replica.start()));
  const balancer = opened.use(
    await openBalancer(Number(new URL(stack.description.brokerUrl).port), () =>
      replicas.map((replica) => replica.port()),
    ),
  );
  const direct = createHttpsTransport({
    origin: stack.description.brokerUrl,
    certificateAuthorityPem: stack.caPem,
  });
  const transport: Transport = {
    send: (method, path, options = {}) =>
      direct.send(method, path, {
        ...options,
        headers: { ...options.headers, connection: "close" },
      }),
    close: () => undefined,
  };
  const control = createHttpsTransport({
    origin: stack.description.emulatorControlUrl,
    certificateAuthorityPem: stack.caPem,
  });
  opened.defer(() => {
    direct.close();
    control.close();
  });
  const key = await world.createVault(`contoso${engine}`);
  const resources = opened.move();
  return {
    world,
    replicas,
    balancer,
    links,
    server,
    key,
    transport,
    control,
    environment: {
      ...stack.brokerEnvironment,
      ...(server === undefined ? {} : { DATABASE_URL: server.url("postgres") }),
    },
    deliver: (name) => deliver({ world, key, transport }, name),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function deliver(
  { world, key, transport }: Pick<Fleet, "world" | "key" | "transport">,
  name: string,
): Promise<DeviceClient> {
  const order = await createOrder(world.customerContext, name);
  const serial = `DBX-${name}`;
  await key.grant(await enableIdentity(world.customerContext, order));
  await useCustomerKey(world.customerContext, order, key);
  const [made] = await world.operator.prepare(order.id, [serial]);
  const device = new DeviceClient({ transport, order: order.id.toLowerCase(), serial });
  const enrolled = await device.enrol(made?.enrolmentCode ?? "");
  if (enrolled.kind !== "answer") throw new Error(JSON.stringify(enrolled));
  const { answer: granted } = await device.unlock("prepare");
  if (granted.kind !== "answer") throw new Error(JSON.stringify(granted));
  const receipt = await device.receipt(granted.text, "prepared");
  if (receipt.kind !== "answer") throw new Error(JSON.stringify(receipt));
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  return device;
}
