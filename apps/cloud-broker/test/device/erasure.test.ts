import { messageHash } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, MESSAGE_TYPES, type Sanitisation } from "@databox-cmk/protocol";
import type { DeviceClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readNodeStatement, verifyCertificate } from "../../src/orders/verify-certificate.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "erased-order";
const BOOT_ID = "00000000-0000-4000-8000-000000000001";

let world: BrokerWorld;
let first: DeviceClient;
let second: DeviceClient;
beforeEach(async () => {
  world = await openBroker();
  const [one, two] = await world.deliveredHeavy(JOB);
  if (one === undefined || two === undefined) throw new Error("no nodes");
  [first, second] = [one, two];
});
afterEach(() => world[Symbol.asyncDispose]());

const move = async (...actions: readonly string[]) => {
  for (const action of actions)
    expect(await world.operator(action, JOB)).toMatchObject({ status: 200 });
};
const complete = () => move("pickUp", "receive", "startCopy", "complete");
const certificate = async () => {
  const { json } = await world.call("GET", `${jobPath(JOB)}/erasureCertificate?${API}`);
  return verifyCertificate(json.certificate, [world.keys.signing.publicJwk]);
};
const erasureStatus = async (): Promise<string> => {
  const { json } = await world.call("GET", `${jobPath(JOB)}?${API}&$expand=details`);
  return json.properties.details.deviceErasureDetails.deviceErasureStatus;
};
const activity = async (): Promise<string[]> => {
  const { json } = await world.call("GET", `${jobPath(JOB)}/activity?${API}`);
  return json.value.map(({ row }: { row: { action: string } }) => row.action);
};

async function send(device: DeviceClient, path: string, text: string) {
  const { typ, payload: said } = await device.exchangeText(path, text);
  return { typ, said };
}

async function ask(device: DeviceClient, change: object = {}) {
  const { order, serial } = device;
  device.counter += 1;
  const { counter } = device;
  const request = { order, serial, bootId: BOOT_ID, counter, ...change };
  const text = await device.sign(MESSAGE_TYPES.erasureRequest, request);
  return send(device, DEVICE_ROUTES.erasures, text);
}

async function sign(device: DeviceClient, change: Partial<Sanitisation> = {}): Promise<string> {
  const { order, serial } = device;
  device.counter += 1;
  return device.sign(MESSAGE_TYPES.sanitisation, {
    order,
    serial,
    bootId: BOOT_ID,
    counter: device.counter,
    journalHead: messageHash("journal"),
    medium: {
      path: "/dev/nvme1n1",
      kind: "block device",
      volume: "luks2",
      id: "00000000-0000-4000-8000-000000000003",
      bytes: 67_108_864,
      model: "Model 1",
    },
    method: "zeros",
    verification: "read back",
    startedAt: "2026-11-25T00:00:00.000Z",
    verifiedAt: "2026-11-25T00:01:00.000Z",
    ...change,
  } satisfies Sanitisation);
}
const report = (device: DeviceClient, text: string) =>
  send(device, DEVICE_ROUTES.sanitisations, text);

