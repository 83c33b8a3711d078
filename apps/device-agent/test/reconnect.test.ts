import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createCertificateAuthority } from "@databox-cmk/crypto";
import { afterEach, beforeEach, expect, test } from "vitest";

import { parseCommandLine } from "../src/command-line/parse-command-line.ts";
import type { FailureEvent } from "../src/core/agent-event.ts";
import { type AgentWorld, createPreparedWorld, seen } from "./agent-world.ts";

let world: AgentWorld;
let newFile: string;
let otherPem: string;
const pinned = () => readFileSync(join(world.stateDir, "broker-ca.pem"), "utf8");

/** A node that was prepared with an authority that its broker no longer has. */
beforeEach(async () => {
  world = await createPreparedWorld();
  newFile = join(world.folder, "new-ca.pem");
  writeFileSync(newFile, pinned());
  ({ certificatePem: otherPem } = createCertificateAuthority({
    commonName: "former",
    validityDays: 1,
  }));
  writeFileSync(join(world.stateDir, "broker-ca.pem"), otherPem, { mode: 0o600 });
});
afterEach(() => world[Symbol.asyncDispose]());

/** The command of the step that a failed unlock prints. */
async function printedStep(file: string) {
  const failed = await world.unlock();
  expect(seen(failed)).toMatchObject({ code: "BrokerUnreachable", reason: "certificate" });
  const { steps } = failed as FailureEvent;
  const command = steps.find((step) => step.command?.includes("--ca-file"))?.command ?? "";
  const [, ...words] = command.replace("FILE", file).split(" ");
  const line = parseCommandLine(words);
  if (line.kind !== "run") throw new Error(command);
  return world.run(line.command);
}

test("the printed step gives the node the broker's new authority, which it checks first", async () => {
  expect(await printedStep(newFile)).toMatchObject({
    outcome: "prepared",
    notes: ["the broker was reached with the new authority"],
  });
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
});

test("an authority that does not fit the broker is refused, and the pinned one stays", async () => {
  const wrongFile = join(world.folder, "wrong-ca.pem");
  const { certificatePem } = createCertificateAuthority({ commonName: "wrong", validityDays: 1 });
  writeFileSync(wrongFile, certificatePem);
  expect(seen(await printedStep(wrongFile))).toMatchObject({
    code: "BrokerUnreachable",
    reason: "certificate",
  });
  expect(pinned()).toBe(otherPem);
});

test("without a broker to check it with, it is taken, and that is said", async () => {
  world.broker.intercept = () => (response) => response.destroy();
  expect(await printedStep(newFile)).toMatchObject({
    outcome: "prepared",
    notes: [expect.stringContaining("could not be reached to check")],
  });
  world.broker.intercept = undefined;
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
});

test("the whole command of the preparation says that it did not replace it", async () => {
  expect(await world.prepare({ caFile: newFile })).toMatchObject({
    notes: [
      "it was prepared already",
      expect.stringContaining("--ca-file FILE as the only option"),
    ],
  });
  expect(pinned()).toBe(otherPem);
});

test("a node that is not prepared is told so", async () => {
  const stateDir = join(world.folder, "empty");
  const command = { command: "prepare", reconnect: { caFile: newFile, brokers: [] } } as const;
  expect(seen(await world.run(command, { stateDir }))).toMatchObject({ code: "AgentNotPrepared" });
});

test("the whole command of the preparation says that it did not replace the addresses", async () => {
  writeFileSync(join(world.stateDir, "broker-ca.pem"), readFileSync(newFile), { mode: 0o600 });
  expect(await world.prepare({ broker: "https://broker.example" })).toMatchObject({
    notes: expect.arrayContaining([expect.stringContaining("give --broker URL alone")]),
  });
  expect(await world.prepare()).not.toMatchObject({
    notes: expect.arrayContaining([expect.stringContaining("--broker")]),
  });
});

/** Nothing listens on port 1 of this machine. */
const DEAD = "https://broker.localhost:1";

