import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  COMPILED_ONCE,
  createFakeBroker,
  type FakeBroker,
  folderFor,
  required,
} from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createDeviceEmulator } from "../src/index.ts";
import type { DeviceEmulator, EmulatedNode, Sku } from "../src/index.ts";

const AGENT = fileURLToPath(new URL("../../device-agent/src/main.ts", import.meta.url));
const AGENT_COMMAND = [process.execPath, "--disable-warning=ExperimentalWarning", AGENT] as const;

let broker: FakeBroker;
const directory = folderFor(beforeAll);
let caFile: string;

beforeAll(async () => {
  broker = await createFakeBroker();
  caFile = join(directory.path, "ca.pem");
  writeFileSync(caFile, broker.certificateAuthorityPem);
});

afterAll(async () => {
  await broker[Symbol.asyncDispose]();
});

function emulate(sku: Sku, serials: readonly string[]): DeviceEmulator {
  return createDeviceEmulator({
    directory: join(directory.path, serials[0] ?? ""),
    agentCommand: [
      "/usr/bin/env",
      `NODE_COMPILE_CACHE=${COMPILED_ONCE.NODE_COMPILE_CACHE}`,
      ...AGENT_COMMAND,
    ],
    sku,
    serials,
  });
}

async function prepare(node: EmulatedNode) {
  const { enrolmentCode } = await broker.addNode(node.serial);
  const { url: brokerUrl, order } = broker;
  return node.prepare({ brokerUrl, order, caFile }, enrolmentCode);
}

async function outcomeOf(node: EmulatedNode, ...parameters: string[]) {
  const { exitCode, events, stderr } = await node.agent(parameters);
  const [event] = events;
  return { exitCode, outcome: event?.outcome, code: event?.code, stderr };
}

describe("an appliance of one node", () => {
  test("is prepared, travels, is unlocked, and a new boot locks it", async () => {
    const appliance = emulate("DataBox", ["EMU-JOURNEY"]);
    const node = appliance.node("EMU-JOURNEY");
    appliance.powerOn();
    const prepared = await prepare(node);
    expect(prepared).toMatchObject({ exitCode: 0, events: [{ outcome: "prepared" }], stderr: "" });
    expect(existsSync(node.diskPath)).toBe(true);
    await appliance.powerOff();
    await expect(node.agent(["unlock"])).rejects.toThrow("switched off");
    appliance.powerOn();
    expect(await outcomeOf(node, "unlock")).toMatchObject({ exitCode: 0, outcome: "unlocked" });
    expect(await outcomeOf(node, "status")).toMatchObject({ outcome: "unlocked" });
    await appliance.powerOff();
    appliance.powerOn();
    expect(await outcomeOf(node, "status")).toMatchObject({ outcome: "locked" });
  });

  test("is found again in its folder", async () => {
    const appliance = emulate("DataBox", ["EMU-AGAIN"]);
    appliance.powerOn();
    await prepare(appliance.node("EMU-AGAIN"));
    await appliance.powerOff();
    const again = emulate("DataBox", ["EMU-AGAIN"]);
    again.powerOn();
    expect(await outcomeOf(again.node("EMU-AGAIN"), "unlock")).toMatchObject({ exitCode: 0 });
  });
});

test("the two nodes of a Heavy have keys, disks and locks of their own", async () => {
  const appliance = emulate("DataBoxHeavy", ["EMU-HEAVY-A", "EMU-HEAVY-B"]);
  const [first, second] = appliance.nodes;
  if (first === undefined || second === undefined) throw new Error("two nodes expected");
  appliance.powerOn();
  await prepare(first);
  await prepare(second);
  expect(await outcomeOf(first, "unlock")).toMatchObject({ outcome: "unlocked" });
  expect(await outcomeOf(second, "status")).toMatchObject({ outcome: "locked" });
});

test("a node serves its page at an address that it keeps, until it is switched off, also by its page's own command", async () => {
  const appliance = emulate("DataBox", ["EMU-SERVE"]);
  const node = required(appliance.nodes[0]);
  await expect(node.serve()).rejects.toThrow("switched off");
  appliance.powerOn();
  await prepare(node);
  const first = await node.serve();
  expect(first.uiUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  execFileSync(node.powerOffCommand);
  await first.ended;
  expect(node.isOn).toBe(false);
  appliance.powerOn();
  const second = await node.serve(Number(new URL(first.uiUrl).port));
  expect(second.uiUrl).toBe(first.uiUrl);
  await appliance.powerOff();
  await second.ended;
});

describe("tampering ends in a failure that names itself", () => {
  const expected = [
    { kind: "disk-bit", exitCode: 5, code: "VolumeRejectedKey" },
    { kind: "blank-disk", exitCode: 5, code: "VolumeUnavailable" },
    { kind: "envelope", exitCode: 5, code: "EnvelopeRejected" },
    { kind: "state-rollback", exitCode: 5, code: "CounterRollback" },
    { kind: "open-device-key", exitCode: 5, code: "AgentStateUnreadable" },
  ] as const;

  test.each(expected)("$kind: $code", async ({ kind, exitCode, code }) => {
    const appliance = emulate("DataBox", [`EMU-${kind}`]);
    const node = required(appliance.nodes[0]);
    appliance.powerOn();
    await prepare(node);
    node.powerOn();
    expect(await outcomeOf(node, "unlock")).toMatchObject({ exitCode: 0 });
    await node.agent(["lock"]);
    node.tamper(kind);
    expect(await outcomeOf(node, "unlock")).toMatchObject({ exitCode, code });
  });
});

test.each([
  { sku: "DataBox", serials: ["EMU-A1", "EMU-B1"] },
  { sku: "DataBoxHeavy", serials: ["EMU-SAME", "EMU-SAME"] },
  { sku: "DataBox", serials: ["../../etc"] },
] as const)("serials that do not fit are refused: $sku $serials", ({ sku, serials }) => {
  expect(() => emulate(sku, serials)).toThrow(RangeError);
});
