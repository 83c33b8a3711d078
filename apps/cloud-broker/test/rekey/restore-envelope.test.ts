import { generateSigningKey, importSigningKey, signMessage } from "@databox-cmk/crypto";
import type { PublicJwk } from "@databox-cmk/crypto";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { type DeviceClient, RekeyClient, codeOf, openTemporaryFolder } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { restoreEnvelope } from "../../src/custody/restore-envelope.ts";
import { markPrepared } from "../../src/orders/write-order.ts";
import { createRestoreRecord } from "../../src/store/restore-record.ts";
import { custodyDependencies } from "../world/custody-dependencies.ts";
import { CUSTOMER_KEY, KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "restored-order";
let world: BrokerWorld;
let device: DeviceClient;
/** The device's stored envelopes, newest last. */
let kept: string[];
beforeEach(async () => {
  world = await openBroker();
  device = await world.delivered(JOB);
  kept = [];
  const keep = device.keepEnvelope.bind(device);
  device.keepEnvelope = (text) => {
    keep(text);
    kept.push(text);
  };
});
afterEach(() => world[Symbol.asyncDispose]());

const newest = () => kept.at(-1) ?? "";
const restore = (jws = newest()) =>
  restoreEnvelope(jws, {
    ...custodyDependencies({
      store: world.store(),
      vaults: world.vaults.port,
      resources: world.vaults.resources,
      now: () => world.clock.nowMs,
    }),
    ownKeys: device.brokerKeys as readonly PublicJwk[],
    markPrepared,
  });
const unlock = async () => codeOf((await device.unlock("unlock")).answer);
const credentials = async (): Promise<string> => {
  const { json } = await world.call("POST", `${jobPath(JOB)}/listCredentials?${API}`, {});
  return json.value[0].jobSecrets.podSecrets[0].devicePassword;
};
/** As the backup has it, that was made before. */
const forgetNewest = async () => {
  const store = world.store();
  await store.deleteFrom("envelopes").where("generation", ">", 1).execute();
  await store.deleteFrom("rekeys").execute();
  await store.updateTable("order_keys").set({ kek_url: world.kid, kid: world.kid }).execute();
};
const rekey = async (): Promise<string> => {
  const client = await RekeyClient.unlock(device);
  const { rekey: id, proposedPasskey } = await client.propose();
  await client.confirm(id);
  return proposedPasskey;
};
const rotate = async () => {
  const kekUrl = world.vaults.rotate(VAULT_NAME, KEY_NAME);
  const keyEncryptionKey = { ...CUSTOMER_KEY, kekUrl };
  await world.call("PATCH", `${jobPath(JOB)}?${API}`, {
    body: { properties: { details: { keyEncryptionKey } } },
  });
};

describe("a database that was restored from before", () => {
  test("the last unlocks of a node unlocks it as ever", async () => {
    const before = await world.store().selectFrom("nodes").select("last_counter").execute();
    expect(await unlock()).toBe("answer");
    expect(await unlock()).toBe("answer");
    await world
      .store()
      .updateTable("nodes")
      .set({ last_counter: before[0]?.last_counter ?? 0 })
      .execute();
    await world.store().deleteFrom("grants").execute();
    expect(await unlock()).toBe("answer");
  });

  test("a rekeying takes the node's own envelope back, and the portal shows what opens its volume", async () => {
    const passkey = await rekey();
    await forgetNewest();
    expect(await unlock()).toBe("EnvelopeMismatch");
    expect(await credentials()).not.toBe(passkey);

    expect(await restore()).toMatchObject({ serial: device.serial, generation: 2 });
    expect(await unlock()).toBe("answer");
    expect(await credentials()).toBe(passkey);
    expect(await restore()).toMatchObject({ generation: undefined });
    const { json } = await world.call("GET", `${jobPath(JOB)}/activity?${API}`);
    const actions = json.value.map(({ row }: { row: { action: string } }) => row.action);
    expect(actions.filter((action: string) => action === "envelope/restore")).toHaveLength(1);
  });

  test("the preparation of a node takes its envelope back, and the order can be dispatched", async () => {
    await rekey();
    await forgetNewest();
    // The order was placed and prepared again: its node has not reported that it is prepared.
    const store = world.store();
    await store.updateTable("nodes").set({ prepared_at_ms: null }).execute();
    await store
      .updateTable("orders")
      .set({ stage: "DevicePrepared", stage_status: "InProgress" })
      .execute();
    const dispatch = async () => (await world.operator("dispatch", JOB)).status;
    expect(await dispatch()).toBe(409);
    await restore();
    expect(await dispatch()).toBe(200);
    expect(await unlock()).toBe("answer");
  });

  test("a rotation takes the node's own envelope back too, with the version that it is wrapped to", async () => {
    await rotate();
    expect(await unlock()).toBe("answer");
    const { generation } = device.envelope ?? {};
    await forgetNewest();
    expect(await unlock()).toBe("GenerationRollback");
    expect(await restore()).toMatchObject({ generation });
    // The old version is no longer needed.
    world.vaults.setEnabled(world.kid, false);
    expect(await unlock()).toBe("answer");
  });

  test("a rekeying, and that was rotated since, keeps its generations rising", async () => {
    await rekey();
    const rekeyed = newest();
    await forgetNewest();
    await rotate();
    expect(await restore(rekeyed)).toMatchObject({ generation: 3 });
    expect(await unlock()).toBe("answer");
    expect(device.envelope?.generation).toBe(3);
  });
});

describe("no envelope is taken", () => {
  test("that is signed by another broker, unsigned, or of an unknown node", async () => {
    await rekey();
    const [, payload = ""] = newest().split(".");
    const said: object = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
    const other = importSigningKey(generateSigningKey().privatePem);
    const foreign = await signMessage(other, MESSAGE_TYPES.envelope, said);
    await expect(restore(foreign)).rejects.toMatchObject({
      code: "Misuse",
      detail: "the envelope was not signed by a key of this broker",
    });
    await expect(restore(`${newest().slice(0, -4)}AAAA`)).rejects.toMatchObject({
      code: "Misuse",
      detail: "not an envelope of this broker: verification-failed",
    });
    await expect(restore("none")).rejects.toMatchObject({ code: "Misuse" });
    await world.store().deleteFrom("envelopes").execute();
    await expect(restore()).rejects.toMatchObject({
      code: "Misuse",
      detail: expect.stringContaining("the database has no envelope of node") as string,
    });
  });

  test("of an order whose keys were destroyed, also if it was placed again under the same name", async () => {
    await rekey();
    await forgetNewest();
    using folder = openTemporaryFolder();
    const restoreRecord = createRestoreRecord(folder.path);
    await restoreRecord.keepErasure(device.order, world.clock.nowMs);
    Object.assign(world.store(), { restoreRecord });
    await expect(restore()).rejects.toMatchObject({
      code: "Misuse",
      detail: "the keys of this order were destroyed, as the restore record says",
    });
  });

  test("that is wrapped to another key than the order's", async () => {
    await rekey();
    await forgetNewest();
    await world
      .store()
      .updateTable("order_keys")
      .set({ kek_url: "https://kv-other.vault.test/keys/kek" })
      .execute();
    await expect(restore()).rejects.toMatchObject({
      code: "Misuse",
      detail: expect.stringContaining(
        "the order's owner must first choose the envelope's key again",
      ) as string,
    });
  });
});