test("a second address of the broker is used when the first does not connect, and doctor shows both", async () => {
  writeFileSync(join(world.stateDir, "broker-ca.pem"), readFileSync(newFile), { mode: 0o600 });
  const line = parseCommandLine(["prepare", "--broker", DEAD, "--broker", world.broker.url]);
  if (line.kind !== "run") throw new Error("not a command");
  expect(await world.run(line.command)).toMatchObject({
    outcome: "prepared",
    notes: [
      expect.stringContaining("(broker.localhost:1: connection)"),
      "restart databox-agent serve, which still uses the former ones",
    ],
  });
  const port = new URL(world.broker.url).port;
  const standing = async () => {
    const event = await world.status();
    return "details" in event ? event.details?.brokerAddresses : undefined;
  };
  expect(await standing()).toBe(
    `broker.localhost:1 was not tried yet; broker.localhost:${port} was not tried yet`,
  );
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  const tried = await standing();
  expect(tried).toMatch(
    new RegExp(
      `^broker.localhost:1 has not answered since 20\\S+Z; broker.localhost:${port} has answered since 20\\S+Z$`,
    ),
  );
  await world.lock();
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  expect(await standing()).toBe(tried);
  const { checks = [] } = await world.run({ command: "doctor" });
  expect(await world.status()).toMatchObject({
    details: { broker: DEAD, otherBrokers: world.broker.url },
  });
  expect(checks.find(({ name }) => name === "connection")).toMatchObject({
    status: "passed",
    found: `broker.localhost:1: the connection failed (ECONNREFUSED); 127.0.0.1 port ${port}`,
  });
  expect(checks.find(({ name }) => name === "challenge")).toMatchObject({
    found: `https://broker.localhost:${port} answers`,
  });
});

test("the steps name each address of a broker that is out of reach", async () => {
  writeFileSync(join(world.stateDir, "broker-ca.pem"), readFileSync(newFile), { mode: 0o600 });
  const brokers = [DEAD, "https://broker2.localhost:1"];
  await world.run({ command: "prepare", reconnect: { caFile: undefined, brokers } });
  const event = await world.unlock();
  expect(seen(event)).toMatchObject({ code: "BrokerUnreachable", reason: "connection" });
  const steps = JSON.stringify("steps" in event ? event.steps : []);
  for (const url of brokers) expect(steps).toContain(`curl --head ${url}/healthz`);
});

test("a request that a broker had is not sent to the next address", async () => {
  writeFileSync(join(world.stateDir, "broker-ca.pem"), readFileSync(newFile), { mode: 0o600 });
  const brokers = [world.broker.url, world.broker.url.replace("broker.", "BROKER.")];
  await world.run({ command: "prepare", reconnect: { caFile: undefined, brokers } });
  let requests = 0;
  world.broker.intercept = () => (response) => {
    requests += 1;
    response.destroy();
  };
  expect(seen(await world.unlock())).toMatchObject({ reason: "connection" });
  expect(requests).toBe(1);
});

test.each([
  [["https://broker.example/path"], "without a path"],
  [Array.from({ length: 5 }, () => DEAD), "at most 4 addresses"],
])("addresses that are none are refused, and the former stay: %j", async (brokers, detail) => {
  const settings = () => readFileSync(join(world.stateDir, "agent.json"), "utf8");
  const before = settings();
  const reconnect = { caFile: undefined, brokers };
  expect(await world.run({ command: "prepare", reconnect })).toMatchObject({
    code: "Misuse",
    detail: expect.stringContaining(detail),
  });
  expect(settings()).toBe(before);
});

test("an address that another server has is refused", async () => {
  writeFileSync(join(world.stateDir, "broker-ca.pem"), readFileSync(newFile), { mode: 0o600 });
  const brokers = [world.broker.url.replace("broker.", "other.")];
  expect(
    seen(await world.run({ command: "prepare", reconnect: { caFile: undefined, brokers } })),
  ).toMatchObject({ code: "BrokerUnreachable", reason: "certificate" });
});
