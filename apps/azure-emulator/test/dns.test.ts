import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";

import { decode, encode, streamDecode, streamEncode } from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startWorld, type World } from "./world.ts";

let world: World;
let resolver: Resolver;
/** For the fault that answers nothing. */
let impatient: Resolver;

beforeAll(async () => {
  world = await startWorld({ dnsNames: ["Broker.localhost"] });
  await createVault("present");
  // Far above what a busy machine takes.
  resolver = new Resolver({ timeout: 300_000, tries: 1 });
  impatient = new Resolver({ timeout: 3000, tries: 1 });
  for (const each of [resolver, impatient])
    each.setServers([`${world.emulator.dns.address}:${world.emulator.dns.port}`]);
});
afterAll(() => world[Symbol.asyncDispose]());

const createVault = (name: string, properties: object = {}) =>
  world.arm.vaults.createOrUpdate(
    world.emulator.resourceGroup,
    name,
    {
      location: world.emulator.location,
      properties: {
        tenantId: world.emulator.tenantId,
        sku: { family: "A", name: "standard" },
        accessPolicies: [],
        ...properties,
      },
    },
    { updateIntervalInMs: 10 },
  );
const failure = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );

describe("the name server", () => {
  test.each([
    "login.localhost",
    "ARM.localhost",
    "control.localhost",
    "vault.localhost",
    "present.vault.localhost",
    "broker.localhost",
  ])("knows %s", async (name) => {
    expect(await resolver.resolve4(name)).toEqual(["127.0.0.1"]);
  });

  test.each([
    ["absent.vault.localhost", "ENOTFOUND"],
    ["deep.present.vault.localhost", "ENOTFOUND"],
    ["other.localhost", "ENOTFOUND"],
    ["example.com", "EREFUSED"],
  ])("does not know %s", async (name, code) => {
    expect(await failure(resolver.resolve4(name))).toBe(code);
  });

  test("a name without an IPv6 address gets an empty answer, not an unknown name", async () => {
    expect(await failure(resolver.resolve6("present.vault.localhost"))).toBe("ENODATA");
  });

  test("an unknown name carries the zone's SOA, so that it may be cached as such", async () => {
    const answer = await askByTcp("absent.vault.localhost");
    expect(answer).toMatchObject({
      rcode: "NXDOMAIN",
      authorities: [{ type: "SOA", name: "localhost" }],
    });
  });

  test("a deleted vault keeps its name until it is purged", async () => {
    const { emulator, arm } = world;
    await createVault("doomed");
    const name = "doomed.vault.localhost";
    await arm.vaults.delete(emulator.resourceGroup, "doomed");
    expect(await resolver.resolve4(name)).toEqual(["127.0.0.1"]);
    await arm.vaults.purgeDeleted("doomed", emulator.location, { updateIntervalInMs: 10 });
    expect(await failure(resolver.resolve4(name))).toBe("ENOTFOUND");
  });

  test("a vault whose retention has passed is gone without anybody's purge", async () => {
    const { emulator, arm } = world;
    await createVault("forgotten", { softDeleteRetentionInDays: 7 });
    await arm.vaults.delete(emulator.resourceGroup, "forgotten");
    await world.control("POST", "/clock/advance", { seconds: 7 * 86_400 + 1 });
    expect(await failure(resolver.resolve4("forgotten.vault.localhost"))).toBe("ENOTFOUND");
  });

  test.each([
    [{ kind: "dns-timeout" }, "ETIMEOUT"],
    [{ kind: "dns-answer", rcode: "SERVFAIL" }, "ESERVFAIL"],
    [{ kind: "dns-answer", rcode: "NXDOMAIN" }, "ENOTFOUND"],
  ])("answers %j as %s for one vault only", async (effect, code) => {
    await world.control("POST", "/faults", {
      scope: { service: "dns", vault: "present" },
      count: 1,
      effect,
    });
    expect(await failure(resolver.resolve4("login.localhost"))).toBeUndefined();
    const asking = code === "ETIMEOUT" ? impatient : resolver;
    expect(await failure(asking.resolve4("present.vault.localhost"))).toBe(code);
    expect(await failure(resolver.resolve4("present.vault.localhost"))).toBeUndefined();
  });

  test("answers over TCP, two questions in one packet", async () => {
    const { port } = world.emulator.dns;
    const socket = connect(port, "127.0.0.1");
    const questions = ["login.localhost", "arm.localhost"].map((name, index) =>
      streamEncode({ type: "query", id: index + 1, questions: [{ type: "A", name }] }),
    );
    socket.write(Buffer.concat(questions));
    const ids: (number | undefined)[] = [];
    let pending = Buffer.alloc(0);
    while (ids.length < 2) {
      const [chunk] = (await once(socket, "data")) as [Buffer];
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        ids.push(streamDecode(pending.subarray(0, end)).id);
        pending = pending.subarray(end);
      }
    }
    socket.destroy();
    expect(new Set(ids)).toEqual(new Set([1, 2]));
  });

  test.each([
    ["garbage", Buffer.from("not a message")],
    ["nothing", Buffer.alloc(0)],
    ["a response", encode({ type: "response", id: 9, questions: [{ type: "A", name: "a" }] })],
  ])("stays up after %s", async (_, bytes) => {
    const socket = connect(world.emulator.dns.port, "127.0.0.1");
    const prefix = Buffer.alloc(2);
    prefix.writeUInt16BE(bytes.length);
    await new Promise<void>((resolve) =>
      socket.write(Buffer.concat([prefix, bytes]), () => resolve()),
    );
    socket.destroy();
    expect(await resolver.resolve4("login.localhost")).toEqual(["127.0.0.1"]);
  });
});

async function askByTcp(name: string) {
  const socket = connect(world.emulator.dns.port, "127.0.0.1");
  socket.write(streamEncode({ type: "query", id: 1, questions: [{ type: "A", name }] }));
  const [chunk] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return decode(chunk.subarray(2));
}
