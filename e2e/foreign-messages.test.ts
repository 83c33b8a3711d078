import { FOREIGN_UNLOCKS } from "@databox-cmk/conformance";
import { messageHash } from "@databox-cmk/crypto";
import { createOrder, type StoryOrder } from "@databox-cmk/local-stack";
import { DEVICE_ROUTES } from "@databox-cmk/protocol";
import { createHttpsTransport, DeviceClient, type Transport } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { readAuditRows } from "./harness/audit-rows.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { countVaultCalls, type VaultCalls } from "./harness/vault-calls.ts";
import { verifyAudit } from "./harness/verify-audit.ts";

const MESSAGE_MAX_BYTES = 16 * 1024;
const ACTIVITY_VERSION = "2025-07-01";

let world: World;
let broker: Transport;
let control: Transport;
let arm: Transport;
let vaultCalls: VaultCalls;
let victim: DeviceClient;
let stranger: DeviceClient;

beforeAll(async () => {
  // Vault calls are counted, so the broker makes none by itself.
  const quiet = { PROBE_INTERVAL_SECONDS: "3600", KEY_HEALTH_INTERVAL_SECONDS: "0" };
  world = await openWorld(() => ({ brokerEnvironment: quiet }));
  const { caPem: certificateAuthorityPem, description } = world.stack;
  const connect = (origin: string) => createHttpsTransport({ origin, certificateAuthorityPem });
  broker = connect(description.brokerUrl);
  control = connect(description.emulatorControlUrl);
  arm = connect(description.armUrl);
  victim = await deliveredDevice("victim");
  stranger = await deliveredDevice("stranger");
  vaultCalls = await countVaultCalls(control);
});
afterAll(async () => {
  for (const transport of [broker, control, arm]) transport.close();
  await world[Symbol.asyncDispose]();
});

/** An enrolled node whose order has been delivered, so that an honest request would unlock. */
async function deliveredDevice(name: string): Promise<DeviceClient> {
  const order: StoryOrder = await createOrder(world.customerContext, name);
  const serial = `DBX-${name}`;
  const [made] = await world.operator.prepare(order.id, [serial]);
  const device = new DeviceClient({ transport: broker, order: order.id.toLowerCase(), serial });
  const enrolled = await device.enrol(made?.enrolmentCode ?? "");
  const prepared = await device.unlock("prepare");
  if (enrolled.kind !== "answer" || prepared.answer.kind !== "answer")
    throw new Error(`${name} could not be prepared`);
  await device.receipt(prepared.answer.text, "prepared");
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  return device;
}

let usedNonce = "";
let foreignNonce = "";

// Evidence: A request for another customer's envelope.
// Evidence: Confused deputy.
describe("a malformed or forged message is refused by its own code, reaches no vault, and is audited", () => {
  beforeAll(async () => {
    const honest = await victim.prepareUnlock("unlock");
    usedNonce = honest.request.nonce;
    expect(await victim.sendUnlock(honest)).toMatchObject({ kind: "answer" });
    foreignNonce = (await stranger.challenge()).nonce;
  });

  test.each(Object.entries(FOREIGN_UNLOCKS))("%s", async (_name, { code, status, ...foreign }) => {
    const tamper = foreign.tamper({ usedNonce, foreignNonce, stranger });
    const { text } = await victim.prepareUnlock("unlock", tamper);
    const callsBefore = await vaultCalls.count();
    const answer = await victim.post(DEVICE_ROUTES.unlocks, text);
    expect(victim.readDenial(answer, text)).toMatchObject({ code });
    expect(answer.status).toBe(status);
    expect(await vaultCalls.count()).toBe(callsBefore);
    const rows = readAuditRows(world, foreign.isProven ? victim.order : "broker");
    expect(rows).toContainEqual(
      expect.objectContaining({
        action: "unlock",
        outcome: "refused",
        code,
        requestHash: messageHash(text),
      }),
    );
  });

  test("oversized: one byte more than a message may have", async () => {
    const callsBefore = await vaultCalls.count();
    const answer = await victim.post(DEVICE_ROUTES.unlocks, "x".repeat(MESSAGE_MAX_BYTES + 1));
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "DeviceMessageTooLarge" } });
    expect(await vaultCalls.count()).toBe(callsBefore);
    expect(readAuditRows(world, "broker").at(-1)).toMatchObject({
      outcome: "refused",
      code: "DeviceMessageTooLarge",
    });
  });
});

test("the same message twice gets the same answer, and the vault is asked once", async () => {
  const { text } = await victim.prepareUnlock("unlock");
  const first = await victim.post(DEVICE_ROUTES.unlocks, text);
  const callsBetween = await vaultCalls.count();
  const second = await victim.post(DEVICE_ROUTES.unlocks, text);
  expect(first.status).toBe(200);
  expect(second).toMatchObject({ status: 200, text: first.text });
  expect(await vaultCalls.count()).toBe(callsBetween);
});

test("the counter works: an honest unlock reaches the vault", async () => {
  const callsBefore = await vaultCalls.count();
  expect(await victim.unlock("unlock")).toMatchObject({ answer: { kind: "answer" } });
  expect(await vaultCalls.count()).toBeGreaterThan(callsBefore);
});

test("the order's owner reads the refusals as the order's activity, and every chain holds", async () => {
  const { customer, stack } = world.customerContext;
  const { token } = await customer.credential.getToken(`${stack.armUrl}/.default`);
  const { status, text } = await arm.send(
    "GET",
    `${victim.order}/activity?api-version=${ACTIVITY_VERSION}`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  expect(status).toBe(200);
  const codes = activity.parse(JSON.parse(text)).value.map(({ row }) => row.code);
  const ownCases = Object.values(FOREIGN_UNLOCKS).filter(({ isProven }) => isProven);
  for (const { code } of ownCases) expect(codes).toContain(code);
  expect(verifyAudit(world)).toEqual({ exitCode: 0, tampered: [] });
});

const activity = z.looseObject({
  value: z.array(z.looseObject({ row: z.looseObject({ code: z.string().optional() }) })),
});
