import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type AgentWorld, createPreparedWorld, seen } from "./agent-world.ts";
import { A, AAAA, type DnsAnswer, openNameServer } from "./name-server.ts";

const LOOPBACK_4 = { type: A, data: Buffer.from([127, 0, 0, 1]) };
/** Nothing listens there on the relay's port. */
const CLOSED_4 = { type: A, data: Buffer.from([127, 0, 0, 2]) };
const LOOPBACK_6 = { type: AAAA, data: Buffer.from([...Array<number>(15).fill(0), 1]) };
const CLOSED_6 = { type: AAAA, data: Buffer.from("fe80".padEnd(31, "0") + "9", "hex") };

let world: AgentWorld;
let original: string;
const opened: { close(): unknown }[] = [];

beforeAll(async () => {
  world = await createPreparedWorld();
  original = readFileSync(join(world.stateDir, "agent.json"), "utf8");
});

afterAll(async () => {
  for (const each of opened) each.close();
  await world[Symbol.asyncDispose]();
});

/** Passes on to the broker what arrives at an address of this machine. @returns its port */
async function relayFrom(host: string): Promise<number> {
  const server = createServer((socket) => {
    const onwards = connect(Number(new URL(world.broker.url).port), "127.0.0.1");
    socket.on("error", () => onwards.destroy()).pipe(onwards);
    onwards.on("error", () => socket.destroy()).pipe(socket);
  }).listen(0, host);
  opened.push(server);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  return address.port;
}

async function nameServer(...answers: readonly DnsAnswer[]): Promise<string> {
  const { address, socket } = await openNameServer("127.0.0.1", answers);
  opened.push(socket);
  return address;
}

async function unlockBy(connection: Readonly<Record<string, unknown>>) {
  const settings = JSON.parse(original) as { connection: object };
  const changed = { ...settings, connection: { ...settings.connection, ...connection } };
  writeFileSync(join(world.stateDir, "agent.json"), JSON.stringify(changed), { mode: 0o600 });
  await world.lock();
  return world.unlock();
}

/** Other checks of this machine may fail. */
async function expectDoctorConnects(): Promise<void> {
  const { checks = [] } = await world.run({ command: "doctor" });
  const passed = checks.filter(({ status }) => status === "passed").map(({ name }) => name);
  expect(passed).toEqual(expect.arrayContaining(["name", "connection", "certificate"]));
}

test.each([
  ["an IPv6 address alone", "::1", [LOOPBACK_6]],
  ["an IPv4 address alone", "127.0.0.1", [LOOPBACK_4]],
  ["both, of which IPv4 is dead", "::1", [CLOSED_4, LOOPBACK_6]],
  ["both, of which IPv6 is dead", "127.0.0.1", [LOOPBACK_4, CLOSED_6]],
])("the broker is reached by its name with %s", async (_case, host, answers) => {
  const brokerUrl = `https://broker.localhost:${String(await relayFrom(host))}`;
  const dnsServer = await nameServer(...answers);
  const connection = { brokerUrl, dnsServer, resolveLocalhost: false };
  expect(seen(await unlockBy(connection))).toMatchObject({ exit: 0 });
  await expectDoctorConnects();
});

test("a name without any address does not resolve", async () => {
  const dnsServer = await nameServer();
  const connection = { dnsServer, resolveLocalhost: false };
  expect(seen(await unlockBy(connection))).toMatchObject({ exit: 4, reason: "dns" });
});

test.each([
  ["[::1]", "::1"],
  ["127.0.0.1", "127.0.0.1"],
])("the broker is reached at https://%s, which its certificate names", async (literal, host) => {
  const brokerUrl = `https://${literal}:${String(await relayFrom(host))}`;
  expect(seen(await unlockBy({ brokerUrl }))).toMatchObject({ exit: 0 });
  await expectDoctorConnects();
});

test("a certificate that does not name the address is refused", async () => {
  const brokerUrl = `https://127.0.0.3:${String(await relayFrom("127.0.0.3"))}`;
  expect(seen(await unlockBy({ brokerUrl }))).toMatchObject({ exit: 4, reason: "certificate" });
});
