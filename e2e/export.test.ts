import { afterAll, beforeAll, expect, test } from "vitest";

import { expectedProof } from "./harness/cryptsetup.ts";
import { requireOk, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { operatorCall } from "./harness/operator-call.ts";
import { readActivity } from "./harness/order-actions.ts";
import { placeExport, prepareAppliance, takeOwnKey, travel } from "./harness/shipped-appliance.ts";
import { verifyCertificate } from "./harness/verify-certificate.ts";

const SERIAL = "DBX-export";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test("an export is filled in the datacenter, read at the site, and erased", async () => {
  const order = await placeExport(world, "export");
  const move = (action: string) => operatorCall(world, order, action, {});
  const appliance = await prepareAppliance(world, order, [SERIAL]);
  const node = appliance.node(SERIAL);
  const key = await takeOwnKey(world, order, "contosoexport");
  const unlocked = { outcome: "unlocked", proof: expectedProof, kid: key.kid };
  const unlockToFill = () => node.agent(["unlock", "--purpose", "fill"]);

  // It is not filled before its copy begins, and does not leave before it was filled.
  expect((await unlockToFill()).events).toMatchObject([{ code: "PurposeForbidden" }]);
  expect(await move("startCopy")).toMatchObject({ status: 200 });
  expect(await move("dispatch")).toMatchObject({
    status: 409,
    body: {
      error: { code: "OrderStageForbids", details: [{ code: "unfilled" }, { message: SERIAL }] },
    },
  });
  expect(requireOk(await unlockToFill())).toMatchObject(unlocked);
  requireOk(await node.agent(["lock"]));
  expect(await move("dispatch")).toMatchObject({ status: 200 });
  expect(await move("deliver")).toMatchObject({ status: 200 });
  await travel(appliance);

  expect(await unlockNode(node)).toMatchObject(unlocked);
  requireOk(await node.agent(["lock"]));
  const { exitCode, events } = await unlockToFill();
  expect(exitCode).toBe(3);
  expect(events).toMatchObject([
    { outcome: "refused", code: "PurposeForbidden", reason: "unlock" },
  ]);

  for (const action of ["pickUp", "receive"])
    expect(await move(action)).toMatchObject({ status: 200 });
  await travel(appliance);
  // An export has nothing to read on its return: no purpose opens it again.
  expect((await node.agent(["unlock"])).events).toMatchObject([{ code: "PurposeForbidden" }]);
  expect(await move("complete")).toMatchObject({ status: 200 });
  expect(requireOk(await node.agent(["erase", "--serial", SERIAL]))).toMatchObject({
    outcome: "erased",
  });
  expect(await move("erase")).toMatchObject({ status: 200 });
  const { status, stdout } = await verifyCertificate(world, order);
  expect(status).toBe(0);
  expect(stdout).toContain(`node ${SERIAL}, device key `);
  const granted = (await readActivity(world, order)).flatMap(({ action, detail, ...row }) =>
    action === "unlock" && "outcome" in row && row.outcome === "granted"
      ? [detail?.["purpose"]]
      : [],
  );
  expect(granted).toEqual(["prepare", "fill", "unlock"]);
});
