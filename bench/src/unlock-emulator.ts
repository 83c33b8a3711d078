import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { generateSigningKey } from "@databox-cmk/crypto";
import {
  createOrder,
  createVaultAndKey,
  type CustomerKey,
  enableIdentity,
  openParticipants,
  startStack,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import { createHttpsTransport, type DeviceAnswer, DeviceClient } from "@databox-cmk/testkit";

import type { BenchOutcome } from "./bench-result.ts";
import { allOf, compareUnlocks } from "./compare-unlocks.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { startUnlockLoad, type UnlockServer } from "./measure-unlocks.ts";
import { cpuSecondsOf } from "./process-usage.ts";
import type { UnlockNode } from "./unlock-lanes.ts";

const IN_FLIGHT = 64;
const RUNS = { unlocks: 3_000, rounds: 3 };

/**
 * Unlocks with the emulator of Azure on the same cores: RSA-2048, tokens, roles and Key
 * Vault's own limits.
 */
export async function run(): Promise<BenchOutcome> {
  await using world = await startEmulatorWorld(IN_FLIGHT);
  await using load = await startUnlockLoad(world.server, world.fleet, { inFlight: IN_FLIGHT });
  const [figures] = await compareUnlocks([{ name: "1 worker", load }], RUNS);
  return {
    kind: "measured",
    measurements: allOf(figures),
    ratios: [],
    notes: [
      `${String(IN_FLIGHT)} in flight of as many orders with an identity each, at five vaults of one subscription; the emulator allows it 1,000 unlocks a second, as Key Vault would; load, emulator and broker share this machine`,
    ],
    aims: [],
  };
}

/**
 * Key Vault's limits hold in the emulator too: 400 operations a second for a vault, and as much as
 * five of them for a subscription.
 */
const VAULTS = 5;
const DELIVERED_AT_ONCE = 8;
const KEY_BITS = 2048;
const NEVER_REACHED = "1000000000";

type EmulatorWorld = AsyncDisposable & {
  readonly server: UnlockServer;
  readonly fleet: readonly UnlockNode[];
};

/**
 * Emulator and broker as `npm start` runs them, and so many appliances at their customers, each
 * with an order and an identity.
 */
async function startEmulatorWorld(appliances: number): Promise<EmulatorWorld> {
  await using opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "databox-bench-"));
  opened.defer(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const stack = await startStack({
    directory: folder,
    ports: { emulator: 0, broker: 0, imds: 0, dns: 0 },
    brokerEnvironment: {
      LOG_LEVEL: "error",
      KEY_HEALTH_INTERVAL_SECONDS: "0",
      PROBE_INTERVAL_SECONDS: "3600",
      RATE_LIMIT_ADDRESS_PER_SECOND: "0",
      RATE_LIMIT_DEVICE_PER_MINUTE: "0",
      RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: NEVER_REACHED,
      RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: NEVER_REACHED,
      RATE_LIMIT_CUSTOMER_UNLOCKS_PER_MINUTE: NEVER_REACHED,
    },
  });
  opened.defer(() => stack.close());
  const { brokerUrl } = stack.description;
  using participants = openParticipants(stack);
  const customer = { ...participants, stack: stack.description, report: () => undefined };
  const transport = createHttpsTransport({
    origin: brokerUrl,
    certificateAuthorityPem: stack.caPem,
  });

  const deliver = async (name: string, key: CustomerKey): Promise<UnlockNode> => {
    const order = await createOrder(customer, name);
    const serial = `DBX-${name}`;
    await key.grant(await enableIdentity(customer, order));
    await useCustomerKey(customer, order, key);
    const [made] = await participants.operator.prepare(order.id, [serial]);
    const { key: deviceKey, privatePem } = generateSigningKey();
    const at = { order: order.id.toLowerCase(), serial };
    const device = new DeviceClient({ transport, ...at, key: deviceKey });
    mustBeAnswered(await device.enrol(made?.enrolmentCode ?? ""));
    const { answer } = await device.unlock("prepare");
    mustBeAnswered(await device.receipt(mustBeAnswered(answer), "prepared"));
    await participants.operator.advance(order.id, "dispatch");
    await participants.operator.advance(order.id, "deliver");
    return { ...at, privatePem, env: device.envelope?.env ?? "", counter: device.counter };
  };

  const vaults = Array.from({ length: VAULTS }, (_, index) => `bench${String(index)}`);
  const keys = await eachAtOnce(1, vaults, (name) => createVaultAndKey(customer, name, KEY_BITS));
  const orders = Array.from({ length: appliances }, (_, index) => index);
  const fleet = await eachAtOnce(DELIVERED_AT_ONCE, orders, (index) => {
    const key = keys[index % keys.length];
    if (key === undefined) throw new TypeError("there is no vault");
    return deliver(`bench-${String(index)}`, key);
  });
  transport.close();
  const resources = opened.move();
  return {
    server: {
      port: Number(new URL(brokerUrl).port),
      caPem: stack.caPem,
      folder,
      cpuSeconds: () => cpuSecondsOf(stack.broker().pid),
    },
    fleet,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** @returns its text */
function mustBeAnswered(answer: DeviceAnswer<unknown>): string {
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  return answer.text;
}
