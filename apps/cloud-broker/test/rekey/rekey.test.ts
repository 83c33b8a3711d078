import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { LeaseClient, RekeyClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "rekeyed-order";
let world: BrokerWorld;
let client: RekeyClient;
beforeEach(async () => {
  world = await openBroker();
  client = await RekeyClient.unlock(await world.delivered(JOB));
});
afterEach(() => world[Symbol.asyncDispose]());

const shownPasskey = async (): Promise<string> => {
  const { json } = await world.call("POST", `${jobPath(JOB)}/listCredentials?${API}`, {});
  return json.value[0].jobSecrets.podSecrets[0].devicePassword;
};
const rows = () => world.store().selectFrom("rekeys").select("serial").execute();
const activity = async (): Promise<string[]> => {
  const { json } = await world.call("GET", `${jobPath(JOB)}/activity?${API}`);
  return json.value.map(({ row }: { row: { action: string } }) => row.action);
};

describe("a rekeying", () => {
  test("proposes another passkey, and puts it in force when the node confirms it", async () => {
    const before = await shownPasskey();
    const { device } = client.holder;
    const former = device.envelope;
    const proposal = await client.propose();
    expect(proposal.currentPasskey).toBe(before);
    expect(proposal.proposedPasskey).not.toBe(before);
    expect(proposal.envelope.generation).toBe((former?.generation ?? 0) + 1);
    expect(proposal.envelope.env).not.toBe(former?.env);
    // Until the volume takes it, the portal shows what opens the volume.
    expect(await shownPasskey()).toBe(before);
    const current = await client.confirm(proposal.rekey);
    expect(current).toEqual(proposal.envelope);
    expect(await shownPasskey()).toBe(proposal.proposedPasskey);
    expect(await activity()).toEqual(expect.arrayContaining(["rekey/propose", "rekey"]));
    // The node continues with it.
    expect(await LeaseClient.unlock(device)).toBeInstanceOf(LeaseClient);
  });

  test("and every other message of a newer agent is answered, with all that it has added", async () => {
    const { device } = client.holder;
    device.extensions = { later: { members: [1, "two"] } };
    const proposal = await client.propose();
    expect(await client.confirm(proposal.rekey)).toEqual(proposal.envelope);
    const holder = await LeaseClient.unlock(device);
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
    expect((await holder.receipt({ cause: "boot" })).typ).toBe(MESSAGE_TYPES.acknowledgement);
    // Signed like the rest: what is changed on the way is refused.
    const question = await device.prepareUnlock("unlock", {
      text: (text) => text.replace(/\.[^.]*\./, (payload) => payload.replace("e", "f")),
    });
    expect(await device.sendUnlock(question)).toMatchObject({ kind: "denial" });
  });

  test("is the same until it is confirmed, and confirmed once however often the node asks", async () => {
    const first = await client.propose();
    const second = await client.propose();
    expect(second).toEqual(first);
    const current = await client.confirm(first.rekey);
    expect(await client.confirm(first.rekey)).toEqual(current);
    expect((await activity()).filter((action) => action === "rekey")).toHaveLength(1);
    const next = await client.propose();
    expect(next.currentPasskey).toBe(first.proposedPasskey);
    expect(next.rekey).not.toBe(first.rekey);
  });

  test("that another key of the order overtook is void, and the node receives the one in force", async () => {
    const { env } = client.holder.device.envelope ?? {};
    const overtaken = await client.propose();
    await world
      .store()
      .updateTable("order_keys")
      .set((row) => ({ revision: row("revision", "+", 1) }))
      .execute();
    const current = await client.confirm(overtaken.rekey);
    expect(current.env).toBe(env);
    const again = await client.propose();
    expect(again.rekey).not.toBe(overtaken.rekey);
    expect((await client.confirm(again.rekey)).env).toBe(again.envelope.env);
  });

  test.each([
    [
      "a lease that it does not hold",
      { lease: "00000000-0000-4000-8000-000000000009" },
      "LeaseInvalid",
    ],
    ["another boot", { bootId: "another-boot-id" }, "LeaseInvalid"],
    ["an old counter", { counter: 1 }, "CounterRollback"],
    ["another envelope", { env: "00000000-0000-4000-8000-000000000009" }, "EnvelopeMismatch"],
    ["a weaker suite", { hpke: { suite: "X25519", publicKey: "AAAA" } }, "SuiteDowngrade"],
    [
      "a key of the wrong size",
      { hpke: { suite: "X-Wing", publicKey: "AAAA" } },
      "DeviceMessageMalformed",
    ],
    ["another node", { serial: "DBX-OTHER" }, "OrderMismatch"],
  ] as const)("with %s is refused", async (_name, change, code) => {
    expect((await client.ask(change)).payload).toMatchObject({ code });
    expect(await activity()).not.toContain("rekey");
  });

  test("is refused where an unlock would be: kill switch, disabled key", async () => {
    world.vaults.setEnabled(world.kid, false);
    expect((await client.ask()).payload).toMatchObject({
      code: "SsemUserErrorEncryptionKeyDisabled",
      class: "refused",
    });
    world.vaults.setEnabled(world.kid, true);
    const body = { reason: "stolen" };
    await world.call("POST", `${jobPath(JOB)}/revoke?${API}`, {
      body,
      claims: { roles: ["Owner"] },
    });
    expect((await client.ask()).payload).toMatchObject({ code: "UnlockRevoked" });
  });

  test("gives no keys once its lease was not renewed in time, though that was during the vault's call", async () => {
    world.aroundUnwrap = async (unwrap) => {
      const unwrapped = await unwrap();
      world.aroundUnwrap = undefined;
      world.clock.nowMs += 31 * 86_400_000;
      return unwrapped;
    };
    const { payload } = await client.ask();
    expect(payload).toMatchObject({
      code: "LeaseInvalid",
      message: expect.stringContaining("not renewed in time"),
    });
    expect(payload).not.toHaveProperty("sealed");
  });

  test("of an order that is erased leaves nothing behind", async () => {
    await client.propose();
    expect(await rows()).toHaveLength(1);
    for (const action of ["pickUp", "receive", "startCopy", "complete", "erase"])
      await world.operator(action, JOB);
    expect(await rows()).toEqual([]);
  });
});
