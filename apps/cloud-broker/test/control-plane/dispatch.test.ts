// @module-tag one-engine
import { afterEach, beforeEach, expect, test } from "vitest";

import { CUSTOMER_KEY, VAULT_NAME } from "../world/customer-vault.ts";
import { jobPath, minimalJob, OLDER_API as API } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = jobPath("order1");

let world: BrokerWorld;
beforeEach(async () => {
  world = await openBroker();
  await world.call("PUT", `${JOB}?${API}`, { body: minimalJob() });
  await world.call("PATCH", `${JOB}?${API}`, { body: { identity: { type: "SystemAssigned" } } });
  const details = { keyEncryptionKey: CUSTOMER_KEY };
  const key = await world.call("PATCH", `${JOB}?${API}`, { body: { properties: { details } } });
  expect(key.status).toBe(202);
  await world.operator("prepare", "order1");
});
afterEach(() => world[Symbol.asyncDispose]());

const stage = async (): Promise<unknown> =>
  (await world.call("GET", `${JOB}?${API}`)).json.properties.status;
const dispatches = async (job = "order1") => {
  const { json } = await world.call("GET", `${jobPath(job)}/activity?${API}`);
  return json.value
    .map(({ row }: { row: { action: string } }) => row)
    .filter(({ action }: { action: string }) => action === "order/dispatch");
};

/** The customer's action, and the code that blocks the dispatch. */
const FAULTS: Readonly<Record<string, readonly [(world: BrokerWorld) => void, string]>> = {
  "was disabled": [
    ({ vaults, kid }) => {
      vaults.setEnabled(kid, false);
    },
    "SsemUserErrorEncryptionKeyDisabled",
  ],
  expired: [
    ({ vaults, kid, clock }) => {
      vaults.setExpiry(kid, clock.nowMs / 1000 - 1);
    },
    "SsemUserErrorEncryptionKeyExpired",
  ],
  "lies in a vault that does not answer": [
    ({ vaults }) => {
      vaults.setOutage(VAULT_NAME, { code: "KeyVaultThrottled" });
    },
    "KeyVaultThrottled",
  ],
};

test.each(Object.entries(FAULTS))(
  "an appliance whose key %s stays, unless it is forced",
  async (_what, [cause, code]) => {
    cause(world);
    const refused = await world.operator("dispatch", "order1");
    expect(refused.json.error.code).toBe(code);
    expect(await stage()).toBe("DevicePrepared");
    expect(await dispatches()).toMatchObject([{ outcome: "refused", code }]);

    const forced = await world.operator("dispatch", "order1", { force: true });
    expect(forced.status).toBe(200);
    expect(await stage()).toBe("Dispatched");
    expect(await dispatches()).toMatchObject([
      { outcome: "refused" },
      { outcome: "done", detail: { preflight: `forced past ${code}` } },
    ]);
  },
);

test("an appliance whose key is fit and whose nodes are prepared leaves, and the move may be repeated", async () => {
  await world.prepared("order2");
  for (const body of [undefined, {}])
    expect((await world.operator("dispatch", "order2", body)).status).toBe(200);
  expect(await dispatches("order2")).toMatchObject([
    { outcome: "done", detail: { preflight: "passed" } },
  ]);
});

test("an appliance waits for a node that was never prepared, and names it; forced, its row does", async () => {
  const refused = await world.operator("dispatch", "order1");
  const { json } = await world.operator("dispatch", "order1", { force: true });
  const [{ serial }] = json.nodes;
  expect(refused.status).toBe(409);
  expect(refused.json.error.details[0].code).toBe("unprepared");
  expect(refused.text).toContain(serial);
  expect(json.unpreparedNodes).toEqual([serial]);
  expect(await dispatches()).toMatchObject([
    { outcome: "refused", code: "OrderStageForbids", reason: "unprepared" },
    {
      outcome: "done",
      detail: { preflight: "forced past OrderStageForbids: unprepared", unpreparedNodes: serial },
    },
  ]);
});

test("an export leaves only once its node was opened to be filled", async () => {
  const device = await world.prepared("order2");
  const filling = { transfer_type: "ExportFromAzure", stage: "DataCopy" } as const;
  await world
    .store()
    .updateTable("orders")
    .set({ ...filling, stage_status: "InProgress" })
    .where("name", "=", "order2")
    .execute();
  const refused = await world.operator("dispatch", "order2");
  expect(refused.json.error.details[0].code).toBe("unfilled");
  const { answer } = await device.unlock("fill");
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  expect((await world.operator("dispatch", "order2")).status).toBe(409);
  await device.receipt(answer.text, "unlocked");
  expect((await world.operator("dispatch", "order2")).status).toBe(200);
});

test("a body that is none is refused before the key is asked for", async () => {
  const { json } = await world.operator("dispatch", "order1", { force: "yes" });
  expect(json.error).toMatchObject({ code: "InvalidRequestContent", target: "force" });
});

test("validateKeyEncryptionKey ends in one next step", async () => {
  const fit = await world.call("POST", `${JOB}/validateKeyEncryptionKey?${API}`);
  expect(fit.json).toMatchObject({ status: "Valid", nextStep: { who: "nobody" } });
  world.vaults.setEnabled(world.kid, false);
  const { json } = await world.call("POST", `${JOB}/validateKeyEncryptionKey?${API}`);
  expect(json).toMatchObject({ status: "Invalid", nextStep: { who: "security-administrator" } });
  expect(json.nextStep.command).toContain(VAULT_NAME);
});
