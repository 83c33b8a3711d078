import { generateSigningKey } from "@databox-cmk/crypto";
import {
  createOrder,
  createVaultAndKey,
  type CustomerKey,
  enableIdentity,
  openParticipants,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import { createHttpsTransport, type DeviceAnswer, DeviceClient } from "@databox-cmk/testkit";

import { NO_PROBES, WIDE_QUOTAS } from "./bench-broker.ts";
import { type BenchOutcome, measured } from "./bench-result.ts";
import { allOf, compareUnlocks } from "./compare-unlocks.ts";
import { eachAtOnce } from "./each-at-once.ts";
import type { LoadNode } from "./load.ts";
import { startUnlockLoad } from "./measure-unlocks.ts";
import { type BenchStack, startBenchStack } from "./start-bench-stack.ts";

const IN_FLIGHT = 64;
const RUNS = { unlocks: 3_000, rounds: 3 };

/**
 * Unlocks with the emulator of Azure on the same cores: RSA-2048, tokens, roles and Key
 * Vault's own limits.
 */
export async function run(): Promise<BenchOutcome> {
  await using world = await startBenchStack({
    ...NO_PROBES,
    ...WIDE_QUOTAS,
    RATE_LIMIT_DEVICE_PER_MINUTE: "0",
  });
  const fleet = await deliverFleet(world, IN_FLIGHT);
  await using load = await startUnlockLoad(world.server, fleet, { inFlight: IN_FLIGHT });
  const [figures] = await compareUnlocks([{ name: "1 worker", load }], RUNS);
  return measured({
    measurements: allOf(figures),
    notes: [
      `${String(IN_FLIGHT)} in flight of as many orders with an identity each, at five vaults of one subscription; the emulator allows it 1,000 unlocks a second, as Key Vault would; load, emulator and broker share this machine`,
    ],
  });
}

/**
 * Key Vault's limits hold in the emulator too: 400 operations a second for a vault, and as much as
 * five of them for a subscription.
 */
const VAULTS = 5;
const DELIVERED_AT_ONCE = 8;
const KEY_BITS = 2048;

/** So many appliances at their customers, each with an order and an identity. */
async function deliverFleet(
  { stack }: BenchStack,
  appliances: number,
): Promise<readonly LoadNode[]> {
  using participants = openParticipants(stack);
  const customer = { ...participants, stack: stack.description, report: () => undefined };
  const transport = createHttpsTransport({
    origin: stack.description.brokerUrl,
    certificateAuthorityPem: stack.caPem,
  });

  const deliver = async (name: string, key: CustomerKey): Promise<LoadNode> => {
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
  return fleet;
}

/** @returns its text */
function mustBeAnswered(answer: DeviceAnswer<unknown>): string {
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  return answer.text;
}
