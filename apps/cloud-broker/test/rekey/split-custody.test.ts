import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";

import {
  encodeBase64url,
  importRecoveryKey,
  messageHash,
  parseEnvelope,
  sealEnvelope,
} from "@databox-cmk/crypto";
import {
  DEVICE_ROUTES,
  enrolment,
  envelopeExport,
  MESSAGE_TYPES,
  orderNodes,
} from "@databox-cmk/protocol";
import { DeviceClient, RekeyClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";

import { CUSTOMER_KEY } from "../world/customer-vault.ts";
import { API, jobPath, minimalJob, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "split-order";
const ORDER = jobPath(JOB);
const prepared = z.object({
  nodes: z.array(z.object({ serial: z.string(), enrolmentCode: z.string() })),
});
const owner = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const recoveryKey = importRecoveryKey(owner.publicKey);

let world: BrokerWorld;
beforeEach(async () => {
  world = await openBroker();
});
afterEach(() => world[Symbol.asyncDispose]());

const call = async (method: string, part: string, body?: unknown) =>
  world.call(method, `${ORDER}${part}?${API}`, { body });
const readPolicy = async () => (await call("GET", "/unlockPolicy")).json;
const choose = async (custody: object | undefined) =>
  call("PUT", "/unlockPolicy", { ...(await readPolicy()), custody });
const nodes = async () => orderNodes.parse((await call("GET", "/nodes")).json).value;
const place = async () => {
  expect((await call("PUT", "", minimalJob())).status).toBe(202);
};
const placeIn = async (custody: object, job = JOB) => {
  const { properties, ...rest } = minimalJob();
  const body = { ...rest, properties: { ...properties, custody } };
  return world.call("PUT", `${jobPath(job)}?${API}`, { body });
};
const POLICY = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/custodyPolicy?${API}`;
const allowOnlySplit = (splitOnly: boolean, roles: readonly string[] = ["Owner"]) =>
  world.call("PUT", POLICY, { body: { splitOnly }, claims: { roles } });
const addRecoveryKey = async () => {
  const body = { kind: "RecoveryKey", publicKey: owner.publicKey };
  expect((await call("PUT", "/backupKeys/offline", body)).status).toBe(200);
};
const useOwnKey = async () => {
  expect((await call("PATCH", "", { identity: { type: "SystemAssigned" } })).status).toBe(202);
  const identityProperties = { type: "SystemAssigned" };
  const keyEncryptionKey = { ...CUSTOMER_KEY, identityProperties };
  const body = { properties: { details: { keyEncryptionKey } } };
  expect((await call("PATCH", "", body)).status).toBe(202);
};

/** A node's share as its agent copies it for the owner. */
async function copyOf(device: DeviceClient, env = device.envelope?.env ?? "") {
  const cek = new Uint8Array(randomBytes(32));
  const copy = await sealEnvelope({
    unlockKey: new Uint8Array(randomBytes(32)),
    cek,
    context: { env, ord: device.order, dev: device.serial, cus: "split-device" },
    recipients: [{ kid: recoveryKey.kid, encryptedKey: recoveryKey.wrap(cek) }],
  });
  return { deviceShare: copy.toJSON() };
}

async function enrol(): Promise<{ device: DeviceClient; extensions: unknown }> {
  const { json } = await world.operator("prepare", JOB);
  const [node = { serial: "", enrolmentCode: "" }] = prepared.parse(json).nodes;
  const { serial, enrolmentCode } = node;
  const transport = world.transport();
  const device = new DeviceClient({ transport, order: ORDER.toLowerCase(), serial });
  device.brokerKeys = world.keys.bundle;
  const answer = await device.enrol(enrolmentCode);
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  return { device, extensions: enrolment.parse(answer.value).extensions };
}

async function report(device: DeviceClient, extensions?: Record<string, unknown>) {
  const { answer } = await device.unlock("prepare");
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  device.extensions = extensions;
  const receipt = await device.receipt(answer.text, "prepared");
  device.extensions = undefined;
  return receipt;
}

/** Prepared in split custody, with a copy of its share. */
async function splitNode(): Promise<DeviceClient> {
  await place();
  await useOwnKey();
  await addRecoveryKey();
  expect((await choose({ kind: "split", acceptNoRecovery: false })).status).toBe(200);
  const { device } = await enrol();
  expect(await report(device, await copyOf(device))).toMatchObject({ kind: "answer" });
  return device;
}

const shares = () => world.store().selectFrom("device_shares").select("serial").execute();

describe("an order in split custody", () => {
  test("gives its node a share, whom to copy its own for, and its owner the copy", async () => {
    await place();
    await useOwnKey();
    await addRecoveryKey();
    await choose({ kind: "split", acceptNoRecovery: false });
    const { device, extensions } = await enrol();
    expect(extensions).toEqual({ recoveryKeys: [recoveryKey.jwk] });
    expect(parseEnvelope(device.envelope?.jwe).context.cus).toBe("split");
    const copy = await copyOf(device);
    await report(device, copy);
    const { json } = await call("GET", "/envelopes");
    expect(envelopeExport.parse(json).value).toMatchObject([copy]);
    const split = { custody: "split", shareCopiedFor: [recoveryKey.kid] };
    expect(await nodes()).toMatchObject([{ envelope: split }]);
    expect((await world.operator("dispatch", JOB)).status).toBe(200);
  });

  test("has no passkey to show, at any time", async () => {
    const device = await splitNode();
    await world.operator("dispatch", JOB);
    await world.operator("deliver", JOB);
    const { status, json } = await call("POST", "/listCredentials", {});
    expect({ status, code: json.error.code }).toEqual({ status: 403, code: "PasskeyNotInEscrow" });
    expect((await device.unlock("unlock")).answer).toMatchObject({ kind: "answer" });
  });

  test("stays so: the policy keeps it when it is written without, and does not go back", async () => {
    await splitNode();
    const { custody: _custody, ...rest } = await readPolicy();
    expect((await call("PUT", "/unlockPolicy", rest)).json.custody.kind).toBe("split");
    const { status, json } = await choose({ kind: "escrow" });
    expect({ status, code: json.error.code }).toEqual({
      status: 400,
      code: "CustodyRevertForbidden",
    });
  });

  test("is rekeyed with the new share's copy, in the transaction that puts it in force", async () => {
    const device = await splitNode();
    await world.operator("dispatch", JOB);
    await world.operator("deliver", JOB);
    const client = await RekeyClient.unlock(device);
    const proposal = await client.propose();
    expect(proposal.envelope.env).not.toBe(device.envelope?.env);
    expect(parseEnvelope(proposal.envelope.jwe).context.cus).toBe("split");
    device.extensions = await copyOf(device, proposal.envelope.env);
    await client.confirm(proposal.rekey);
    const { json } = await call("GET", "/envelopes");
    expect(envelopeExport.parse(json).value).toMatchObject([device.extensions]);
  });

  test("loses the copy with its keys: erased is erased", async () => {
    await splitNode();
    expect(await shares()).toHaveLength(1);
    for (const step of [
      "dispatch",
      "deliver",
      "pickUp",
      "receive",
      "startCopy",
      "complete",
      "erase",
    ])
      expect((await world.operator(step, JOB)).status).toBe(200);
    expect(await shares()).toHaveLength(0);
  });
});

test("one call places an order in split custody, with its first unlock policy and in its audit row", async () => {
  const custody = { kind: "split", acceptNoRecovery: false };
  expect((await placeIn(custody)).status).toBe(202);
  expect(await readPolicy()).toMatchObject({ source: "order", custody });
  const [placed] = (await call("GET", "/activity")).json.value;
  expect(placed.row).toMatchObject({
    action: "order/create",
    detail: { custody: "split", acceptNoRecovery: false },
  });
  const refused = await world.operator("prepare", JOB);
  expect(refused.json.error.code).toBe("RecoveryKeyMissing");
  expect((await choose({ kind: "split", acceptNoRecovery: true })).status).toBe(200);
  expect((await world.operator("prepare", JOB)).status).toBe(200);
});

describe("a subscription that allows only split custody", () => {
  test("places no new order in escrow, and each one that does not choose in split custody", async () => {
    expect((await allowOnlySplit(true)).status).toBe(200);
    const refused = await placeIn({ kind: "escrow" });
    expect({ status: refused.status, code: refused.json.error.code }).toEqual({
      status: 403,
      code: "RequestDisallowedByPolicy",
    });
    expect((await call("GET", "")).status).toBe(404);
    await place();
    const split = { kind: "split", acceptNoRecovery: false };
    expect((await readPolicy()).custody).toEqual(split);
    // Lifted, it gives no order back what it kept from it.
    expect((await allowOnlySplit(false)).status).toBe(200);
    expect((await readPolicy()).custody).toEqual(split);
    expect((await placeIn({ kind: "escrow" }, "in-escrow")).status).toBe(202);
  });

  test("also decides about an order that is being placed when it is set", async () => {
    const create = world.identities.createSystemAssigned.bind(world.identities);
    const placeMeanwhile = async (custody: object | undefined, job: string) => {
      await allowOnlySplit(false);
      world.identities.createSystemAssigned = async (...identity) => {
        expect((await allowOnlySplit(true)).status).toBe(200);
        return create(...identity);
      };
      const { properties, ...rest } = minimalJob();
      const identity = { type: "SystemAssigned" };
      const body = { ...rest, identity, properties: { ...properties, custody } };
      return world.call("PUT", `${jobPath(job)}?${API}`, { body });
    };
    expect(await placeMeanwhile({ kind: "escrow" }, "other")).toMatchObject({
      status: 403,
      json: { error: { code: "RequestDisallowedByPolicy" } },
    });
    expect((await world.call("GET", `${jobPath("other")}?${API}`)).status).toBe(404);
    expect(world.identities.system.size).toBe(0);
    expect((await placeMeanwhile(undefined, JOB)).status).toBe(202);
    expect((await readPolicy()).custody).toEqual({ kind: "split", acceptNoRecovery: false });
  });

  test("names the orders that are in escrow, and leaves them as they are", async () => {
    await place();
    await placeIn({ kind: "split", acceptNoRecovery: true }, "other");
    const { json } = await allowOnlySplit(true);
    expect(json).toMatchObject({ splitOnly: true, escrowOrders: [ORDER] });
    expect((await world.call("GET", POLICY)).json).toEqual(json);
    expect((await world.operator("prepare", JOB)).status).toBe(200);
    expect((await choose(undefined)).status).toBe(200);
    expect((await choose({ kind: "split", acceptNoRecovery: true })).status).toBe(200);
    expect((await world.call("GET", POLICY)).json.escrowOrders).toEqual([]);
  });

  test("is made one by its owner only, in the broker's audit chain", async () => {
    const { status } = await allowOnlySplit(true, ["Contributor", "DataBoxContributor"]);
    expect(status).toBe(403);
    await allowOnlySplit(true);
    expect(await world.audit("broker")).toContainEqual(
      expect.objectContaining({
        action: "custodyPolicy/write",
        detail: { splitOnly: true, subscriptionId: SUBSCRIPTION },
      }),
    );
    const other = "55555555-5555-4555-8555-555555555555";
    const path = POLICY.replace(SUBSCRIPTION, other);
    expect((await world.call("GET", path)).json).toEqual({ splitOnly: false, escrowOrders: [] });
  });
});

test("an order in escrow changes to split custody by a re-key", async () => {
  await place();
  await useOwnKey();
  await addRecoveryKey();
  const { device, extensions } = await enrol();
  // An escrow node has nothing to copy for it.
  expect(extensions).toBeUndefined();
  await report(device, undefined);
  for (const step of ["dispatch", "deliver"])
    expect((await world.operator(step, JOB)).status).toBe(200);
  const client = await RekeyClient.unlock(device);
  const former = await client.propose();
  expect((await choose({ kind: "split", acceptNoRecovery: true })).status).toBe(200);
  // Until then the passkey opens the volume, and is shown.
  expect((await call("POST", "/listCredentials", {})).status).toBe(200);
  // What was proposed before does not come into force any more.
  expect((await client.confirm(former.rekey)).env).not.toBe(former.envelope.env);
  const { envelope, rekey } = await client.propose();
  expect(parseEnvelope(envelope.jwe).context.cus).toBe("split");
  await client.confirm(rekey);
  const split = { custody: "split", shareCopiedFor: [] };
  expect(await nodes()).toMatchObject([{ envelope: split }]);
  expect((await call("POST", "/listCredentials", {})).status).toBe(403);
});

describe("without a recovery key", () => {
  beforeEach(place);

  test("nothing is prepared, unless the owner accepts that", async () => {
    await choose({ kind: "split", acceptNoRecovery: false });
    const refused = await world.operator("prepare", JOB);
    expect({ status: refused.status, code: refused.json.error.code }).toEqual({
      status: 409,
      code: "RecoveryKeyMissing",
    });
    await choose({ kind: "split", acceptNoRecovery: true });
    const { device, extensions } = await enrol();
    expect(extensions).toBeUndefined();
    await report(device);
    expect((await world.operator("dispatch", JOB)).status).toBe(200);
  });

  test("nothing is dispatched, not even by force, once the owner no longer accepts that", async () => {
    await choose({ kind: "split", acceptNoRecovery: true });
    const { device } = await enrol();
    await report(device);
    await choose({ kind: "split", acceptNoRecovery: false });
    const refused = await world.operator("dispatch", JOB, { force: true });
    expect({ status: refused.status, code: refused.json.error.code }).toEqual({
      status: 409,
      code: "RecoveryKeyMissing",
    });
    // A key that comes later opens no copy: the verdict says the same as the dispatch.
    await useOwnKey();
    await addRecoveryKey();
    const late = await world.operator("dispatch", JOB, { force: true });
    expect(late.json.error.code).toBe("RecoveryKeyMissing");
    const { verdict } = orderNodes.parse((await call("GET", "/nodes")).json);
    expect(verdict).toMatchObject({ state: "Blocked" });
    expect(verdict.causes.map(({ code }) => code)).toContain("RecoveryKeyMissing");
  });
});

describe("a copy of a share is refused that", () => {
  const refused = { code: "DeviceMessageMalformed" };

  test("is for an envelope that the node does not have", async () => {
    await place();
    await choose({ kind: "split", acceptNoRecovery: true });
    const { device } = await enrol();
    const foreign = await report(device, await copyOf(device, randomUUID()));
    expect(foreign).toMatchObject({ kind: "denial", value: refused });
    expect(await shares()).toHaveLength(0);
    expect(await report(device, await copyOf(device))).toMatchObject({ kind: "answer" });
    expect(await shares()).toHaveLength(1);
  });

  test("is not for the proposal that its message confirms; an unknown proposal is answered", async () => {
    const device = await splitNode();
    await world.operator("dispatch", JOB);
    await world.operator("deliver", JOB);
    const client = await RekeyClient.unlock(device);
    const { rekey, envelope } = await client.propose();
    const confirm = async (env: string, id = rekey) => {
      device.counter += 1;
      const { payload } = await device.exchange(
        DEVICE_ROUTES.rekeyConfirmations,
        MESSAGE_TYPES.rekeyConfirmation,
        {
          rekey: id,
          order: device.order,
          serial: device.serial,
          bootId: randomUUID(),
          counter: device.counter,
          journalHead: messageHash("journal"),
          extensions: await copyOf(device, env),
        },
      );
      return payload;
    };
    const current = device.envelope?.env ?? "";
    for (const env of [randomUUID(), current]) expect(await confirm(env)).toMatchObject(refused);
    expect(await shares()).toHaveLength(1);
    // A broker that was restored from an older backup: the node gives its proposal up.
    expect(await confirm(randomUUID(), randomUUID())).toHaveProperty("envelope");
    expect(await shares()).toHaveLength(1);
    expect(await confirm(envelope.env)).toHaveProperty("envelope");
    expect(await confirm(envelope.env)).toHaveProperty("envelope");
    expect(await shares()).toHaveLength(2);
  });

  test.each([
    ["is another order's", { ord: `${ORDER.toLowerCase()}2` }],
    ["is another node's", { dev: "DBX-OTHER" }],
    ["claims to be the broker's", { cus: "split" as const }],
  ])("%s", async (_, change) => {
    await place();
    await choose({ kind: "split", acceptNoRecovery: true });
    const { device } = await enrol();
    const cek = new Uint8Array(32);
    const context = { env: device.envelope?.env ?? "", ord: device.order, dev: device.serial };
    const copy = await sealEnvelope({
      unlockKey: new Uint8Array(32),
      cek,
      context: { ...context, cus: "split-device", ...change },
      recipients: [{ kid: recoveryKey.kid, encryptedKey: recoveryKey.wrap(cek) }],
    });
    const receipt = await report(device, { deviceShare: copy.toJSON() });
    expect(receipt).toMatchObject({ kind: "denial", value: { code: "DeviceMessageMalformed" } });
  });

  test("is no envelope", async () => {
    await place();
    await choose({ kind: "split", acceptNoRecovery: true });
    const { device } = await enrol();
    const receipt = await report(device, { deviceShare: encodeBase64url(randomBytes(32)) });
    expect(receipt).toMatchObject({ kind: "denial", value: { code: "DeviceMessageMalformed" } });
  });
});