describe("the erasure of a node", () => {
  test("is permitted once its copy is complete, and not before", async () => {
    expect(await ask(first)).toMatchObject({
      said: { code: "ErasureForbidden", class: "refused" },
    });
    await move("pickUp", "receive", "startCopy");
    const refused = { code: "ErasureForbidden", reason: "copy" };
    expect(await ask(first)).toMatchObject({ said: refused });
    expect(await report(first, await sign(first))).toMatchObject({ said: refused });
    await move("complete");
    expect(await ask(first, { serial: second.serial })).toMatchObject({
      said: { code: "OrderMismatch" },
    });
    expect(await ask(first, { counter: 1 })).toMatchObject({ said: { code: "CounterRollback" } });
    expect(await ask(first)).toMatchObject({
      typ: MESSAGE_TYPES.erasurePermit,
      said: { order: first.order, serial: first.serial },
    });
    expect((await activity()).at(-1)).toBe("erasure/permit");
  });

  test("is in the order's certificate, whether the node or the order was erased first", async () => {
    await complete();
    const text = await sign(first);
    expect(await report(first, text)).toMatchObject({
      typ: MESSAGE_TYPES.sanitised,
      said: { requestHash: messageHash(text), serial: first.serial },
    });
    await move("erase");
    const before = await certificate();
    const replaced = await world.call("GET", `${jobPath(JOB)}/erasureCertificate?${API}`);
    expect(before?.nodes).toMatchObject([
      { serial: first.serial, deviceKey: first.key.kid, sanitisation: text },
      { serial: second.serial, deviceKey: second.key.kid },
    ]);
    expect(before?.nodes?.[1]).not.toHaveProperty("sanitisation");
    expect(await erasureStatus()).toBe("InProgress");
    await report(second, await sign(second));
    const after = await certificate();
    const supersedes = messageHash(replaced.json.certificate);
    expect({ ...after, nodes: [] }).toEqual({ ...before, nodes: [], revision: 2, supersedes });
    const certificates = (await world.audit()).flatMap(({ certificate: each }) =>
      typeof each === "string" ? [messageHash(each)] : [],
    );
    expect(certificates).toHaveLength(2);
    expect(certificates[0]).toBe(supersedes);
    expect(await erasureStatus()).toBe("Succeeded");
    const reports = after?.nodes?.map((node) => readNodeStatement(after.order, node));
    expect(reports).toMatchObject([
      { kind: "signed", said: { serial: first.serial } },
      { kind: "signed", said: { serial: second.serial } },
    ]);
  });

  test("is in doubt where the node was not permitted to, or its times cannot be", async () => {
    await complete();
    await ask(second);
    const at = new Date(world.clock.nowMs).toISOString();
    await report(first, await sign(first, { startedAt: at, verifiedAt: at }));
    await report(second, await sign(second));
    await move("erase");
    const { order = "", nodes = [] } = (await certificate()) ?? {};
    expect(nodes.map((node) => readNodeStatement(order, node))).toMatchObject([
      { kind: "signed", doubt: expect.stringMatching(/^NOT PERMITTED/) as string },
      { kind: "signed", doubt: expect.stringMatching(/^IN DOUBT/) as string },
    ]);
  });

  test("was not permitted by a refusal, nor as the device that the node had before", async () => {
    await move("pickUp", "receive", "startCopy");
    expect(await ask(first)).toMatchObject({ said: { code: "ErasureForbidden" } });
    const stageStatus = "CustomerActionPerformedForCleanUp";
    await world.store().updateTable("orders").set({ stage_status: stageStatus }).execute();
    expect(await ask(second)).toMatchObject({ typ: MESSAGE_TYPES.erasurePermit });
    const { order, serial } = second;
    const { json } = await world.operator("replaceDevice", JOB, { serial, reason: "broken" });
    const successor = world.device(order, serial);
    await successor.enrol(json.enrolmentCode);
    for (const device of [first, successor])
      expect(await report(device, await sign(device))).toMatchObject({
        typ: MESSAGE_TYPES.sanitised,
      });
    await move("erase");
    const permits = (await certificate())?.nodes?.map(({ permittedAt }) => permittedAt);
    expect(permits).toEqual([undefined, undefined]);
  });

  test("is without doubt where the node asked first", async () => {
    await complete();
    await ask(first);
    const startedAt = new Date((world.clock.nowMs += 1000)).toISOString();
    const verifiedAt = new Date((world.clock.nowMs += 1000)).toISOString();
    await report(first, await sign(first, { startedAt, verifiedAt }));
    await move("erase");
    const { order = "", nodes = [] } = (await certificate()) ?? {};
    expect(nodes[0] && readNodeStatement(order, nodes[0])).toMatchObject({
      kind: "signed",
      doubt: undefined,
    });
    const { json } = await world.call("GET", `${jobPath(JOB)}/nodes?${API}`);
    expect(json.value).toMatchObject([{ lock: "locked" }, {}]);
  });

  test("is certified once, and the same certificate may come again", async () => {
    await complete();
    const text = await sign(first);
    const answer = await report(first, text);
    expect((await report(first, text)).said).toEqual(answer.said);
    expect(await report(first, await sign(first))).toMatchObject({
      said: { code: "NodeErased", class: "refused" },
    });
    expect((await activity()).filter((action) => action === "erasure")).toHaveLength(2);
  });
});
